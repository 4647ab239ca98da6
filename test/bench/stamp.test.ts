import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeStamp, findStamp } from "../../src/bench/stamp.ts";
import { utf8 } from "../helpers/bytes.ts";

const STAMP = { publisher: 3, seq: 17, dueAt: 1000.5, sentAt: 1000.625 };

it("is plain text", () => {
  expect(encodeStamp(STAMP)).toBe("framecat!3,17,1000500,1000625!");
});

it.each([
  ["alone", "framecat!3,17,1000500,1000625!"],
  ["in JSON", '{"data":{"stamp":"framecat!3,17,1000500,1000625!","pad":"xx"}}'],
  ["in JSON within JSON", '{"data":"{\\"stamp\\":\\"framecat!3,17,1000500,1000625!\\"}"}'],
  ["after what only begins like one", "framecat! framecat!1,2! framecat!3,17,1000500,1000625!"],
  ["before another", "framecat!3,17,1000500,1000625!framecat!4,1,1,1!"],
])("is found %s", (_, text) => {
  expect(findStamp(utf8(text))).toEqual(STAMP);
});

it("is found in a part of a larger buffer", () => {
  const bytes = utf8(`xx${encodeStamp(STAMP)}yy`);
  expect(findStamp(bytes.subarray(2, -2))).toEqual(STAMP);
  expect(findStamp(bytes.subarray(3))).toBeUndefined();
  expect(findStamp(bytes.subarray(0, -3))).toBeUndefined();
});

describe("no stamp is", () => {
  it.each([
    ["nothing", ""],
    ["the mark alone", "framecat!"],
    ["too few numbers", "framecat!1,2,3!"],
    ["too many", "framecat!1,2,3,4,5!"],
    ["without an end", "framecat!1,2,3,4"],
    ["empty numbers", "framecat!,,,!"],
    ["blanks", "framecat!1, 2,3,4!"],
    ["other notations", "framecat!1,0x2,3e1,4!"],
    ["fractions", "framecat!1,2.5,3,4!"],
    ["below zero", "framecat!1,-2,3,4!"],
    ["beyond what a double tells apart", "framecat!1,2,3,9007199254740993!"],
  ])("%s", (_, text) => {
    expect(findStamp(utf8(text))).toBeUndefined();
  });
});

it("is the same after its way, to the microsecond", () => {
  const number = fc.nat(1e9);
  const moment = fc.double({ min: 0, max: 1e10, noNaN: true });
  fc.assert(
    fc.property(number, number, moment, moment, (publisher, seq, dueAt, sentAt) => {
      const found = findStamp(utf8(encodeStamp({ publisher, seq, dueAt, sentAt })))!;
      expect([found.publisher, found.seq]).toEqual([publisher, seq]);
      expect(Math.abs(found.dueAt - dueAt)).toBeLessThan(0.000_51);
      expect(Math.abs(found.sentAt - sentAt)).toBeLessThan(0.000_51);
    }),
  );
});
