import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SequenceFinding, watchSequence } from "../../src/scenario/sequence.ts";
import { utf8 } from "../helpers/bytes.ts";
import { expectUsage } from "../helpers/usage.ts";

const message = (seq: unknown) => utf8(JSON.stringify({ seq, data: "x" }));

async function follow(numbers: readonly unknown[]) {
  const watch = await watchSequence("seq", "--sequence");
  const findings = numbers.map((number) => watch.take(message(number)));
  return { watch, findings };
}

const inOrder = undefined;
const gap = (from: number, to: number): SequenceFinding => ({ kind: "gap", from, to });
const late = (number: number): SequenceFinding => ({ kind: "reordered", number });
const twice = (number: number): SequenceFinding => ({ kind: "duplicate", number });
const end: SequenceFinding = { kind: "end" };

describe("a numbered stream", () => {
  it.each<[unknown[], (SequenceFinding | undefined)[]]>([
    [
      [5, 6, 7],
      [inOrder, inOrder, inOrder],
    ],
    [
      [1, 3],
      [inOrder, gap(2, 2)],
    ],
    [
      [1, 10, 12],
      [inOrder, gap(2, 9), gap(11, 11)],
    ],
    [
      [1, 4, 2, 3, 5],
      [inOrder, gap(2, 3), late(2), late(3), inOrder],
    ],
    [
      [1, 1, 2, 1],
      [inOrder, twice(1), inOrder, twice(1)],
    ],
    [
      ["1", "2", "4"],
      [inOrder, inOrder, gap(3, 3)],
    ],
    [
      [1, -1, 1, 2],
      [inOrder, end, inOrder, inOrder],
    ],
    [
      [1, "x", null, 1.5, {}, 2 ** 53, 2],
      [inOrder, inOrder, inOrder, inOrder, inOrder, inOrder, inOrder],
    ],
  ])("%j", async (numbers, found) => {
    expect((await follow(numbers)).findings).toEqual(found);
  });

  it("is counted", async () => {
    const { watch } = await follow([3, 5, 5, 4, 9, "x", -1, 2, 4]);
    expect(watch.counts).toEqual({
      received: 7,
      unnumbered: 1,
      missing: 4,
      duplicated: 1,
      reordered: 1,
      lowest: 2,
      highest: 9,
      ends: 1,
    });
  });

  it("may begin anew", async () => {
    const { watch } = await follow([1, 3]);
    watch.restart();
    expect(watch.take(message(1))).toBeUndefined();
    expect(watch.counts).toMatchObject({ missing: 1, duplicated: 0 });
  });

  it("has as many missing as its findings say", async () => {
    const watch = await watchSequence("$.seq", "--sequence");
    const numbers = fc.array(fc.nat(40), { maxLength: 40 });
    fc.assert(
      fc.property(numbers, (list) => {
        const before = watch.counts;
        watch.restart();
        const found = list.map((number) => watch.take(message(number)));
        const counts = watch.counts;
        const unique = new Set(list);
        const [low, high] = [Math.min(...unique), Math.max(...unique)];
        const missing = unique.size === 0 ? 0 : high - low + 1 - unique.size;
        expect(counts.missing - before.missing).toBe(missing);
        expect(found.filter((one) => one?.kind === "duplicate")).toHaveLength(
          list.length - unique.size,
        );
      }),
    );
  });
});

describe("the field", () => {
  it.each([
    ["seq", '{"seq":1}'],
    ["odd.name", '{"odd.name":1}'],
    ['a"b', '{"a\\"b":1}'],
    ["$.meta.n", '{"meta":{"n":1}}'],
  ])("%s", async (field, text) => {
    const watch = await watchSequence(field, "--sequence");
    watch.take(utf8(text));
    expect(watch.counts.received).toBe(1);
  });

  it("has to be a path where it looks like one", () =>
    expectUsage(watchSequence("$.[", "--sequence"), /^--sequence: "\$\.\[" is no JSONPath/));
});
