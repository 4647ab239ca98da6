import { describe, expect, it, onTestFinished, vi } from "vitest";
import { readGraceMs, serveUntilStopped, STOP_OPTIONS } from "../../src/commands/listen-stop.ts";
import { watchSignals } from "../../src/commands/signals.ts";
import { createSink } from "../../src/commands/sink.ts";
import { deferred } from "../../src/transport/deferred.ts";
import { argsOf } from "../helpers/args.ts";
import { memoryIo } from "../helpers/memory-io.ts";

function serving(graceMs = 10_000, finish = () => Promise.resolve()) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const io = memoryIo();
  const gone = deferred();
  const calls: string[] = [];
  const server = {
    stop: () => {
      calls.push("stop");
      return gone.promise;
    },
    terminate: () => {
      calls.push("terminate");
      gone.resolve();
    },
    note: (message: string) => void calls.push(message),
  };
  const output = createSink(io.stdout);
  const code = serveUntilStopped({
    server,
    graceMs,
    signals: watchSignals(io),
    outputs: [output],
    hurry: () => void calls.push("hurry"),
    finish,
  });
  return { io, gone, calls, code, output };
}

describe("a server that is stopped", () => {
  it("waits for its clients, and has done well", async () => {
    const { io, gone, calls, code } = serving();
    io.raise("SIGINT");
    await vi.advanceTimersByTimeAsync(9000);
    gone.resolve();
    const notice = "waiting for clients to close, at most 10 s; a second Ctrl-C cuts them off";
    expect([await code, calls]).toEqual([0, ["hurry", "stop", notice]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("cuts them off when the grace is over", async () => {
    const { io, calls, code } = serving(500);
    io.raise("SIGTERM");
    await vi.advanceTimersByTimeAsync(499);
    expect(calls).toEqual(["hurry", "stop"]);
    await vi.advanceTimersByTimeAsync(1);
    expect([await code, calls]).toEqual([143, ["hurry", "stop", "terminate"]]);
  });

  it("and at a second signal", async () => {
    const { io, calls, code } = serving();
    io.raise("SIGINT");
    await vi.advanceTimersByTimeAsync(0);
    io.raise("SIGINT");
    await vi.advanceTimersByTimeAsync(0);
    expect([await code, calls]).toEqual([130, ["hurry", "stop", "terminate"]]);
  });

  it("waits a second for the reader of its output, which may sleep", async () => {
    const { io, gone, calls, code } = serving(10_000, () => new Promise(() => undefined));
    io.raise("SIGTERM");
    gone.resolve();
    await vi.advanceTimersByTimeAsync(1000);
    expect([await code, calls]).toEqual([143, ["hurry", "stop"]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives up a reader that sleeps, for which clients are held", async () => {
    const { io, gone, code, output } = serving();
    io.stdout.pause();
    output.write(Buffer.alloc(2 ** 20));
    void output.drained().then(gone.resolve);
    io.raise("SIGTERM");
    await vi.advanceTimersByTimeAsync(999);
    expect(output.isBroken).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect([output.isBroken, await code]).toEqual([true, 143]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("but not one that goes on reading", async () => {
    const { io, gone, code, output } = serving();
    io.stdout.pause();
    output.write(Buffer.alloc(2 ** 20));
    io.raise("SIGTERM");
    await vi.advanceTimersByTimeAsync(900);
    io.stdout.resume();
    await output.drained();
    io.stdout.pause();
    output.write(Buffer.alloc(2 ** 20));
    await vi.advanceTimersByTimeAsync(900);
    expect(output.isBroken).toBe(false);
    io.stdout.resume();
    await output.drained();
    gone.resolve();
    expect(await code).toBe(0);
  });

  it("stops also where nobody reads what it says", async () => {
    const { io, gone, code } = serving();
    io.stdout.destroy();
    gone.resolve();
    expect(await code).toBe(0);
  });
});

it("has ten seconds, or as many as are given", () => {
  expect(readGraceMs(argsOf(STOP_OPTIONS, []))).toBe(10_000);
  expect(readGraceMs(argsOf(STOP_OPTIONS, ["--grace", "250ms"]))).toBe(250);
  expect(() => readGraceMs(argsOf(STOP_OPTIONS, ["--grace", "soon"]))).toThrow("--grace");
});
