import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { DecodedValue } from "../../src/decode/decoded.ts";
import { decodeStruct } from "../../src/decode/struct.ts";
import { parseStructFormat } from "../../src/decode/struct-format.ts";
import { hex } from "../helpers/bytes.ts";
import { plainDecoded } from "../helpers/decoded.ts";

interface PythonCase {
  readonly format: string;
  readonly hex: string;
  readonly values: readonly (string | { readonly bytes: string } | { readonly float: string })[];
}

/** What `struct.unpack` of Python 3 made of them on 64-bit Linux. */
const PYTHON = JSON.parse(
  readFileSync(new URL("../fixtures/decode/python-struct.json", import.meta.url), "utf8"),
) as PythonCase[];

const decode = (format: string, bytes: string) =>
  decodeStruct(hex(bytes), parseStructFormat(format, "--decode"));

/** The values one after the other, numbers and words as they are, bytes in hex. */
function flat(format: string, bytes: string) {
  const { values, stopped } = decode(format, bytes);
  expect(stopped).toBe(undefined);
  const [root] = values;
  if (root?.kind !== "map") throw new Error("no fields");
  return root.entries
    .flatMap(({ value }): readonly (DecodedValue | undefined)[] =>
      value?.kind === "list" ? value.items : [value],
    )
    .map((value) => {
      if (value?.kind === "text") return { bytes: Buffer.from(value.text).toString("hex") };
      if (value?.kind === "bytes") return { bytes: Buffer.from(value.bytes).toString("hex") };
      return value?.kind === "number" ? value.digits : value?.kind === "word" && value.word;
    });
}

describe("as Python does", () => {
  it.each(PYTHON)("$format $hex", ({ format, hex: bytes, values }) => {
    const found = flat(format, bytes);
    expect(found).toHaveLength(values.length);
    values.forEach((value, i) => {
      if (typeof value === "string" || "bytes" in value) expect(found[i]).toEqual(value);
      else expectFloat(Number(found[i]), Number(value.float.replace("inf", "Infinity")));
    });
  });
});

/** A float of 32 bits has fewer digits here. */
function expectFloat(found: number, python: number): void {
  if (found !== python) expect(Math.fround(found)).toBe(python);
}

describe("fields", () => {
  it("have their names", () => {
    const decoded = decode(">H:magic B:version 2B:pair 4s:tag *:data", "cafe01 0203 61620000 ff");
    expect(plainDecoded(decoded)).toEqual([
      [
        new Map<string, unknown>([
          ["magic", "51966"],
          ["version", "1"],
          ["pair", ["2", "3"]],
          ["tag", String.raw`"ab\u0000\u0000"`],
          ["data", "h'ff'"],
        ]),
      ],
      undefined,
    ]);
  });

  it("without one have their number", () => {
    expect(plainDecoded(decode("<xBH", "00010200"))[0]).toEqual([
      new Map([
        ["field 2", "1"],
        ["field 3", "2"],
      ]),
    ]);
  });
});

describe("bytes that do not fit", () => {
  it.each([
    [">H:a I:b", "0001 0203", 2, "a field b of 4 bytes was to follow, and there are only 2"],
    [">H:a I:b", "0001", 2, "the bytes end here, and a field b was to follow"],
    [">H", "000102", 2, "1 byte is left over"],
    [">2H:a", "000102", 2, "a field a of 2 bytes"],
    ["bi", "01", 1, "the bytes end here, and a gap"],
    ["10s:name", "6162", 0, "a field name of 10 bytes"],
    ["2147483648H:a", "0001", 2, "the bytes end here"],
    [">H", "", 0, "the bytes end here"],
  ])("%s of %s stop at %i: %s", (format, bytes, offset, message) => {
    const { stopped } = decode(format, bytes);
    expect(stopped?.offset).toBe(offset);
    expect(stopped?.message).toContain(message);
  });

  it("show the fields before", () => {
    expect(plainDecoded(decode(">H:a I:b", "000102"))[0]).toEqual([new Map([["a", "1"]])]);
  });
});
