import { describe, expect, it } from "vitest";
import { headerLength, MAX_HEADER_LENGTH, minimalLengthForm } from "../../src/protocol/frame.ts";

describe("headerLength", () => {
  it.each([
    [7, false, 2],
    [7, true, 6],
    [16, false, 4],
    [16, true, 8],
    [64, false, 10],
    [64, true, MAX_HEADER_LENGTH],
  ] as const)("%i bits, masked %s: %i octets", (form, masked, octets) => {
    expect(headerLength(form, masked)).toBe(octets);
  });
});

describe("minimalLengthForm", () => {
  it.each([
    [0, 7],
    [125, 7],
    [126, 16],
    [127, 16],
    [65_535, 16],
    [65_536, 64],
    [2 ** 53, 64],
  ] as const)("%i bytes in %i bits", (length, form) => {
    expect(minimalLengthForm(length)).toBe(form);
    expect(minimalLengthForm(BigInt(length))).toBe(form);
  });
});
