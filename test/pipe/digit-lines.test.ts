import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DigitForm, DigitLines, isBase64 } from "../../src/pipe/digit-lines.ts";
import { hex, singly, splitAt, toHex, utf8 } from "../helpers/bytes.ts";
import { expectUsage } from "../helpers/usage.ts";
import { cut, joined } from "./cut.ts";

function decoded(form: DigitForm, chunks: readonly Uint8Array[], limit?: number): string[] {
  const messages = joined(cut(new DigitLines(form, limit), chunks));
  expect(messages.every(({ binary }) => binary)).toBe(true);
  return messages.map(({ bytes }) => toHex(bytes));
}

describe("each line is a binary message", () => {
  it.each<[DigitForm, string, string[]]>([
    ["hex", "00ff\n", ["00ff"]],
    ["hex", "0 0F F\r\n\n7f", ["00ff", "", "7f"]],
    ["base64", "AAE=\nAAEC\n\nAA==\n", ["0001", "000102", "", "00"]],
    ["base64", "AAE\nAA\n-_+/\n", ["0001", "00", "fbffbf"]],
    ["base64", "AA E=\r\n", ["0001"]],
  ])("%s %j", (form, input, messages) => {
    expect(decoded(form, [utf8(input)])).toEqual(messages);
    expect(decoded(form, singly(utf8(input)))).toEqual(messages);
    expect(decoded(form, singly(utf8(input)), 1)).toEqual(messages);
  });

  it("of any length, decoded in pieces", () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    const forms = fc.constantFrom<DigitForm>("hex", "base64");
    const cuts = fc.array(fc.nat(200));
    fc.assert(
      fc.property(bytes, forms, cuts, fc.integer({ min: 1, max: 9 }), (data, form, at, limit) => {
        const line = utf8(`${Buffer.from(data).toString(form)}\n`);
        expect(decoded(form, splitAt(line, at), limit)).toEqual([toHex(data)]);
      }),
    );
  });
});

describe("what is none", () => {
  it.each<[DigitForm, string]>([
    ["hex", "0"],
    ["hex", "0x00"],
    ["hex", "0g"],
    ["base64", "A"],
    ["base64", "AA=A"],
    ["base64", "A==="],
    ["base64", "AA="],
    ["base64", "===="],
    ["base64", "AAA*"],
    ["base64", "AA==AA=="],
  ])("is an error that names the line: %s %j", async (form, line) => {
    const input = utf8(`\n${line}\n`);
    for (const chunks of [[input], singly(input)]) {
      const run = async () => cut(new DigitLines(form, 1), chunks);
      await expectUsage(run(), new RegExp(`^line 2 of stdin is not ${form}$`));
    }
  });

  it("is told of bytes that are no letters, too", async () => {
    const run = async () => cut(new DigitLines("hex"), [hex("ff 0a")]);
    await expectUsage(run(), /^line 1 /);
  });
});

it("base64 may lack its padding, but not have some of it", () => {
  const valid = ["", "AA", "AAA", "AAAA", "AA==", "AAA=", "AAAAAA=="];
  const wrong = ["A", "=", "==", "AA=", "AAA==", "AAAA=", "AAAA=="];
  expect([valid.filter(isBase64), wrong.filter(isBase64)]).toEqual([valid, []]);
});
