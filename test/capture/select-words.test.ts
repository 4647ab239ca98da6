import { describe, expect, it } from "vitest";
import {
  parseConnections,
  parseDirection,
  parseLast,
  parseOpcodes,
  parsePayloadMatch,
  parseSizeRange,
  parseTimeRange,
} from "../../src/capture/select-words.ts";
import { utf8 } from "../helpers/bytes.ts";
import { expectUsage } from "../helpers/usage.ts";

const after = (us: number) => ({ us, relative: true });
const at = (iso: string, us = 0) => ({ us: Date.parse(iso) * 1000 + us, relative: false });

describe("what is looked for", () => {
  it.each([
    ["out", "out"],
    ["client", "out"],
    ["in", "in"],
    ["server", "in"],
  ])("direction %s", (text, dir) => expect(parseDirection(text, "--dir")).toBe(dir));

  it.each([
    ["text", [1]],
    ["text, ping,0x3,11", [1, 9, 3, 11]],
    ["control", [8, 9, 10, 11, 12, 13, 14, 15]],
    ["data,close", [0, 1, 2, 3, 4, 5, 6, 7, 8]],
  ])("opcodes %s", (text, opcodes) => expect([...parseOpcodes(text)]).toEqual(opcodes));

  it("connections", () => {
    expect([...parseConnections("1, 3,[::1]:80", "--conn")]).toEqual(["1", "3", "[::1]:80"]);
  });

  it.each([
    ["126..64KiB", 126, 65_536],
    ["1KiB..", 1024, Infinity],
    ["..125", 0, 125],
    ["5", 5, 5],
    ["0..0", 0, 0],
  ])("sizes %s", (text, min, max) => expect(parseSizeRange(text, "--size")).toEqual({ min, max }));

  it.each([
    ["10s..20s", after(10e6), after(20e6)],
    ["500us..", after(500), undefined],
    ["..1m", undefined, after(60e6)],
    ["2026-02-01T12:04:31Z..", at("2026-02-01T12:04:31Z"), undefined],
    ["..2026-02-01T12:04:31.000123Z", undefined, at("2026-02-01T12:04:31Z", 123)],
    ["..2026-02-01T12:04:31.5+01:00", undefined, at("2026-02-01T11:04:31Z", 500_000)],
    ["2026-02-01..1h", at("2026-02-01"), after(3600e6)],
  ])("times %s", (text, from, to) => expect(parseTimeRange(text, "--time")).toEqual({ from, to }));

  it.each([
    ["lo", "hello", true],
    ["LO", "hello", false],
    ["/LO$/i", "hello", true],
    ["/^h.l/", "hello", true],
    ["/a.b/s", "a\nb", true],
    ["é", "caf\u00e9", true],
    ["/\u{1f389}/u", "a \u{1f389}", true],
    ["/", "a/b", true],
    ["/usr", "cd /usr/bin", true],
  ])("text %s in %j: %s", (text, payload, found) =>
    expect(parsePayloadMatch(text, "--match")(utf8(payload))).toBe(found),
  );

  it("says the same each time", () => {
    const match = parsePayloadMatch("/a/", "--match");
    expect([match(utf8("ba")), match(utf8("ba")), match(utf8("b"))]).toEqual([true, true, false]);
  });

  it("how many at the end", () => expect(parseLast("10", "--last")).toBe(10));
});

describe("what is none of that is refused in a line", () => {
  it.each<[() => unknown, RegExp]>([
    [() => parseDirection("toString", "--dir"), /^--dir must be out or client, in or server, not/],
    [() => parseOpcodes("text,foo"), /^"foo" is no opcode$/],
    [() => parseConnections(" , ", "--conn"), /^--conn must be numbers of connections/],
    [() => parseSizeRange("..", "--size"), /^--size must be sizes such as/],
    [() => parseSizeRange("", "--size"), /^--size must be sizes such as/],
    [() => parseSizeRange("1..2..3", "--size"), /^--size must be sizes such as/],
    [() => parseSizeRange("x..", "--size"), /^--size must be a size such as .*, not "x"$/],
    [() => parseSizeRange("9..8", "--size"), /^--size 9..8 ends before it begins$/],
    [() => parseTimeRange("10s", "--time"), /^--time must be times such as/],
    [() => parseTimeRange("..", "--time"), /^--time must be times such as/],
    [() => parseTimeRange("10..", "--time"), /^--time must be a duration such as/],
    [() => parseTimeRange("2s..1s", "--time"), /^--time 2s..1s ends before it begins$/],
    [() => parseTimeRange("2026-02-31T25:00Z..", "--time"), /is no time that there is$/],
    [() => parsePayloadMatch("", "--match"), /^--match must be TEXT or \/regex\/$/],
    [() => parsePayloadMatch("/(/", "--match"), /^--match \/\(\/ is no regular expression: /],
    [() => parseLast("0", "--last"), /^--last must be a whole number from 1 to 100000/],
  ])("%#", (parse, message) => expectUsage(Promise.resolve().then(parse), message));
});
