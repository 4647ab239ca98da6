import { describe, expect, it } from "vitest";
import type { BenchProgress } from "../../src/bench/progress-state.ts";
import { watchProgress } from "../../src/commands/bench-progress.ts";
import { bench } from "../../src/commands/bench.ts";
import { parseArgs } from "../../src/commands/parse-args.ts";
import { createSink } from "../../src/commands/sink.ts";
import { memoryIo } from "../helpers/memory-io.ts";

const PROGRESS: BenchProgress = {
  phase: "measuring",
  elapsedMs: 2000,
  remainingMs: 3000,
  sockets: { attempted: 10, open: 10, connecting: 0, failed: 0, closed: 0 },
  messagesOutPerSecond: 800,
  messagesInPerSecond: 800,
  bytesOutPerSecond: 20_800,
  bytesInPerSecond: 17_600,
  p50Ms: 1,
  p99Ms: 4.8,
  errors: 0,
  history: [],
};

function watch(tty: boolean, ...argv: string[]) {
  const io = memoryIo({ tty });
  return { io, progress: watchProgress(parseArgs(bench, argv), io, createSink(io.stderr)) };
}

describe("the progress of a run", () => {
  it("is a line every tenth report where there is no terminal", () => {
    const { io, progress } = watch(false);
    for (let i = 0; i < 25; i++) progress.show?.(PROGRESS);
    progress.end();
    expect(io.err()).toMatch(/^measuring[^\n]*\nmeasuring[^\n]*\n$/);
    expect(io.err()).not.toContain("\u001b");
  });

  it("is shown in place on a terminal, and taken away", () => {
    const { io, progress } = watch(true, "--color", "never");
    progress.show?.(PROGRESS);
    const first = io.err();
    progress.show?.(PROGRESS);
    expect(first).toContain("measuring");
    expect(io.err().slice(first.length)).toMatch(/^\r\u001b\[\d+A/);
    progress.end();
    expect(io.err().endsWith("\u001b[J")).toBe(true);
    const ended = io.err();
    progress.end();
    expect(io.err()).toBe(ended);
  });

  it("is not shown where that is not wanted", () => {
    const { io, progress } = watch(true, "-q");
    expect(progress.show).toBeUndefined();
    progress.end();
    expect(io.err()).toBe("");
  });
});
