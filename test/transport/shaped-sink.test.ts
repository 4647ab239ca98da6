import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { type Shape, ShapedSink } from "../../src/transport/shaped-sink.ts";
import { filler, toHex, utf8 } from "../helpers/bytes.ts";
import { fakeClock, stopTime } from "../helpers/guarded-client.ts";

/** A pipe whose far end notes what leaves, and when; writes between corks are one. */
function pipe(shape: Shape) {
  stopTime();
  const start = Date.now();
  const left: { readonly atMs: number; readonly bytes: Buffer }[] = [];
  let parts: Uint8Array[] = [];
  const inner = {
    destroyed: false,
    cork: () => undefined,
    uncork: () => {
      if (parts.length > 0) left.push({ atMs: Date.now() - start, bytes: Buffer.concat(parts) });
      parts = [];
    },
    write: (data: Uint8Array | string, sent?: () => void) => {
      parts.push(Buffer.from(data));
      sent?.();
    },
  };
  return {
    sink: new ShapedSink(inner, shape, fakeClock),
    inner,
    left,
    log: () => left.map(({ atMs, bytes }) => `${atMs} ${bytes.toString()}`),
  };
}

const done = (): void => undefined;

describe("latency", () => {
  it("is that of each frame, and none overtakes another", () => {
    const latencies = [50, 10, 70];
    const { sink, log } = pipe({ latencyMs: () => latencies.shift() ?? 0 });
    for (const text of ["a", "b", "c"]) sink.write(text, done);
    vi.advanceTimersByTime(49);
    expect([log(), sink.waiting]).toEqual([[], 3]);
    vi.advanceTimersByTime(100);
    expect([log(), sink.waiting]).toEqual([["50 ab", "70 c"], 0]);
  });

  it("is drawn once for a frame that is written in two", () => {
    let draws = 0;
    const { sink, log } = pipe({ latencyMs: () => 10 * ++draws });
    sink.write("head");
    sink.write("body", done);
    vi.runAllTimers();
    expect([log(), draws]).toEqual([["10 headbody"], 1]);
  });
});

describe("a rate", () => {
  it("is kept, also when timers come late", () => {
    const { sink, left } = pipe({ bytesPerSecond: 10_000 });
    sink.write(filler(20_000), done);
    for (const lateMs of [500, 3, 17, 480]) {
      vi.advanceTimersByTime(lateMs);
    }
    const bytes = left.reduce((sum, piece) => sum + piece.bytes.length, 0);
    expect(bytes).toBeGreaterThan(9_900);
    expect(bytes).toBeLessThan(10_400);
    expect(Math.max(...left.map((piece) => piece.bytes.length))).toBeLessThanOrEqual(300);
    vi.advanceTimersByTime(1010);
    expect([sink.waiting, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("of a byte a second takes seconds", () => {
    const { sink, log } = pipe({ bytesPerSecond: 1 });
    sink.write("abc", done);
    vi.advanceTimersByTime(3000);
    expect(log()).toEqual(["0 a", "980 b", "1980 c"]);
  });
});

it("splits writes, one in each turn of the event loop", () => {
  const { sink, log } = pipe({ splitSize: 3 });
  sink.write("abcd", done);
  sink.write("efg", done);
  expect(log()).toEqual([]);
  vi.runAllTimers();
  expect(log().map((piece) => piece.slice(2))).toEqual(["abc", "d", "efg"]);
});

it("gathers writes", () => {
  const { sink, log } = pipe({ coalesceMs: 20 });
  sink.write("a", done);
  vi.advanceTimersByTime(15);
  sink.write("b", done);
  vi.advanceTimersByTime(10);
  sink.write("c", done);
  vi.runAllTimers();
  expect(log()).toEqual(["20 ab", "45 c"]);
});

it("tells that something was sent when its last byte leaves", () => {
  const { sink } = pipe({ splitSize: 1 });
  const sent: string[] = [];
  for (const text of ["ab", "", "c"]) sink.write(text, () => void sent.push(text));
  vi.advanceTimersToNextTimer();
  expect(sent).toEqual([]);
  vi.advanceTimersToNextTimer();
  expect(sent).toEqual(["ab"]);
  vi.runAllTimers();
  expect(sent).toEqual(["ab", "", "c"]);
});

it("keeps nothing when it is stopped, and is in nobody's way then", () => {
  const { sink, inner, log } = pipe({ latencyMs: () => 10 });
  sink.write("lost", done);
  sink.stop();
  expect([vi.getTimerCount(), sink.waiting]).toEqual([0, 0]);
  sink.write("late", done);
  inner.uncork();
  expect(log()).toEqual(["0 late"]);
  inner.destroyed = true;
  expect(sink.destroyed).toBe(true);
});

it("neither loses nor swaps a byte, whatever its shape", () => {
  const shapes = fc.record({
    latencies: fc.array(fc.nat(50), { minLength: 1, maxLength: 5 }),
    bytesPerSecond: fc.option(fc.integer({ min: 100, max: 100_000 }), { nil: undefined }),
    splitSize: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    coalesceMs: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
  });
  const writes = fc.array(fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.nat(20)), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(shapes, writes, ({ latencies, ...shape }, given) => {
      let drawn = 0;
      const latencyMs = (): number => latencies[drawn++ % latencies.length] ?? 0;
      const { sink, left } = pipe({ ...shape, latencyMs });
      let told = 0;
      for (const [bytes, pauseMs] of given) {
        sink.write(bytes, () => void (told += 1));
        vi.advanceTimersByTime(pauseMs);
      }
      vi.runAllTimers();
      const all = Buffer.concat(given.map(([bytes]) => bytes));
      expect(toHex(Buffer.concat(left.map(({ bytes }) => bytes)))).toBe(toHex(all));
      expect([told, sink.waiting, vi.getTimerCount()]).toEqual([given.length, 0, 0]);
    }),
    { numRuns: 60 },
  );
});

it("takes text as UTF-8", () => {
  const { sink, left } = pipe({ coalesceMs: 1 });
  sink.write("ü", done);
  vi.runAllTimers();
  expect(left[0]?.bytes).toEqual(Buffer.from(utf8("ü")));
});
