import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import { hex } from "../helpers/bytes.ts";
import {
  PROGRAMS,
  startDanted,
  startMicrosocks,
  startMosquitto,
  startNginx,
  startSquid,
  startTinyproxy,
} from "../helpers/daemons.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

/** `framecat connect` with this on stdin, to its end. */
async function connect(argv: readonly string[], stdin: string | Uint8Array = "hello\n") {
  const io = memoryIo({ stdin });
  const code = await main(["connect", ...argv], io);
  return { code, out: io.outBytes(), err: io.err() };
}

const hello = { code: 0, out: Buffer.from("hello\n"), err: "" };
const echoUrl = async () => (await wsServer(echoBack)).url;
const echoPort = async () => Number(new URL(await echoUrl()).port);

describe.skipIf(!PROGRAMS.nginx)("connect to nginx in front (skipped where it is absent)", () => {
  it("in TLS, to a server behind it", async () => {
    const { port, ca } = await startNginx(await echoPort());
    const url = `wss://localhost:${port}/ws`;
    expect(await connect([url, "--ca", ca, "--eof", "linger=100ms"])).toEqual(hello);
    expect(await connect([url])).toMatchObject({
      code: 13,
      err: expect.stringMatching(/certificate is self-signed \(exit 13\)/),
    });
    const there = `wss://localhost:${port}`;
    expect(await connect([there, "--insecure"])).toMatchObject({
      code: 14,
      err: expect.stringContaining("HTTP 404 Not Found"),
    });
    expect(await connect([`${there}/dead`, "--insecure"])).toMatchObject({
      code: 14,
      err: expect.stringContaining("HTTP 502 Bad Gateway"),
    });
    expect(await connect([`ws://localhost:${port}/ws`])).toMatchObject({ code: 14 });
  });
});

describe.skipIf(!PROGRAMS.mosquitto)("connect to mosquitto (skipped where it is absent)", () => {
  it("as a client of MQTT: its CONNECT is acknowledged", async () => {
    const { port } = await startMosquitto();
    const mqttConnect = hex("10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 66 63");
    const argv = [`ws://127.0.0.1:${port}/`, "-s", "mqtt", "--binary", "--eof", "linger=200ms"];
    const { code, out } = await connect(argv, mqttConnect);
    expect([code, out.toString("hex")]).toEqual([0, "20020000"]);
  });
});

/** Through a proxy that is told with `scheme`. */
async function through(scheme: string, port: number, credentials = "") {
  const proxy = `${scheme}://${credentials}127.0.0.1:${port}`;
  return connect([await echoUrl(), "--proxy", proxy, "--eof", "linger=100ms"]);
}

describe.skipIf(!PROGRAMS.tinyproxy)("connect by tinyproxy (skipped where it is absent)", () => {
  it("with a password, or refused without", async () => {
    const { port } = await startTinyproxy("me:hunter2");
    expect(await through("http", port, "me:hunter2@")).toEqual(hello);
    expect(await through("http", port)).toMatchObject({
      code: 16,
      err: expect.stringContaining("407"),
    });
  });
});

describe.skipIf(!PROGRAMS.squid)("connect by squid (skipped where it is absent)", () => {
  it("through a tunnel", async () => {
    const { port } = await startSquid();
    expect(await through("http", port)).toEqual(hello);
  });
});

describe.skipIf(!PROGRAMS.microsocks)("connect by microsocks (skipped where it is absent)", () => {
  it("with a password, or refused without", async () => {
    const { port } = await startMicrosocks(["me", "hunter2"]);
    expect(await through("socks5", port, "me:hunter2@")).toEqual(hello);
    expect(await through("socks5", port)).toMatchObject({ code: 16 });
  });
});

describe.skipIf(!PROGRAMS.danted)("connect by dante (skipped where it is absent)", () => {
  it("with an address, or with a name that the proxy resolves", async () => {
    const { port } = await startDanted();
    expect(await through("socks5", port)).toEqual(hello);
    expect(await through("socks5h", port)).toEqual(hello);
  });
});
