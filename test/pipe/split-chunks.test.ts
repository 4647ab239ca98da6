import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChunkSplitter, OneMessage, ReadSplitter } from "../../src/pipe/split-chunks.ts";
import { filler, hex, singly, splitAt, splitPoints, utf8 } from "../helpers/bytes.ts";
import { expectUsage } from "../helpers/usage.ts";
import { cut, joined } from "./cut.ts";

const KIB = 1024;

const lengths = (messages: readonly { readonly bytes: Uint8Array }[]) =>
  messages.map(({ bytes }) => bytes.length);

describe("each read", () => {
  it("is a binary message, at most 64 KiB long", () => {
    const long = Buffer.alloc(150 * KIB, "0123456789");
    const pieces = cut(new ReadSplitter(), [filler(3), filler(0), long]);
    expect(lengths(pieces)).toEqual([3, 64 * KIB, 64 * KIB, 22 * KIB]);
    expect(pieces.every(({ fin, binary }) => fin && binary)).toBe(true);
    expect(Buffer.concat(pieces.slice(1).map(({ bytes }) => bytes)).equals(long)).toBe(true);
  });
});

describe("chunks of a size", () => {
  it.each([
    [4, 12, [4, 4, 4]],
    [4, 13, [4, 4, 4, 1]],
    [1, 3, [1, 1, 1]],
    [100, 3, [3]],
    [4, 0, []],
  ])("of %d bytes cut %d, however they were read", (size, length, expected) => {
    const bytes = filler(length);
    for (const chunks of [[bytes], singly(bytes)]) {
      expect(lengths(joined(cut(new ChunkSplitter(size), chunks)))).toEqual(expected);
    }
  });

  it("lose nothing at any size and split", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 70 }), splitPoints, (length, size, at) => {
        const messages = joined(cut(new ChunkSplitter(size), splitAt(filler(length), at)));
        expect(Buffer.concat(messages.map(({ bytes }) => bytes)).equals(filler(length))).toBe(true);
        expect(
          lengths(messages)
            .slice(0, -1)
            .every((one) => one === size),
        ).toBe(true);
      }),
    );
  });

  it("larger than what should be held leave in fragments", () => {
    const splitter = new ChunkSplitter(3 * KIB * KIB);
    const read = Buffer.alloc(64 * KIB);
    const pieces = cut(
      splitter,
      Array.from({ length: 80 }, () => read),
    );
    expect(pieces.length).toBeGreaterThan(4);
    expect(Math.max(...lengths(pieces))).toBeLessThanOrEqual(KIB * KIB + 64 * KIB);
    expect(lengths(joined(pieces))).toEqual([3 * KIB * KIB, 2 * KIB * KIB]);
  });
});

describe("all as one message", () => {
  it("leaves in fragments, few enough for receivers that count them", () => {
    const read = Buffer.alloc(KIB);
    const reads = Array.from({ length: 1000 }, () => read);
    const pieces = cut(new OneMessage({ binary: true }), reads);
    expect(pieces.map(({ fin }) => fin)).toEqual([false, false, false, true]);
    expect(lengths(joined(pieces))).toEqual([1000 * KIB]);
  });

  it("is an empty message where there is nothing", () => {
    const pieces = cut(new OneMessage({ binary: false }), []);
    expect(pieces).toEqual([{ bytes: new Uint8Array(0), fin: true, binary: false }]);
  });

  it("is text whose newlines stay, and that must be UTF-8", async () => {
    const text = joined(cut(new OneMessage({ binary: false }), singly(utf8("a\n✓\n"))));
    expect(text).toEqual([{ binary: false, bytes: Buffer.from("a\n✓\n") }]);
    const wrong = async () => cut(new OneMessage({ binary: false }), [hex("61 ff")]);
    await expectUsage(wrong(), /^stdin is not UTF-8$/);
  });
});
