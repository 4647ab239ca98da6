import { expect, it } from "vitest";
import { Losses } from "../../../src/capture/tls/losses.ts";

const OVERHEAD = 22;

it.each([
  ["nothing by its numbers", [100], [], 0, undefined],
  ["nothing by its numbers, though a record is gone", [], [30], 0, undefined],
  ["one record of known length", [], [30], 1, { length: 30, exact: true }],
  ["two of them", [], [30, 40], 2, { length: 70, exact: true }],
  ["bytes that hold two records", [100], [], 2, { length: 56, exact: false }],
  ["bytes and a record, by the numbers of both", [100], [30], 3, { length: 86, exact: false }],
  ["bytes that hold none beside a record", [7], [30], 1, { length: 30, exact: true }],
  ["bytes of an unknown number of records", [100], [], undefined, { length: 78, exact: false }],
  ["more numbers than bytes", [10], [], 2, { length: 0, exact: false }],
] as const)("%s", (_, bytes, records, missing, expected) => {
  const losses = new Losses();
  expect(losses.any).toBe(false);
  for (const length of bytes) losses.add(length);
  for (const length of records) losses.addRecord(length, { exact: true });
  expect(losses.any).toBe(true);
  expect(losses.take(missing, OVERHEAD)).toEqual(expected);
  expect(losses.any).toBe(false);
});

it("is exact only where all of it is", () => {
  const losses = new Losses();
  losses.addRecord(30, { exact: true });
  losses.addRecord(30, { exact: false });
  expect(losses.take(2, OVERHEAD)).toEqual({ length: 60, exact: false });
});
