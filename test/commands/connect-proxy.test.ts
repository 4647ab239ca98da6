import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { hex } from "../helpers/bytes.ts";
import { certificate } from "../helpers/certificates.ts";
import { connectProxy, socksProxy } from "../helpers/proxies.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { freePort, rawServer } from "../helpers/transport.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

/** `framecat connect` that says hello, with these further arguments, to its end. */
async function hello(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const io = memoryIo({ stdin: "hello\n", env });
  const code = await main(["connect", ...argv, "--eof", "linger=50ms"], io);
  return { code, out: io.out(), err: io.err() };
}

const echoPort = async () => Number(new URL((await wsServer(echoBack)).url).port);

describe("connect through a proxy", () => {
  it("that a flag names", async () => {
    const proxy = await socksProxy({ to: await echoPort(), credentials: "me:hunter2" });
    const argv = ["ws://away.invalid/", "--proxy", `socks5h://me:hunter2@127.0.0.1:${proxy.port}`];
    expect(await hello(argv)).toEqual({ code: 0, out: "hello\n", err: "" });
    expect(proxy.asked).toEqual(["away.invalid:80"]);
  });

  it("that the environment names", async () => {
    const proxy = await connectProxy({ to: await echoPort() });
    const HTTP_PROXY = `http://127.0.0.1:${proxy.port}`;
    expect(await hello(["ws://away.invalid/"], { HTTP_PROXY })).toMatchObject({ code: 0 });
    expect(proxy.asked).toEqual(["away.invalid:80"]);
  });

  it("but not where it is told not to, or the server is this machine's", async () => {
    const url = `ws://127.0.0.1:${await echoPort()}/`;
    const ALL_PROXY = `http://127.0.0.1:${await freePort()}`;
    expect(await hello([url], { ALL_PROXY })).toMatchObject({ code: 0, out: "hello\n" });
    const away = url.replace("127.0.0.1", "away.invalid");
    const direct = [away, "--resolve", `away.invalid:${new URL(url).port}:127.0.0.1`];
    expect(await hello(direct, { ALL_PROXY })).toMatchObject({ code: 16 });
    expect(await hello(direct, { ALL_PROXY, NO_PROXY: ".invalid" })).toMatchObject({ code: 0 });
    expect(await hello([...direct, "--proxy", "none"], { ALL_PROXY })).toMatchObject({ code: 0 });
  });

  it("that refuses: one line, without its password", async () => {
    const proxy = await connectProxy({ credentials: "me:other" });
    const address = `127.0.0.1:${proxy.port}`;
    expect(await hello(["wss://h/", "--proxy", `http://me:hunter2@${address}`])).toEqual({
      code: 16,
      out: "",
      err: `framecat: the proxy ${address} does not accept the credentials: 407 Proxy Authentication Required (exit 16).\n`,
    });
  });

  it("that answers with what would command a terminal", async () => {
    const { port } = await rawServer(async (peer) => {
      await peer.head();
      peer.send("HTTP/1.1 503 \u001b[2Jgone\r\n\r\n");
    });
    const { code, err } = await hello(["ws://h/", "--proxy", `http://127.0.0.1:${port}`]);
    expect(code).toBe(16);
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(err).not.toMatch(/\u001b/);
    expect(err).toMatch(
      /^framecat: the proxy \S+ could not reach h:80: 503 .*gone \(exit 16\)\.\n$/,
    );
  });

  it("that is late", async () => {
    const { port } = await rawServer();
    const argv = ["ws://h/", "--proxy", `http://127.0.0.1:${port}`, "--connect-timeout", "50ms"];
    expect(await hello(argv)).toMatchObject({ code: 16, err: /within 50 ms/ });
  });
});

it("--resolve and --sni dial one machine as another", async () => {
  const own = await certificate({ names: ["one.example"], ips: [] });
  const asked: string[] = [];
  const SNICallback = (name: string, done: (error: null) => void) => {
    asked.push(name);
    done(null);
  };
  const server = await rawServer(
    async (peer) => {
      await peer.accept();
      await peer.bytes(1);
      peer.send(hex("88 02 03e8"));
      peer.socket.end();
    },
    { tls: { ...own, SNICallback } },
  );
  const known = ["--resolve", `one.example:${server.port}:127.0.0.1`, "--insecure"];
  const url = `wss://one.example:${server.port}/`;
  expect(await hello([url, ...known])).toMatchObject({ code: 0 });
  expect(await hello([url, ...known, "--sni", "two.example"])).toMatchObject({ code: 0 });
  expect(asked).toEqual(["one.example", "two.example"]);
});
