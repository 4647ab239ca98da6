import fc from "fast-check";
import { expect, it } from "vitest";
import { SequenceTracker } from "../../src/scenario/sequence-tracker.ts";
import { Stream } from "../../src/bench/stream.ts";

it("counts all streams together, and what has no number", () => {
  const stream = new Stream();
  const [a, b] = [new SequenceTracker(), new SequenceTracker()];
  const arrivals = [a, a, b, a, a, b].map((tracker, i) =>
    stream.take(tracker, [1, 4, 9, 3, 3, 9][i]!),
  );
  stream.takeUnnumbered();
  expect(arrivals).toEqual(["next", "next", "next", "late", "duplicate", "duplicate"]);
  expect(stream.counts).toEqual({
    expected: 6,
    received: 5,
    missing: 1,
    duplicated: 2,
    reordered: 1,
  });
});

it("expects what it received and what is missing, and counts each arrival once", () => {
  const arrival = fc.tuple(fc.nat(2), fc.nat(30));
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 60 }), (arrivals) => {
      const stream = new Stream();
      const trackers = [0, 1, 2].map(() => new SequenceTracker());
      for (const [which, number] of arrivals) stream.take(trackers[which]!, number);
      const { expected, received, missing, duplicated } = stream.counts;
      expect(expected).toBe(received + missing);
      expect(received + duplicated).toBe(arrivals.length);
      expect(missing).toBe(trackers.reduce((sum, tracker) => sum + tracker.missing, 0));
    }),
  );
});
