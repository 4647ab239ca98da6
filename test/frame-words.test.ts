import { expect, it } from "vitest";
import { parseLength, parseLengthForm, parseMaskKey, parseOpcode } from "../src/frame-words.ts";

it.each([
  ["text", 1],
  ["cont", 0],
  ["continuation", 0],
  ["pong", 10],
  ["0x3", 3],
  ["0xF", 15],
  ["11", 11],
])("%s is opcode %i", (word, opcode) => expect(parseOpcode(word)).toBe(opcode));

it("other parts of a frame", () => {
  expect(parseMaskKey("FFFFFFFF", "--mask")).toBe(0xffffffff);
  expect(parseLength("99999999999999999999", "--length")).toBe(99999999999999999999n);
  expect([7, 16, 64].map((form) => parseLengthForm(String(form), "form"))).toEqual([7, 16, 64]);
});

it.each([
  [() => parseOpcode("16"), '"16" is no opcode'],
  [() => parseOpcode("constructor"), '"constructor" is no opcode'],
  [() => parseMaskKey("12", "--mask 12"), "--mask 12 is no masking key: eight hex digits"],
  [() => parseLength("-1", "length=-1"), "length=-1 is no length"],
  [() => parseLengthForm("8", "form=8"), "form=8 is none of the forms of a length"],
])("refuses what is none (%#)", (parse, message) => expect(parse).toThrow(message));
