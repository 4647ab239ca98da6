import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SequenceTracker } from "../../src/scenario/sequence-tracker.ts";

/** The same by definition: all numbers are kept. */
class Model {
  readonly #seen = new Set<number>();

  take(number: number): string {
    const highest = Math.max(...this.#seen, -Infinity);
    const isNew = !this.#seen.has(number);
    this.#seen.add(number);
    if (!isNew) return "duplicate";
    return number > highest ? "next" : "late";
  }

  get missing(): number {
    if (this.#seen.size === 0) return 0;
    return Math.max(...this.#seen) - Math.min(...this.#seen) + 1 - this.#seen.size;
  }
}

it("tells what came in order, late and twice, and how many are missing", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60), { maxLength: 80 }), fc.nat(1e6), (numbers, base) => {
      const [tracker, model] = [new SequenceTracker(), new Model()];
      for (const number of numbers) {
        expect(tracker.take(base + number)).toBe(model.take(base + number));
        expect(tracker.missing).toBe(model.missing);
      }
    }),
  );
});

it.each<[string, number[], string[], number]>([
  ["in order", [5, 6, 7], ["next", "next", "next"], 0],
  ["with a gap", [5, 8], ["next", "next"], 2],
  ["with a gap that is filled", [5, 8, 6, 7], ["next", "next", "late", "late"], 0],
  ["twice", [5, 5, 7, 6, 6], ["next", "duplicate", "next", "late", "duplicate"], 0],
  ["from before the first one", [5, 3, 4, 4], ["next", "late", "late", "duplicate"], 0],
  ["from 0", [0, 1, 0], ["next", "next", "duplicate"], 0],
])("follows numbers %s", (_, numbers, arrivals, missing) => {
  const tracker = new SequenceTracker();
  expect(numbers.map((number) => tracker.take(number))).toEqual(arrivals);
  expect(tracker.missing).toBe(missing);
});

describe("what is far away", () => {
  it("is missing, however many, and the latest may still come", () => {
    const tracker = new SequenceTracker();
    tracker.take(0);
    expect([tracker.take(1e12), tracker.missing]).toEqual(["next", 1e12 - 1]);
    expect([tracker.take(1e12 - 1), tracker.take(1e12 - 1024)]).toEqual(["late", "late"]);
    expect([tracker.take(1e12 - 1025), tracker.missing]).toEqual(["duplicate", 1e12 - 3]);
  });

  it("pushes older gaps out of memory", () => {
    const tracker = new SequenceTracker();
    for (let number = 0; number <= 4096; number += 2) tracker.take(number);
    expect([tracker.take(1), tracker.take(4095), tracker.missing]).toEqual([
      "duplicate",
      "late",
      2047,
    ]);
  });

  it("is no gap where a stream begins anew", () => {
    const tracker = new SequenceTracker();
    tracker.take(1e6);
    expect([tracker.take(0), tracker.take(1), tracker.missing]).toEqual([
      "duplicate",
      "duplicate",
      0,
    ]);
  });
});
