import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import type { Io } from "../../src/io.ts";
import { memoryIo, type MemoryIoOptions } from "../helpers/memory-io.ts";
import { folder } from "../helpers/temp-files.ts";
import { dialTo } from "../helpers/transport.ts";
import { closing, collect, wsClient } from "../helpers/ws-peers.ts";

interface Options extends MemoryIoOptions {
  readonly replace?: Partial<Io>;
}

async function listen(argv: readonly string[], { replace, ...options }: Options = {}) {
  const state = folder();
  const io = memoryIo({ columns: 200, env: { XDG_STATE_HOME: state }, ...options });
  const code = main(["listen", "0", "--color", "never", ...argv], { ...io, ...replace });
  onTestFinished(async () => {
    io.raise("SIGTERM");
    io.raise("SIGTERM");
    await code;
  });
  await io.seen(/ws:\/\/127\.0\.0\.1:\d+\//);
  const url = /ws:\/\/127\.0\.0\.1:\d+\//.exec(io.out() + io.err())![0];
  return { io, code, url, state };
}

describe("at a terminal", () => {
  it("what is typed goes to all clients in --mode print, or to one", async () => {
    const { io, code, url } = await listen(["--mode", "print"], { tty: true });
    await io.seen(/\/help lists commands; what you type goes to all clients/);
    const clients = [await wsClient(url), await wsClient(url)];
    const got = clients.map(collect);
    io.stdin.write("hello\r/to 2 you\r");
    await got[1]!.until(2);
    await got[0]!.until(1);
    expect(got.map(({ messages }) => messages.map(({ data }) => data.toString()))).toEqual([
      ["hello"],
      ["hello", "you"],
    ]);
    await io.seen(/#2 +→ text +3 B +FIN +you/);
    const closed = closing(clients[0]!);
    io.stdin.write("/kick 1 4001 enough\r/clients\r/stats\r");
    expect(await closed).toEqual({ code: 4001, reason: "enough" });
    await io.seen(/^#2 +127\.0\.0\.1:\d+/m);
    await io.seen(/^clients +\d connected · 2 opened/m);
    const left = closing(clients[1]!);
    io.stdin.write("/quit\r");
    expect((await left).code).toBe(1001);
    expect(await code).toBe(0);
  });

  it("keeps a history by mode, none with --no-history", async () => {
    const { io, code, state } = await listen(["--mode", "print"], { tty: true });
    io.stdin.write("/stats\r");
    await io.seen(/rates of the last/);
    io.stdin.write("\u0004");
    expect(await code).toBe(0);
    const path = join(state, "framecat", "history");
    expect(readdirSync(path)).toEqual(["listen-print"]);
    expect(readFileSync(join(path, "listen-print"), "utf8")).toBe('"/stats"\n');
    const without = await listen(["--no-history"], { tty: true });
    without.io.stdin.write("/stats\r");
    await without.io.seen(/rates of the last/);
    expect(readdirSync(without.state)).toEqual([]);
  });

  it("has commands of the mode, and none of stdin's lines where it takes none", async () => {
    const { io, url } = await listen(["--mode", "pubsub"], { tty: true });
    const client = await wsClient(url);
    const got = collect(client);
    client.send('{"type":"subscribe","channel":"news"}');
    await got.until(1);
    io.stdin.write("hello\u0003/publish news 42\r");
    await io.seen(/sent to 1 client/);
    io.stdin.write("/help publish\r");
    await io.seen(/publish JSON, or any other text/);
    await got.until(2);
    expect(got.messages[1]!.data.toString()).toContain('"data":42');
  });

  it("begins with the table where that is asked for", async () => {
    const { io, url } = await listen(["--table"], { tty: true });
    await wsClient(url);
    await io.seen(/nobody is connected|#1 +127/);
    io.stdin.write("p");
    await io.seen(/#1 +127/);
    expect(io.out()).not.toContain("● open");
    io.stdin.write("q");
    await io.seen(/1049l[^]*#1 +● open/);
  });

  it("stops at Ctrl-C, and at once at a second one", async () => {
    const { io, code, url } = await listen(["--grace", "1m"], { tty: true });
    const client = await wsClient(url);
    client.pause();
    io.stdin.write("\u0003");
    await io.seen(/#1 +→ close .*1001/);
    io.stdin.write("\u0003");
    expect(await code).toBe(130);
  });
});

describe("without a terminal", () => {
  it("lines of stdin go to all clients in --mode print, and its end changes nothing", async () => {
    const { io, url } = await listen(["--mode", "print"], { stdin: "one\ntwo\n" });
    const { connection, log } = await dialTo(url);
    await log.count("message", 2, "in");
    expect(log.texts("in")).toEqual(["one", "two"]);
    await dialTo(url);
    expect(connection.state).toBe("OPEN");
    expect(io.out()).not.toContain("\u001b");
  });

  it("--eof close stops the server when all is sent", async () => {
    const { code, url } = await listen(["--mode", "print", "--eof", "close"], { stdin: "one\n" });
    const { connection, log } = await dialTo(url);
    expect(await connection.closed).toMatchObject({ code: 1001, initiator: "peer" });
    expect(log.texts("in")).toEqual(["one"]);
    expect(await code).toBe(0);
  });

  it("stdin is not read where nobody takes its lines, nor in the background", async () => {
    const { io } = await listen([], { stdin: "one\n" });
    expect(io.stdin.readableFlowing).toBeNull();
    const { io: other, url } = await listen(["--mode", "print"], {
      tty: true,
      replace: { inBackground: () => true },
    });
    await wsClient(url);
    await other.seen(/● open/);
    expect([other.stdin.readableFlowing, other.out().includes("\u001b")]).toEqual([null, false]);
  });

  it("says why it reads no further", async () => {
    const { io, url } = await listen(["--mode", "print"], {
      stdin: Buffer.from([0x61, 10, 0xff, 10]),
    });
    const { log } = await dialTo(url);
    await log.count("message", 1, "in");
    await io.seen(/stdin is read no further: line 2 of stdin is not UTF-8/);
    expect(log.texts("in")).toEqual(["a"]);
  });
});
