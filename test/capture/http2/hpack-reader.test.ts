import { describe, expect, it } from "vitest";
import { HpackFault, HpackReader } from "../../../src/capture/http2/hpack-reader.ts";
import { hex } from "../../helpers/bytes.ts";

describe("an integer", () => {
  it.each([
    ["C.1.1: 10 in 5 bits", "ea", 5, 10],
    ["C.1.2: 1337 in 5 bits", "1f 9a 0a", 5, 1337],
    ["C.1.3: 42 in 8 bits", "2a", 8, 42],
    ["the first that needs an octet more", "ff 00", 7, 127],
    ["with octets of no weight", "ff 80 80 80 00", 7, 127],
    ["the largest", "ff 80 ff ff 7f", 7, 0x0fff_ffff],
  ])("%s", (_, text, prefix, value) => {
    const reader = new HpackReader(hex(text));
    expect(reader.integer(prefix)).toBe(value);
    expect(reader.atEnd).toBe(true);
  });

  it.each([
    ["nothing", "", "it ends within a field"],
    ["no last octet", "ff 80", "it ends within a field"],
    ["over the limit", "ff 81 ff ff 7f", "an integer is too large"],
    ["of many octets", "ff ff ff ff ff ff ff ff 01", "an integer is too large"],
    ["of many octets of no weight", "ff 80 80 80 80 80 80 80 00", "an integer is too large"],
  ])("is refused: %s", (_, text, message) => {
    expect(() => new HpackReader(hex(text)).integer(7)).toThrow(new HpackFault(message));
  });
});

describe("a string", () => {
  it.each([
    ["plain", "0a 63 75 73 74 6f 6d 2d 6b 65 79", "custom-key"],
    ["in Huffman's code", "88 25 a8 49 e9 5b a9 7d 7f", "custom-key"],
    ["empty", "00", ""],
    ["of octets over 127", "02 c3 a9", "\u00c3\u00a9"],
  ])("%s", (_, text, value) => {
    const reader = new HpackReader(hex(text));
    expect(reader.text()).toBe(value);
    expect(reader.atEnd).toBe(true);
  });

  it.each([
    ["cut", "0a 63 75", "it ends within a string"],
    ["cut in Huffman's code", "88 25", "it ends within a string"],
    ["of half a code", "81 ff", "a string has a wrong Huffman code"],
    ["absent", "", "it ends within a field"],
  ])("is refused: %s", (_, text, message) => {
    expect(() => new HpackReader(hex(text)).text()).toThrow(new HpackFault(message));
  });
});
