import { describe, expect, it } from "vitest";
import { Books, type Kept } from "../../src/bench/books.ts";
import { FailureTally } from "../../src/bench/failures.ts";
import { Load } from "../../src/bench/load.ts";
import { splitPlan, type WorkerPlan } from "../../src/bench/plan.ts";
import { Stream } from "../../src/bench/stream.ts";
import { NO_SOCKETS, NO_TRAFFIC } from "../../src/bench/worker-protocol.ts";
import { benchPlan } from "../helpers/bench.ts";

const [plan] = splitPlan(benchPlan({ connections: 3 })) as [WorkerPlan];

function booksOf() {
  const clock = { now: 0 };
  const load = new Load("closed", { onDrained: () => undefined }, () => clock.now);
  const books = new Books(plan, load, 1000);
  const refusals = new FailureTally();
  const field = {
    counts: { ...NO_SOCKETS, attempted: 3, opened: 3, open: 3 },
    peak: 3,
    inFlight: 0,
    bufferedBytes: 0,
    mayGrow: false,
    users: [],
    senders: [],
    open: () => Promise.resolve(),
    start: () => undefined,
    ended: () => false,
    stop: () => undefined,
    end: () => undefined,
  };
  const kept = { field, dialer: { refusals }, crew: {} };
  return { books, load, clock, field, refusals, kept };
}

describe("the books of a worker", () => {
  it("are those of sockets that are not there yet, at first", () => {
    const { books, clock } = booksOf();
    clock.now = 5;
    const { atMs, phase, counts } = books.tick("connecting");
    expect([atMs, phase]).toEqual([1005, "connecting"]);
    expect(counts.sockets).toMatchObject({ attempted: 3, unfinished: 3 });
  });

  it("tell what was recorded once, with what was counted until then", () => {
    const { books, load, kept } = booksOf();
    books.begin(kept);
    load.openWindow();
    load.plan(0, 2);
    load.sent(0, 0, 2);
    load.answered(0, 4, 1);
    const first = books.tick("measuring");
    expect(first.counts.messages).toMatchObject({ planned: 2, sent: 2, answered: 1 });
    expect(first.recorded.latency?.[1]).toBe(1);
    expect(books.tick("measuring").recorded).toEqual({});
  });

  it("have the traffic of the window alone, beside that of all time", () => {
    const { books, load, kept } = booksOf();
    books.begin(kept);
    load.messagesIn = 5;
    expect(books.tick("warm-up").counts.traffic).toEqual(NO_TRAFFIC);
    books.openWindow();
    load.messagesIn = 7;
    expect(books.tick("measuring").counts.traffic.messagesIn).toBe(2);
    load.messagesIn = 8;
    books.spared(1);
    books.closeWindow();
    load.messagesIn = 99;
    const { counts, traffic } = books.tick("draining");
    expect([counts.traffic.messagesIn, traffic.messagesIn]).toEqual([3, 99]);
    expect(counts.self).toMatchObject({ spareMs: 1 });
    expect(counts.self.windowMs).toBeGreaterThan(0);
  });

  it("keep the most that lay unsent, and why sockets failed and ended", () => {
    const { books, field, refusals, kept } = booksOf();
    books.begin(kept);
    for (const bytes of [5, 90, 7]) {
      field.bufferedBytes = bytes;
      books.tick("measuring");
    }
    const reason = { kind: "closed", code: "closed", message: "x" } as const;
    refusals.add({ kind: "refused", code: "unreachable", message: "y" });
    books.breaks.add(reason);
    const { counts } = books.tick("measuring");
    expect(counts).toMatchObject({
      maxBufferedBytes: 90,
      refusals: [{ kind: "refused", count: 1 }],
      breaks: [{ kind: "closed", count: 1 }],
      ownDeliveries: 0,
    });
    expect(counts).not.toHaveProperty("stream");
    expect(Number.isSafeInteger(counts.grownBytes)).toBe(true);
  });

  it("have what was received of streams", () => {
    const { books, kept } = booksOf();
    const [stream, own] = [new Stream(), new Stream()];
    const streams: Kept = { ...kept, crew: { stream, own } };
    books.begin(streams);
    stream.takeUnnumbered();
    own.takeUnnumbered();
    expect(books.tick("measuring").counts).toMatchObject({
      stream: { received: 1 },
      ownDeliveries: 1,
    });
  });

  it("count in the end as unsent what was planned and not sent", () => {
    const { books, load, kept } = booksOf();
    books.begin(kept);
    load.openWindow();
    load.plan(0, 5);
    load.sent(0, 0, 2);
    expect(books.tick("draining").counts.messages).toMatchObject({ planned: 5, unsent: 0 });
    const { phase, counts } = books.close();
    expect([phase, counts.messages.unsent]).toEqual(["done", 3]);
  });
});
