import { expect, it } from "vitest";
import { createCutter, type InputFormat } from "../../src/pipe/input-format.ts";
import { utf8 } from "../helpers/bytes.ts";
import { cut, joined } from "./cut.ts";

it.each<[InputFormat, string, [string, boolean][]]>([
  [
    { kind: "lines", binary: false },
    "a\nb",
    [
      ["a", false],
      ["b", false],
    ],
  ],
  [{ kind: "lines", binary: true, delimiter: utf8("\0") }, "a\nb\0", [["a\nb", true]]],
  [{ kind: "lines", binary: false, keepDelimiter: true }, "a\n", [["a\n", false]]],
  [{ kind: "chunks" }, "a\nb", [["a\nb", true]]],
  [
    { kind: "chunks", size: 2 },
    "a\nb",
    [
      ["a\n", true],
      ["b", true],
    ],
  ],
  [{ kind: "one", binary: false }, "a\nb\n", [["a\nb\n", false]]],
  [{ kind: "one", binary: true }, "", [["", true]]],
  [{ kind: "ndjson" }, '{"dir":"in","text":"a"}', [["a", false]]],
  [{ kind: "ndjson", dir: "out" }, '{"dir":"in","text":"a"}', []],
  [{ kind: "hex" }, "61\n", [["a", true]]],
  [{ kind: "base64" }, "YQ==\n", [["a", true]]],
])("%j cuts %j", (format, input, messages) => {
  const found = joined(cut(createCutter(format), [utf8(input)]));
  expect(found.map(({ bytes, binary }) => [bytes.toString(), binary])).toEqual(messages);
});
