import { describe, expect, it } from "vitest";
import { FrameParser } from "../../src/protocol/parser.ts";
import { exactLength } from "../../src/render/exact-length.ts";
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
