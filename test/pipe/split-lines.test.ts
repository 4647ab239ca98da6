import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter, type Piece } from "../../src/pipe/split-lines.ts";
import { concat, singly, splitAt, utf8 } from "../helpers/bytes.ts";

const LIMIT = 1024;

function split(chunks: readonly Uint8Array[], limit = LIMIT): Piece[] {
  const splitter = new LineSplitter(limit);
  return [...chunks.flatMap((chunk) => [...splitter.push(chunk)]), ...splitter.end()];
}

/** The messages that the pieces make up. */
function joined(pieces: readonly Piece[]): string[] {
  const messages: string[] = [];
  let pending: Uint8Array[] = [];
  for (const { bytes, fin } of pieces) {
    pending.push(bytes);
    if (fin) messages.push(Buffer.from(concat(pending)).toString());
    if (fin) pending = [];
  }
  expect(pending).toEqual([]);
  return messages;
}

describe("lines become messages", () => {
  it.each([
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\nb", ["a", "b"]],
    ["\n", [""]],
    ["a\n\n\nb\n", ["a", "", "", "b"]],
    ["a\r\nb\r\n", ["a\r", "b\r"]],
    ["ü\n✓", ["ü", "✓"]],
  ])("%j", (input, messages) => {
    expect(joined(split([utf8(input)]))).toEqual(messages);
    expect(joined(split(singly(utf8(input))))).toEqual(messages);
  });

  it("any input at any split and any limit comes out whole", () => {
    const input = fc.array(fc.constantFrom("a", "bc", "\n", "\r", "é"), { maxLength: 60 });
    fc.assert(
      fc.property(
        input,
        fc.array(fc.nat(100)),
        fc.integer({ min: 1, max: 8 }),
        (parts, cuts, limit) => {
          const text = parts.join("");
          const lines = text.split("\n");
          if (lines.at(-1) === "") lines.pop();
          expect(joined(split(splitAt(utf8(text), cuts), limit))).toEqual(lines);
        },
      ),
    );
  });
});

describe("a line longer than the limit", () => {
  it("comes in pieces none of which is empty, and only the last ends the message", () => {
    const pieces = split([utf8("x".repeat(600)), utf8("y".repeat(600)), utf8("\nz")]);
    expect(pieces.map(({ bytes, fin }) => [bytes.length, fin])).toEqual([
      [600, false],
      [600, true],
      [1, true],
    ]);
  });

  it("never has more pending than the limit and one chunk", () => {
    const splitter = new LineSplitter(LIMIT);
    for (let i = 0; i < 100; i++) {
      for (const { bytes } of splitter.push(new Uint8Array(100).fill(0x61))) {
        expect(bytes.length).toBeLessThanOrEqual(LIMIT);
      }
    }
  });
});
