import { once } from "node:events";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { WebSocket } from "ws";
import { main } from "../../src/cli.ts";
import { runConnect } from "../../src/commands/connect-run.ts";
import { CONNECT_OPTIONS } from "../../src/commands/connect-options.ts";
import { deferred } from "../../src/transport/deferred.ts";
import { argsOf } from "../helpers/args.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { sleepingPipe } from "../helpers/sleeping-pipe.ts";
import { eventually, freePort } from "../helpers/transport.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

async function run(url: string, ...argv: string[]) {
  const io = memoryIo();
  const args = { ...argsOf(CONNECT_OPTIONS, argv), positionals: [url] };
  return { io, code: runConnect(args, io) };
}

it("gives 0 where all went well, and lets go of stdin", async () => {
  const { url } = await wsServer(echoBack);
  const { io, code } = await run(url, "-x", "hi", "--expect", "hi");
  expect([await code, io.stdin.destroyed]).toEqual([0, true]);
});

it("gives the code of a signal, whatever it interrupted", async () => {
  const { url } = await wsServer(echoBack);
  const { io, code } = await run(url, "-x", "hi", "--no-stdin", "--json");
  await new Promise((resolve) => setImmediate(resolve));
  io.raise("SIGTERM");
  expect(await code).toBe(143);
  expect(JSON.parse(io.out())).toMatchObject({ outcome: "failed", exitCode: 143 });
});

it("throws what went wrong, after it was reported", async () => {
  const { io, code } = await run(`127.0.0.1:${await freePort()}`, "--json");
  await expect(code).rejects.toMatchObject({ code: "unreachable" });
  expect(JSON.parse(io.out())).toMatchObject({ exitCode: 11 });
});

describe("a pipe whose reader sleeps", () => {
  /** More than the system holds, but less than what the peer is held for. */
  const SOME = "x".repeat(300_000);

  /** These are the test's to wind. */
  function takeTimers(...toFake: ("setInterval" | "setTimeout")[]): void {
    vi.useFakeTimers({ toFake });
    onTestFinished(() => void vi.useRealTimers());
  }

  /** Also gives what the other end is closed with. */
  async function running(serve: (socket: WebSocket) => void, ...argv: string[]) {
    const opened = deferred<WebSocket>();
    const { url } = await wsServer((socket) => {
      serve(socket);
      opened.resolve(socket);
    });
    const io = memoryIo();
    const code = main(["connect", url, ...argv], io);
    const closed = opened.promise.then((socket) => once(socket, "close"));
    return { io, code, closed };
  }

  const turn = (): Promise<undefined> =>
    new Promise((resolve) => setImmediate(() => resolve(undefined)));

  /** Lets time pass until the run is over. */
  async function passTime(code: Promise<number>): Promise<number> {
    while ((await Promise.race([code, turn()])) === undefined) {
      await vi.advanceTimersByTimeAsync(1000);
    }
    return code;
  }

  const flood = (socket: WebSocket) => {
    for (let i = 0; i < 20; i++) socket.send(SOME);
  };

  const lineOf = (flag: string, path: string, code: number) =>
    `framecat: ${flag}: cannot write ${path}: nobody reads from it any more (exit ${code}).\n`;

  describe.each(["--record", "--output"])("of %s keeps nobody from ending", (flag) => {
    it("by a signal: its code, a line, and the peer is told", async () => {
      const { path, read } = sleepingPipe();
      takeTimers("setInterval");
      const { io, code, closed } = await running(flood, flag, path);
      await eventually(() => read().includes("xxx"));
      io.raise("SIGINT");
      expect([await passTime(code), io.err()]).toEqual([130, lineOf(flag, path, 130)]);
      expect((await closed)[0]).toBe(1000);
    });

    it("by the peer: 2, and a line", async () => {
      const { path } = sleepingPipe();
      takeTimers("setInterval");
      const serve = (socket: WebSocket) => {
        socket.send(SOME);
        socket.close(1000);
      };
      const { io, code } = await running(serve, flag, path);
      expect([await passTime(code), io.err()]).toEqual([2, lineOf(flag, path, 2)]);
    });

    it("by the time: 2, and a line", async () => {
      const { path } = sleepingPipe();
      takeTimers("setInterval");
      const { io, code, closed } = await running(flood, flag, path, "--timeout", "100ms");
      expect([await passTime(code), io.err()]).toEqual([2, lineOf(flag, path, 2)]);
      expect((await closed)[0]).toBe(1000);
    });
  });

  it("gets all if it wakes up after a signal, however slowly it reads", async () => {
    const { path, read } = sleepingPipe();
    const serve = (socket: WebSocket) => socket.send(SOME);
    const { io, code, closed } = await running(serve, "--record", path);
    await io.seen(/x\n$/);
    takeTimers("setInterval", "setTimeout");
    io.raise("SIGTERM");
    await closed;
    let text = "";
    const textAtEnd = code.then(() => text);
    for (let reads = 0; !/"type":"close".*\n$/.test(text); await turn()) {
      const more = read();
      text += more;
      // Once it is empty, what can be read a second time was written meanwhile.
      if (more !== "" && ++reads % 2 === 0) await vi.advanceTimersByTimeAsync(1000);
    }
    expect([await code, text.includes(SOME), io.err()]).toEqual([143, true, ""]);
    // Nothing but what the system holds was left to read when it ended.
    expect(text.length - (await textAtEnd).length).toBeLessThanOrEqual(2 ** 16);
  });

  it("is not waited for after a second signal", async () => {
    const { path, read } = sleepingPipe();
    takeTimers("setInterval");
    const serve = (socket: WebSocket) => socket.send(SOME);
    const { io, code } = await running(serve, "--output", path);
    await eventually(() => read() !== "");
    io.raise("SIGTERM");
    io.raise("SIGTERM");
    expect([await code, io.err()]).toEqual([143, ""]);
  });
});
