import { once } from "node:events";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/io.ts";
import { openSocket, type SocketOptions } from "../../src/transport/open-socket.ts";
import { parseProxy } from "../../src/transport/proxy.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { certificate, type Certificate } from "../helpers/certificates.ts";
import { leanTo } from "../helpers/lean.ts";
import { connectProxy, type ProxyOptions, socksProxy } from "../helpers/proxies.ts";
import {
  dialTo,
  expectFailure,
  freePort,
  RawPeer,
  rawServer,
  response,
} from "../helpers/transport.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

/** A name that this machine does not resolve: what it leads to is the proxy's part. */
const AWAY = "away.invalid";
const via = (proxy: string) => ({ proxy: parseProxy(proxy, "--proxy") });

async function open(url: string, proxy: string, options: Partial<SocketOptions> = {}) {
  const opened = await openSocket(parseTarget(url), {
    clock: systemClock,
    connectTimeoutMs: 5000,
    ...via(proxy),
    ...options,
  });
  onTestFinished(() => void opened.socket.destroy());
  return opened;
}

let own: Certificate;
beforeAll(async () => {
  own = await certificate();
});

interface Kind {
  readonly scheme: string;
  /** What the proxy is asked for where the address is `name`. */
  readonly asks: (name: string) => string;
  readonly start: (options: ProxyOptions) => ReturnType<typeof connectProxy>;
}

const asIs = (name: string) => name;
const address = () => "127.0.0.1";
const KINDS: readonly Kind[] = [
  { scheme: "http", asks: asIs, start: connectProxy },
  { scheme: "https", asks: asIs, start: (options) => connectProxy({ ...options, tls: own }) },
  { scheme: "socks5h", asks: asIs, start: socksProxy },
  { scheme: "socks4a", asks: asIs, start: socksProxy },
  { scheme: "socks5", asks: address, start: socksProxy },
  { scheme: "socks4", asks: address, start: socksProxy },
];

