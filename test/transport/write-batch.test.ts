import fc from "fast-check";
import { expect, it } from "vitest";
import { WriteBatch } from "../../src/transport/write-batch.ts";

const lengthsOf = (parts: readonly Uint8Array[]) => parts.map(({ length }) => length);

function batchOf(lengths: readonly number[]) {
  const batch = new WriteBatch();
  const parts = lengths.map((length, i) => new Uint8Array(length).fill(i));
  for (const part of parts) batch.add(part);
  return { batch, parts };
}

it.each<readonly [string, number[], number[]]>([
  ["none", [], []],
  ["small ones", [2, 3, 4], [9]],
  ["small ones around a large one", [2, 3, 5000, 4], [5, 5000, 4]],
  ["large ones", [2048, 5000], [2048, 5000]],
  ["a block of small ones", [2000, ...Array<number>(32).fill(2000)], [66_000]],
  ["many that are empty", Array<number>(1025).fill(0), [0, 0]],
])("parts that are %s", (_, given, taken) => {
  expect(lengthsOf(batchOf(given).batch.take())).toEqual(taken);
});

it("is empty once all is taken", () => {
  const { batch } = batchOf([1]);
  expect(batch.isEmpty).toBe(false);
  batch.take();
  expect([batch.isEmpty, batch.take()]).toEqual([true, []]);
});

it("keeps large parts as they are, without a copy", () => {
  const { batch, parts } = batchOf([3000]);
  expect(batch.take()[0]).toBe(parts[0]);
});

it("copies small parts, so that nothing of what they were cut from is kept", () => {
  const { batch, parts } = batchOf([1, 1]);
  const [joined] = batch.take();
  expect(parts.map(({ buffer }) => buffer)).not.toContain(joined!.buffer);
});

it("never changes the bytes or their order", () => {
  const length = fc.oneof(fc.integer({ max: 20, min: 0 }), fc.integer({ min: 2000, max: 2100 }));
  fc.assert(
    fc.property(fc.array(length, { maxLength: 60 }), (lengths) => {
      const { batch, parts } = batchOf(lengths);
      expect(Buffer.concat(batch.take()).equals(Buffer.concat(parts))).toBe(true);
    }),
    { numRuns: 50 },
  );
});
