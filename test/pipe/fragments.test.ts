import { describe, expect, it } from "vitest";
import { Fragments } from "../../src/pipe/fragments.ts";
import { filler, hex, singly, utf8 } from "../helpers/bytes.ts";
import { expectUsage } from "../helpers/usage.ts";

const where = (n: number) => `line ${n}`;

/** Message after message, each given in parts of which the last ends it. */
function piecesOf(fragments: Fragments, ...messages: readonly (readonly Uint8Array[])[]) {
  return messages.flatMap((parts) => {
    const pushed = parts.slice(0, -1).map((part) => fragments.push(part));
    return [...pushed.filter((piece) => piece !== undefined), fragments.end(parts.at(-1))];
  });
}

describe("a message", () => {
  it("that is given at once is one piece without a copy, an empty one too", () => {
    const fragments = new Fragments({ binary: true, where });
    const bytes = filler(10);
    expect(fragments.end(bytes)).toEqual({ bytes, fin: true, binary: true });
    expect(fragments.end(bytes).bytes.buffer).toBe(bytes.buffer);
    expect(fragments.end().bytes.length).toBe(0);
  });

  it("longer than the limit comes in pieces, none empty, and only the last ends it", () => {
    const fragments = new Fragments({ binary: true, where, limit: 1000 });
    const parts = [filler(600), filler(600), filler(0)];
    const lengths = piecesOf(fragments, parts, [filler(1)]).map((p) => [p.bytes.length, p.fin]);
    expect(lengths).toEqual([
      [600, false],
      [600, true],
      [1, true],
    ]);
  });

  it("is open from its first byte to its end", () => {
    const fragments = new Fragments({ binary: true, where, limit: 1 });
    const seen = [fragments.isOpen];
    for (const act of [() => fragments.push(filler(1)), () => fragments.end()]) {
      act();
      seen.push(fragments.isOpen);
    }
    expect(seen).toEqual([false, true, false]);
  });
});

describe("text", () => {
  it("may be cut within a code point, at any limit", () => {
    const text = utf8("aü✓😀");
    for (let limit = 1; limit < 10; limit++) {
      const fragments = new Fragments({ binary: false, where, limit });
      const pieces = piecesOf(fragments, [...singly(text), utf8("")], [text]);
      const all = Buffer.concat(pieces.map(({ bytes }) => bytes)).toString();
      expect(all).toBe("aü✓😀aü✓😀");
    }
  });

  it.each([
    ["at once", 100, [hex("61 ff")]],
    ["in a later piece", 1, [hex("61"), hex("62"), hex("80"), hex("63")]],
    ["cut within a code point", 100, [hex("61"), hex("c3")]],
    ["cut so, in pieces", 1, [hex("61"), hex("62"), hex("c3"), hex("")]],
  ])("that is not UTF-8 is an error: %s", async (_, limit, parts) => {
    const fragments = new Fragments({ binary: false, where, limit });
    fragments.end(utf8("good"));
    await expectUsage((async () => piecesOf(fragments, parts))(), /^line 2 is not UTF-8$/);
  });

  it("in pieces does not spoil what follows it", () => {
    const fragments = new Fragments({ binary: false, where, limit: 1 });
    const message = [hex("c3"), hex("bc"), hex("61")];
    const fins = piecesOf(fragments, message, message).map(({ fin }) => fin);
    expect(fins).toEqual([false, true, false, true]);
  });
});
