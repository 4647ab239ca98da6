import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HarEntries } from "../../src/capture/har-entries.ts";
import { hex, singly, splitAt, splitPoints, utf8 } from "../helpers/bytes.ts";

function cut(chunks: readonly Uint8Array[], maxEntry?: number) {
  const entries = new HarEntries("x.har", maxEntry === undefined ? {} : { maxEntry });
  const found = chunks.flatMap((chunk) => entries.push(chunk));
  entries.end();
  return found.map(({ bytes, offset }) => ({ text: Buffer.from(bytes).toString(), offset }));
}

function har(...entries: readonly string[]): string {
  return `{"log":{"version":"1.2","entries":[${entries.join(",")}],"comment":"]}"}}`;
}

const STARTS_AT = har().indexOf("[") + 1;

describe("HarEntries", () => {
  it("cuts out entries, whatever is in them", () => {
    const one = '{"a":"}\\"]","b":[{"log":{"entries":[1]}}],"c":"\\\\"}';
    const two = '{"entries":[]}';
    expect(cut([utf8(har(one, two))])).toEqual([
      { text: one, offset: STARTS_AT },
      { text: two, offset: STARTS_AT + one.length + 1 },
    ]);
  });

  it("cuts the same however the bytes come", () => {
    const entry = fc.jsonValue().map((value) => JSON.stringify({ value }, null, 1));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), splitPoints, (entries, points) => {
        const bytes = utf8(` ${har(...entries)}\r\n`);
        expect(cut(splitAt(bytes, points)).map(({ text }) => text)).toEqual(entries);
      }),
    );
    const bytes = utf8(har('{"a":"\\"\\\\"}'));
    expect(cut(singly(bytes))).toEqual(cut([bytes]));
  });

  it("takes the entries of the log alone", () => {
    const inside = '{"x":{"entries":[{}]},"entries":[{}],';
    const text = `${inside}"log":{"x":["entries",[{}]],"pages":[{}],"entries" :\n[ {"1":1} ],"y":[{}]},"z":[[[{}]]]}`;
    expect(cut([utf8(text)])).toEqual([{ text: '{"1":1}', offset: text.indexOf('{"1"') }]);
  });

  it("passes over a byte order mark", () => {
    expect(cut([hex("efbbbf"), utf8(har("{}"))])).toEqual([{ text: "{}", offset: STARTS_AT + 3 }]);
  });

  it.each<[string | Uint8Array, string]>([
    ["", "x.har is empty"],
    ["{}", "x.har is no HAR: it has no log.entries"],
    ['{"log":{"pages":[]}}', "x.har is no HAR: it has no log.entries"],
    ['{"log":[{"entries":[]}]}', "x.har is no HAR: it has no log.entries"],
    ['{"log":{"entries":{}}}', "x.har is no HAR: it has no log.entries"],
    ["[]", "x.har is no JSON at byte 0"],
    ["  hello", "x.har is no JSON at byte 2"],
    [hex("d4c3b2a1"), "x.har is no JSON at byte 0"],
    [`${har()}}`, `x.har is no JSON at byte ${har().length}`],
    [
      har("{}").slice(0, -1),
      `x.har is cut: it ends at byte ${har("{}").length - 1} within the JSON`,
    ],
    [har('{"a":"').slice(0, 40), "x.har is cut: it ends at byte 40 within the JSON"],
  ])("refuses %j", (text, message) => {
    const bytes = typeof text === "string" ? utf8(text) : text;
    for (const chunks of [[bytes], singly(bytes)]) {
      expect(() => cut(chunks)).toThrow(expect.objectContaining({ code: "usage", message }));
    }
  });

  it("gives up on an entry that is too long", () => {
    const long = utf8(har('{"a":1}', `{"b":"${"x".repeat(2 ** 20)}`));
    expect(() => cut(splitAt(long, [500_000]), 2 ** 19)).toThrow(
      `x.har: the entry at byte ${STARTS_AT + 8} is longer than 0.5 MiB`,
    );
  });
});
