import { describe, expect, it } from "vitest";
import { openConnectLink } from "../../src/commands/connect-link.ts";
import { CONNECT_OPTIONS } from "../../src/commands/connect-options.ts";
import { readSettings } from "../../src/commands/connect-settings.ts";
import { argsOf } from "../helpers/args.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { EventLog, rawServer, startServer } from "../helpers/transport.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

async function open(url: string, ...argv: string[]) {
  const [stop, kill] = [new AbortController(), new AbortController()];
  const io = memoryIo();
  const settings = await readSettings({ ...argsOf(CONNECT_OPTIONS, argv), positionals: [url] }, io);
  const log = new EventLog();
  const signals = { stop: stop.signal, kill: kill.signal };
  return { stop, kill, log, link: openConnectLink(settings, signals, io, log.listener) };
}

describe("the link of connect", () => {
  it("closes at the first signal", async () => {
    const { url } = await wsServer(echoBack);
    const { stop, link, log } = await open(url);
    const { closed } = await link;
    stop.abort();
    expect(await closed).toMatchObject({ code: 1000, initiator: "local", clean: true });
    expect(log.states).toEqual(["CONNECTING", "OPEN", "CLOSING", "CLOSED"]);
  });

  it("is gone at the second, whatever the peer does", async () => {
    const server = await rawServer((peer) => peer.accept());
    const { stop, kill, link } = await open(server.url());
    const { closed } = await link;
    stop.abort();
    kill.abort();
    expect(await closed).toMatchObject({ code: 1000, clean: false });
  });

  it("is gone a while after the first where the peer is held back", async () => {
    const { url } = await wsServer(echoBack);
    const { stop, link } = await open(url, "--close-timeout", "20ms");
    const opened = await link;
    opened.hold();
    stop.abort();
    expect(await opened.closed).toMatchObject({ code: 1000, initiator: "local" });
  });

  it("is none where deflate is required and not granted; the server is told why", async () => {
    const server = await startServer({ deflate: undefined });
    const { link } = await open(server.url, "--deflate", "required");
    await expect(link).rejects.toMatchObject({ code: "bad-handshake" });
    expect(await server.log.until("close")).toMatchObject({ code: 1010, initiator: "peer" });
  });

  it("compresses from the threshold on", async () => {
    const server = await startServer({ deflate: {} });
    const { link } = await open(server.url, "--deflate-threshold", "10");
    const { send } = await link.then((opened) => ({ send: opened.send.bind(opened) }));
    await send("x".repeat(9));
    await send("x".repeat(10));
    const frames = await server.log.count("frame", 2, "in");
    expect(frames.map(({ frame }) => frame.header.rsv1)).toEqual([false, true]);
  });
});
