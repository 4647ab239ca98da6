import { beforeEach, describe, expect, it } from "vitest";
import { FrameBatch } from "../../src/bench/frame-batch.ts";
import { Load } from "../../src/bench/load.ts";

let now: number;
let drained: number;
let load: Load;
beforeEach(() => {
  [now, drained] = [0, 0];
  const batch = new FrameBatch({ kind: "text", length: 20 }, 4, 1);
  const listener = { onClosed: () => undefined, onDrained: () => void (drained += 1) };
  load = new Load(batch, listener, () => now);
});

describe("the ledger", () => {
  it("counts messages that were sent in the window, whenever they are answered", () => {
    load.sent(0, 2);
    now = 5;
    load.openWindow();
    load.answered(0, 6, 2);
    load.sent(7, 3);
    load.sent(8, 1);
    load.answered(7, 9, 2);
    load.lost(7, 1);
    load.unexpected(1);
    expect(load.ledger).toEqual({ sent: 4, answered: 2, lost: 1, unexpected: 1 });
    expect(load.windowStart).toBe(5);
  });

  it("records how long each reply took, in nanoseconds", () => {
    load.openWindow();
    load.sent(0, 3);
    load.answered(0, 0.5, 2);
    load.answered(0, 2, 1);
    const histogram = load.latencies.toHistogram();
    expect(histogram.totalCount).toBe(3);
    expect(histogram.getValueAtPercentile(50) / 500_000).toBeCloseTo(1, 2);
    expect(histogram.maxValue / 2e6).toBeCloseTo(1, 2);
  });
});

it("counts what passes from the beginning", () => {
  load.sent(0, 2);
  load.messagesIn += 1;
  load.bytesIn += 22;
  const then = load.traffic;
  load.openWindow();
  load.sent(1, 1);
  expect(then).toEqual({ messagesOut: 2, messagesIn: 1, bytesOut: 52, bytesIn: 22 });
  expect(load.traffic).toEqual({ ...then, messagesOut: 3, bytesOut: 78 });
});

describe("the budget", () => {
  it("is without an end at first, and what is given from the window on", () => {
    expect(load.draw(1000)).toBe(1000);
    load.openWindow(5);
    expect([load.draw(3), load.draw(3), load.draw(3)]).toEqual([3, 2, 0]);
  });

  it("ends the sending, and when all is answered the load has drained", () => {
    load.openWindow(2);
    load.sent(0, load.draw(2));
    load.answered(0, 1, 1);
    expect(drained).toBe(0);
    load.answered(0, 1, 1);
    expect(drained).toBe(1);
  });

  it("of nothing has drained at once", () => {
    load.openWindow(0);
    expect([load.draw(1), drained]).toEqual([0, 1]);
  });
});

describe("when it is stopped", () => {
  it("sends nothing any more, and drains with the last reply, or the last loss", () => {
    load.sent(0, 2);
    load.stop();
    expect([load.draw(1), drained]).toEqual([0, 0]);
    load.answered(0, 1, 1);
    load.lost(0, 1);
    expect(drained).toBe(1);
  });

  it("has drained already where nothing is in flight", () => {
    load.stop();
    expect(drained).toBe(1);
  });
});
