import fc from "fast-check";
import { expect, it } from "vitest";
import { LineCutter } from "../../../src/server/exec/line-cutter.ts";

/** Lines as they are, pieces of those that are too long with a mark. */
function cut(chunks: readonly string[], limit = 100): string[] {
  const cutter = new LineCutter(limit);
  const lines = chunks.flatMap((chunk) => [...cutter.push(Buffer.from(chunk, "latin1"))]);
  return [...lines, ...cutter.end()].map(
    ({ bytes, tooLong }) => bytes.toString("latin1") + (tooLong ? "…" : ""),
  );
}

it.each<readonly [chunks: readonly string[], lines: readonly string[]]>([
  [[], []],
  [["one\ntwo\n"], ["one", "two"]],
  [
    ["o", "ne\n", "\n", "tw", "o"],
    ["one", "", "two"],
  ],
  [["a\r\n\xff"], ["a\r", "\xff"]],
])("cuts %j into %j", (chunks, lines) => {
  expect(cut(chunks)).toEqual(lines);
});

it.each<readonly [chunks: readonly string[], lines: readonly string[]]>([
  [["abc\n"], ["abc"]],
  [["abcd\ne"], ["abc…", "d", "e"]],
  [
    ["ab", "cdefg", "h\n"],
    ["abc…", "def…", "gh"],
  ],
])("keeps no more than 3 bytes of %j", (chunks, lines) => {
  expect(cut(chunks, 3)).toEqual(lines);
});

it("gives the same lines however the bytes are cut", () => {
  const bytes = fc.string({ unit: fc.constantFrom("a", "b", "\n") });
  fc.assert(
    fc.property(bytes, (text) => {
      const lines = text.split("\n");
      if (lines.at(-1) === "") lines.pop();
      expect(cut(Array.from(text))).toEqual(lines);
      expect(cut([text])).toEqual(lines);
    }),
  );
});
