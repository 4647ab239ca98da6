import { expect, it } from "vitest";
import { parseStructFormat } from "../../src/decode/struct-format.ts";

const parse = (format: string) => parseStructFormat(format, "--decode struct");

it("has letters, counts and names, with spaces where one likes", () => {
  const fields = parse("> H:magic\t3B 4s:tag*:data").fields;
  expect(fields.map(({ letter, count, name }) => [letter, count, name])).toEqual([
    ["H", undefined, "magic"],
    ["B", 3, undefined],
    ["s", 4, "tag*:data"],
  ]);
  expect(parse("HB:x").fields.map(({ letter, name }) => [letter, name])).toEqual([
    ["H", undefined],
    ["B", "x"],
  ]);
});

it.each([
  ["<H", true, 1],
  [">H", false, 1],
  ["!H", false, 1],
  ["=H", true, 1],
  ["@H", true, 2],
  ["H", true, 2],
])("%s", (format, littleEndian, alignment) => {
  expect(parse(format)).toMatchObject({ littleEndian, fields: [{ alignment, size: 2 }] });
});

it("has the sizes of the machine without an order of bytes alone", () => {
  expect(parse("l").fields[0]?.size).toBe(8);
  expect(parse("<l").fields[0]?.size).toBe(4);
});

it.each([
  ["", "--decode struct: the format has no fields"],
  [">", "the format has no fields"],
  [">Hz", 'position 3: "z" is no letter'],
  [">H 4", 'position 4: "4" begins no field'],
  ["H>", 'position 2: ">" begins no field'],
  ["*:a H", "position 5: nothing is left after *"],
  ["2*", "* takes no count"],
  [">n", "n has a size only without an order of bytes"],
  ["H: B", "position 1: a name was to follow the colon"],
  ["x:a", "x is a gap"],
  ["99999999999H", "is too many"],
  ["constructor", 'position 2: "o" is no letter'],
])("%j is refused", (format, message) => {
  expect(() => parse(format)).toThrow(message);
});
