import { createServer, Server } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { bindPort, joinHost, parseListenHost } from "../../src/transport/bind-port.ts";
import { freePort } from "../helpers/transport.ts";

/** Binds, and closes what was bound when the test ends. */
async function bind(host: string | undefined, port: number, make: () => Server = createServer) {
  const servers = await bindPort(host, port, make);
  onTestFinished(() => servers.forEach((server) => server.close()));
  return servers.map((server) => server.address() as { address: string; port: number });
}

/** A server that cannot listen, as the system would tell it. */
function failing(code: string): Server {
  const server = new Server();
  server.listen = () => {
    const error = Object.assign(new Error(`listen ${code}`), { code });
    queueMicrotask(() => server.emit("error", error));
    return server;
  };
  return server;
}

describe("a port is bound", () => {
  it("on both loopback addresses, and comes out the same on both", async () => {
    const [ipv4, ipv6] = await bind(undefined, 0);
    expect([ipv4?.address, ipv6?.address]).toEqual(["127.0.0.1", "::1"]);
    expect(ipv4?.port).toBe(ipv6?.port);
  });

  it("on the address that is named, alone", async () => {
    expect((await bind("::1", 0)).map(({ address }) => address)).toEqual(["::1"]);
  });

  it.each(["EADDRNOTAVAIL", "EAFNOSUPPORT"])("on IPv4 where there is no IPv6: %s", async (code) => {
    let made = 0;
    const make = () => (++made === 2 ? failing(code) : createServer());
    expect((await bind(undefined, 0, make)).map(({ address }) => address)).toEqual(["127.0.0.1"]);
  });

  it("anew where the free port of one address is in use on the other", async () => {
    const made: Server[] = [];
    const make = () => {
      const server = made.length === 1 ? failing("EADDRINUSE") : createServer();
      made.push(server);
      return server;
    };
    expect(await bind(undefined, 0, make)).toHaveLength(2);
    expect(made.map((server) => server.listening)).toEqual([false, false, true, true]);
  });
});

describe("a port that cannot be had is told, and what to try", () => {
  it.each([
    ["EADDRINUSE", "the port is in use", "Port 0 takes a free one."],
    ["EACCES", "permission denied", "Ports from 1024 on are for everybody."],
    ["EADDRNOTAVAIL", "this machine has no such address", "--host 0.0.0.0 takes all it has."],
    [
      "ENOTFOUND",
      "the host name does not resolve",
      "--host 0.0.0.0 takes all addresses there are.",
    ],
    ["EINVAL", "a link-local address needs its link", "Example: --host fe80::1%eth0."],
    ["EMFILE", "listen EMFILE", undefined],
  ])("%s", async (code, reason, hint) => {
    await expect(bind("192.0.2.1", 80, () => failing(code))).rejects.toMatchObject({
      code: "bind",
      message: `cannot listen on 192.0.2.1:80: ${reason}`,
      hint,
    });
  });

  it("and the other address is let go", async () => {
    const port = await freePort();
    const made: Server[] = [];
    const make = () => {
      const server = made.length === 1 ? failing("EADDRINUSE") : createServer();
      made.push(server);
      return server;
    };
    await expect(bind(undefined, port, make)).rejects.toMatchObject({ code: "bind" });
    expect(made.map((server) => server.listening)).toEqual([false, false]);
  });
});

describe("an address to listen at", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1"],
    ["[::1]", "::1"],
    ["fe80::1%eth0", "fe80::1%eth0"],
    ["my_box.example.", "my_box.example."],
  ])("%s", (text, host) => expect(parseListenHost(text, "--host")).toBe(host));

  // An empty one, as of a variable that is not set, would be the whole network.
  it.each(["", " ", "*", "127.0.0.1:80", "[::1]:80", "[localhost]", "http://a", "a b", "::g"])(
    "is not %j",
    (text) => {
      expect(() => parseListenHost(text, "--host")).toThrow(
        `--host must be an address or a name alone, not ${JSON.stringify(text)}`,
      );
    },
  );
});

it("an IPv6 address has brackets beside a port", () => {
  expect(joinHost("::1", 80)).toBe("[::1]:80");
  expect(joinHost("127.0.0.1", 80)).toBe("127.0.0.1:80");
});
