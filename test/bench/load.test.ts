import { beforeEach, describe, expect, it } from "vitest";
import { toHistogram } from "../../src/bench/histogram.ts";
import { Load } from "../../src/bench/load.ts";

let now: number;
let drained: number;
const loadOf = (model: "closed" | "open") =>
  new Load(model, { onDrained: () => void (drained += 1) }, () => now);
let load: Load;
beforeEach(() => {
  [now, drained] = [0, 0];
  load = loadOf("closed");
});

const NOTHING = {
  planned: 0,
  unsent: 0,
  sent: 0,
  answered: 0,
  wrong: 0,
  lost: 0,
  duplicated: 0,
  reordered: 0,
  unexpected: 0,
};

/** Lowest, highest (in ms) and count of what was recorded. */
function recorded(of: Load, name: "latency" | "service" | "slip") {
  const histogram = toHistogram(of.recordings.of(name).sparse());
  const values = [histogram.minNonZeroValue / 1e6, histogram.maxValue / 1e6];
  return [...values.map((ms) => Number(ms.toPrecision(3))), histogram.totalCount];
}

describe("the ledger", () => {
  it("counts messages that are due in the window, whenever the rest happens", () => {
    expect(load.plan(0, 4)).toBe(4);
    load.sent(0, 0, 2);
    now = 5;
    load.openWindow();
    expect(load.plan(7, 6)).toBe(6);
    load.sent(0, 6, 1);
    load.unsent(0, 1);
    load.answered(0, 6, 2);
    load.lost(0, 1);
    expect(load.ledger).toEqual({ ...NOTHING, planned: 6 });
    load.sent(7, 8, 5);
    load.unsent(7, 1);
    load.answered(7, 9, 1);
    load.wrong(7);
    load.lost(7, 1);
    load.settled(7, 2);
    expect(load.ledger).toEqual({
      ...NOTHING,
      planned: 6,
      sent: 5,
      unsent: 1,
      answered: 3,
      wrong: 1,
      lost: 1,
    });
    expect([load.unawaited, load.windowStart]).toEqual([2, 5]);
  });

  it("counts what came too often, too late and for nothing", () => {
    now = 5;
    load.openWindow();
    load.duplicated(5);
    load.reordered(5);
    load.reordered(6);
    load.unexpected(3);
    // What belongs to the warm-up does not count.
    load.duplicated(4);
    load.reordered(4);
    expect(load.ledger).toEqual({ ...NOTHING, duplicated: 1, reordered: 2, unexpected: 3 });
  });

  it("may begin at a later moment", () => {
    load.openWindow(3, 10);
    expect([load.windowStart, load.isMeasuring]).toEqual([10, false]);
    expect([load.plan(9, 5), load.plan(10, 5)]).toEqual([5, 3]);
    expect(load.ledger.planned).toBe(3);
    now = 10;
    expect(load.isMeasuring).toBe(false);
  });
});

describe("the histograms", () => {
  it("of the closed model hold how long replies took, in nanoseconds", () => {
    load.openWindow();
    load.plan(0, 3);
    load.sent(0, 0, 3);
    load.answered(0, 0.5, 2);
    load.answered(0, 2, 1);
    expect(recorded(load, "latency")).toEqual([0.5, 2, 3]);
    expect(load.recordings.names()).toEqual(["latency"]);
  });

  it("of the open model also hold how long they took from the sending, and how late that was", () => {
    const open = loadOf("open");
    open.openWindow();
    open.plan(1, 2);
    open.sent(1, 4, 2);
    open.answered(1, 6, 2);
    open.served(1, 4, 6);
    open.served(-1, 4, 6);
    expect(recorded(open, "latency")).toEqual([5, 5, 2]);
    expect(recorded(open, "service")).toEqual([2, 2, 1]);
    expect(recorded(open, "slip")).toEqual([3, 3, 2]);
  });

  it("hold nothing of what is before the window, wrong, lost or without a reply", () => {
    load.plan(0, 1);
    load.sent(0, 0, 1);
    now = 1;
    load.openWindow();
    load.answered(0, 2, 1);
    load.plan(2, 4);
    load.sent(2, 2, 3);
    load.wrong(2);
    load.lost(2, 1);
    load.settled(2, 1);
    expect(load.recordings.of("latency").total).toBe(0);
  });

  it("hold deliveries", () => {
    const open = loadOf("open");
    open.delivered(1, 2, 4);
    expect([recorded(open, "latency"), recorded(open, "service")]).toEqual([
      [3, 3, 1],
      [2, 2, 1],
    ]);
  });
});

it("counts what passes from the beginning", () => {
  load.plan(0, 3);
  load.sent(0, 0, 2);
  load.messagesIn += 1;
  load.bytesIn += 22;
  load.bytesOut += 52;
  const then = load.traffic;
  load.openWindow();
  load.sent(1, 1, 1);
  expect(then).toEqual({ messagesOut: 2, messagesIn: 1, bytesOut: 52, bytesIn: 22 });
  expect(load.traffic).toEqual({ ...then, messagesOut: 3 });
});

it("measures from the opening of the window until it is stopped", () => {
  const states = [load.isMeasuring];
  load.openWindow();
  states.push(load.isMeasuring);
  load.stop();
  expect([...states, load.isMeasuring]).toEqual([false, true, false]);
});

describe("the budget", () => {
  it("is without an end at first, and what is given from the window on", () => {
    expect(load.plan(0, 1000)).toBe(1000);
    now = 1;
    load.openWindow(5);
    expect([load.plan(1, 3), load.plan(1, 3), load.plan(1, 3)]).toEqual([3, 2, 0]);
  });

  it("is not used up by what was due before the window", () => {
    now = 1;
    load.openWindow(2);
    expect([load.plan(0, 3), load.plan(1, 3), load.ledger.planned]).toEqual([3, 2, 2]);
  });

  it("ends the planning, and when all is answered the load has drained", () => {
    load.openWindow(2);
    load.sent(0, 0, load.plan(0, 2));
    load.answered(0, 1, 1);
    expect(drained).toBe(0);
    load.answered(0, 1, 1);
    expect(drained).toBe(1);
  });

  it("of nothing has drained at once", () => {
    load.openWindow(0);
    expect([load.plan(1, 1), drained]).toEqual([0, 1]);
  });
});

describe("when it is stopped", () => {
  it.each<[string, () => void]>([
    ["reply", () => load.answered(0, 1, 1)],
    ["loss", () => load.lost(0, 1)],
    ["wrong reply", () => load.wrong(0)],
    ["message that is given up", () => load.unsent(0, 1)],
    ["message that needs no reply", () => load.settled(0, 1)],
  ])("plans nothing any more, and drains with the last %s", (_, last) => {
    load.sent(0, 0, load.plan(0, 2));
    load.stop();
    expect(load.plan(0, 1)).toBe(0);
    load.answered(0, 1, 1);
    expect(drained).toBe(0);
    last();
    expect(drained).toBe(1);
  });

  it("has drained already where nothing waits", () => {
    load.stop();
    expect(drained).toBe(1);
  });
});
