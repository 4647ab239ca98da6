import { describe, expect, it } from "vitest";
import { watchCapacity } from "../../src/commands/bench-capacity-progress.ts";
import { createSink } from "../../src/commands/sink.ts";
import type { BenchProgress } from "../../src/bench/progress-state.ts";
import { sampleTrial } from "../helpers/capacity-result.ts";
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

function watch(tty: boolean) {
  const io = memoryIo({ tty });
  const progress = watchCapacity("rate", io, createSink(io.stderr));
  progress.began({ load: 800, repeat: 1 });
  progress.goesOn(PROGRESS);
  progress.ended(sampleTrial(800, 1, 4.8));
  progress.began({ load: 800, repeat: 2 });
  return { io, progress };
}

describe("the progress of a search", () => {
  it("is a line for each trial that is over, where there is no terminal", () => {
    const { io, progress } = watch(false);
    progress.ended(sampleTrial(1600, 2, 65));
    progress.close();
    expect(io.err()).toBe(
      "trial 1: 800/s held, p99 4.80 ms, errors 0 %\n" +
        "trial 2: 1,600/s missed, p99 65.0 ms, errors 0 % – p99<50ms: it was 65 ms.\n",
    );
  });

  it("shows the current trial in place on a terminal, and takes it away again", () => {
    const { io, progress } = watch(true);
    expect(io.err()).toContain("\u001b[2Ktrial 1: 800/s · measuring");
    expect(io.err()).toContain("\u001b[2Ktrial 2: 800/s, again\n");
    progress.close();
    expect(io.err().endsWith("\r\u001b[1A\u001b[J")).toBe(true);
    const before = io.err();
    progress.close();
    expect(io.err()).toBe(before);
  });
});
