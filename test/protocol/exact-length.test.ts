import { describe, expect, it } from "vitest";
import { FrameParser } from "../../src/protocol/parser.ts";
import { exactLength, lengthSum } from "../../src/protocol/exact-length.ts";
import { hex } from "../helpers/bytes.ts";

function lengthOf(header: string): number | bigint {
  const parser = new FrameParser();
  parser.push(hex(header));
  return exactLength(parser.end()!.frame!);
}

describe("exactLength", () => {
  it.each([
    ["7 bits", "8205", 5],
    ["16 bits", "827e0100", 256],
    ["64 bits that a number holds", "827f001fffffffffffff", Number.MAX_SAFE_INTEGER],
    ["64 bits that it does not", "827f0020000000000001", 9_007_199_254_740_993n],
    ["all bits, masked", "82ffffffffffffffffff01020304", 18_446_744_073_709_551_615n],
  ])("%s", (_, header, length) => expect(lengthOf(header)).toBe(length));
});

describe("lengthSum", () => {
  const max = Number.MAX_SAFE_INTEGER;
  it.each([
    ["numbers", 5, 7, 12],
    ["numbers whose sum is none", max, max, 18_014_398_509_481_982n],
    ["a length of all bits", 18_446_744_073_709_551_615n, 1, 18_446_744_073_709_551_616n],
    ["what is taken off", 9_223_372_036_854_775_807n, -2, 9_223_372_036_854_775_805n],
    ["what is taken off, so that a number holds the rest", 9_007_199_254_740_993n, -8, max - 6],
  ])("%s", (_, a, b, sum) => expect(lengthSum(a, b)).toBe(sum));
});