describe.each(KINDS)("a proxy of $scheme", ({ scheme, asks, start }) => {
  const hosts = [
    { hostname: AWAY, port: 81, addresses: [{ address: "127.0.0.1", family: 4 }] },
    { hostname: "localhost", port: 81, addresses: [{ address: "127.0.0.1", family: 4 }] },
  ];
  const tls = () => ({ ca: own.cert });

  it("leads to a ws server", async () => {
    const { url } = await wsServer(echoBack);
    const proxy = await start({ to: Number(new URL(url).port) });
    const options = { ...via(`${scheme}://127.0.0.1:${proxy.port}`), hosts, tls: tls() };
    const { connection, log } = await dialTo(`ws://${AWAY}:81/`, options);
    await connection.send("hello");
    await log.until("message", ({ dir }) => dir === "in");
    expect(log.texts("in")).toEqual(["hello"]);
    expect(proxy.asked).toEqual([`${asks(AWAY)}:81`]);
    expect(log.of("handshake")[0]).toMatchObject({ remote: `127.0.0.1:${proxy.port}` });
  });

  it("leads to a wss server, whose certificate is checked for its name", async () => {
    const server = await rawServer((peer) => peer.accept(), { tls: own });
    const proxy = await start({ to: server.port });
    const options = { ...via(`${scheme}://127.0.0.1:${proxy.port}`), hosts, tls: tls() };
    const { connection, log } = await dialTo("wss://localhost:81/", options);
    expect(log.of("handshake")[0]?.tls).toMatchObject({ authorized: true });
    connection.terminate();
    const failed = dialTo(`wss://${AWAY}:81/`, options);
    await expectFailure(failed, "tls", /not for away\.invalid$/);
  });

  it("leads a lean connection, which reads all that comes", async () => {
    const server = await rawServer(async (peer) => {
      const request = await peer.head();
      peer.send(response(request), Buffer.from("810161", "hex"));
    });
    const proxy = await start({ to: server.port });
    const options = { ...via(`${scheme}://127.0.0.1:${proxy.port}`), hosts, tls: tls() };
    const { log } = await leanTo(`ws://${AWAY}:81/`, options);
    await log.until(() => log.messages === 1);
    (await server.peer()).send(Buffer.from("810162", "hex"));
    await log.until(() => log.messages === 2);
    expect(log.bytes).toBe(6);
  });

  it("that refuses connections fails in its own name", async () => {
    const port = await freePort();
    const failed = open("ws://127.0.0.1:81/", `${scheme}://127.0.0.1:${port}`);
    const failure = await expectFailure(failed, "proxy", /^the proxy \S+ refused the connection$/);
    expect(failure).toMatchObject({ errno: "ECONNREFUSED", hint: "Is the proxy running?" });
  });

  it("whose name does not resolve fails in its own name", async () => {
    const name = `${"x".repeat(64)}.invalid`;
    const failed = open("ws://127.0.0.1:81/", `${scheme}://${name}`);
    await expectFailure(failed, "proxy", /^the proxy x+\.invalid (does not|could not)/);
  });

  it("that says nothing is given up", async () => {
    const { port } = await rawServer();
    const failed = open("ws://127.0.0.1:81/", `${scheme}://127.0.0.1:${port}`, {
      connectTimeoutMs: 50,
    });
    await expectFailure(failed, "proxy", /did not (answer|connect to 127.0.0.1:81) within 50 ms$/);
  });

  it.each(["ends", "resets"])("that %s at once fails", async (how) => {
    const { port } = await rawServer(({ socket }) =>
      how === "ends" ? socket.end() : socket.resetAndDestroy(),
    );
    const failed = open("ws://127.0.0.1:81/", `${scheme}://127.0.0.1:${port}`);
    await expectFailure(failed, "proxy", /^the proxy.* (closed|reset|ended) the connection/);
  });

  it("that talks nonsense byte by byte fails", async () => {
    const { port } = await rawServer(async (peer) => {
      await peer.bytes(1);
      for (const byte of "SSH-2.0-OpenSSH_9.2\r\n") {
        if (peer.closed) return;
        peer.send(byte);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const failed = open("ws://127.0.0.1:81/", `${scheme}://127.0.0.1:${port}`);
    await expectFailure(
      failed,
      "proxy",
      /^the proxy.* did not answer as an?|does not answer in TLS/,
    );
  });

  it("is left at an abort", async () => {
    const controller = new AbortController();
    const { port, peer } = await rawServer();
    const failed = open("ws://127.0.0.1:81/", `${scheme}://127.0.0.1:${port}`, {
      signal: controller.signal,
    });
    const { socket } = await peer();
    await once(socket, "data");
    controller.abort();
    await expectFailure(failed, "interrupted", /while connecting/);
    socket.end();
    await once(socket, "close");
  });
});

describe("credentials", () => {
  it.each([
    ["http", connectProxy],
    ["socks5h", socksProxy],
  ] as const)("of %s", async (scheme, start) => {
    const { port: to } = await rawServer();
    const { port, asked } = await start({ to, credentials: "me:hunter2" });
    const at = (userinfo: string) => open("ws://h:81/", `${scheme}://${userinfo}127.0.0.1:${port}`);
    await at("me:hunter2@");
    expect(asked.at(-1)).toBe("h:81");
    await expectFailure(at("me:wrong@"), "proxy", /does not accept the credentials/);
    const failure = await expectFailure(at(""), "proxy", /wants credentials/);
    expect(failure.hint).toBe(
      `Put them into its address: ${scheme}://USER:PASSWORD@127.0.0.1:${port}.`,
    );
  });
});

describe("what lies behind", () => {
  it.each<[string, Uint8Array | string, RegExp]>([
    ["http", "HTTP/1.1 502 Bad Gateway\r\n\r\n", /could not reach h:81: 502 Bad Gateway$/],
    [
      "socks5h",
      Buffer.of(5, 5, 0, 1, 0, 0, 0, 0, 0, 0),
      /could not reach h:81: connection refused$/,
    ],
    ["socks4a", Buffer.of(0, 91, 0, 0, 0, 0, 0, 0), /could not reach h:81: rejected or failed$/],
  ])("is told apart by %s", async (scheme, refusal, message) => {
    const { port } = await rawServer(async (peer) => {
      await peer.bytes(3);
      peer.take();
      if (scheme === "socks5h") {
        peer.send(Buffer.of(5, 0));
        await peer.bytes(7);
      }
      peer.send(refusal);
    });
    const failed = open("ws://h:81/", `${scheme}://127.0.0.1:${port}`);
    await expectFailure(failed, "proxy", message);
  });

  it("is resolved here for socks5, and may not be found", async () => {
    const { port } = await socksProxy();
    const name = `${"x".repeat(64)}.invalid`;
    const failed = open(`ws://${name}:81/`, `socks5://127.0.0.1:${port}`);
    await expectFailure(failed, "name-resolution", /^x+\.invalid (does not|could not)/);
  });

  it("has no IPv6 address for socks4", async () => {
    const { port } = await socksProxy();
    const failed = open("ws://[::1]:81/", `socks4://127.0.0.1:${port}`);
    await expectFailure(failed, "proxy", /^SOCKS4 has no IPv6 addresses$/);
  });

  it("may be so slow that the tunnel is given up", async () => {
    const { port } = await rawServer(async (peer) => {
      await peer.head();
      peer.send("HTTP/1.1 200 Connection esta");
    });
    const failed = open("ws://h:81/", `http://127.0.0.1:${port}`, { connectTimeoutMs: 50 });
    await expectFailure(failed, "proxy", /did not connect to h:81 within 50 ms$/);
  });

  it("has its time under tcp; dns is what was resolved here", async () => {
    const { port: to } = await rawServer();
    const proxy = await connectProxy({ to });
    const byAddress = await open("ws://h:81/", `http://127.0.0.1:${proxy.port}`);
    expect(Object.keys(byAddress.timings)).toEqual(["tcp"]);
    const byName = await open("ws://h:81/", `http://localhost:${proxy.port}`);
    expect(Object.keys(byName.timings)).toEqual(["dns", "tcp"]);
  });
});

it("what comes through the tunnel with the proxy's answer is not lost", async () => {
  const { port: to } = await rawServer();
  const { port } = await connectProxy({ to, early: "early" });
  const { socket } = await open("ws://h:81/", `http://127.0.0.1:${port}`);
  await new Promise((resolve) => setImmediate(resolve));
  expect(String(await new RawPeer(socket).bytes(5))).toBe("early");
});

it("a huge answer is cut short", async () => {
  const { port, peer } = await rawServer(async (from) => {
    await from.head();
    from.send(`HTTP/1.1 200 OK\r\n`, `X: ${"x".repeat(1000)}\r\n`.repeat(100));
  });
  const failed = open("ws://h:81/", `http://127.0.0.1:${port}`);
  await expectFailure(failed, "proxy", /its head is over 65536 bytes/);
  const { socket } = await peer();
  socket.end();
  await once(socket, "close");
});

it("a proxy whose certificate is not trusted fails in its own name", async () => {
  const { port } = await connectProxy({ tls: own });
  const failed = open("ws://h:81/", `https://127.0.0.1:${port}`);
  await expectFailure(failed, "proxy", /^the proxy's TLS: TLS certificate is self-signed$/);
});

it("a unix socket is reached without", async () => {
  const failed = open("ws+unix:/does/not/exist", "http://127.0.0.1:1");
  await expectFailure(failed, "unreachable", /no such file/);
});
