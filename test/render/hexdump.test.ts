import { describe, expect, it } from "vitest";
import {
  HEXDUMP_COLUMNS,
  hexDigits,
  hexdump,
  hexPairs,
  hexRows,
  printable,
} from "../../src/render/hexdump.ts";
import { createTheme } from "../../src/render/theme.ts";
import { filler, hex } from "../helpers/bytes.ts";

const theme = createTheme(0);
const PNG = hex("89504e470d0a1a0a 0000000d49484452 01");

describe("hexdump", () => {
  it("has offset, two groups of eight, and characters", () => {
    expect(hexdump(PNG, theme)).toEqual([
      "00000000  89 50 4e 47 0d 0a 1a 0a  00 00 00 0d 49 48 44 52  .PNG........IHDR",
      "00000010  01                                                .",
    ]);
  });

  it("goes without the offset where that says nothing", () => {
    expect(hexRows(PNG, theme)).toEqual(hexdump(PNG, theme).map((line) => line.slice(10)));
  });

  it("has no line for no bytes", () => expect(hexdump(hex(""), theme)).toEqual([]));

  it("is as wide as it says", () => {
    for (const line of hexdump(filler(64), theme)) expect(line).toHaveLength(HEXDUMP_COLUMNS);
  });

  it("shows every byte, control characters as a dot", () => {
    const lines = hexdump(
      Uint8Array.from({ length: 256 }, (_, i) => i),
      theme,
    );
    expect(lines.join("\n")).not.toMatch(/[^\x20-\x7e\n]/);
    expect(
      lines
        .map((line) => line.slice(10, 58))
        .join(" ")
        .split(/ +/)
        .join(""),
    ).toBe(hexDigits(Uint8Array.from({ length: 256 }, (_, i) => i)));
  });
});

describe("bytes on one line", () => {
  it("in pairs, as digits, as characters", () => {
    expect(hexPairs(hex("0102ff"))).toBe("01 02 ff");
    expect(hexDigits(hex("0102ff"))).toBe("0102ff");
    expect(printable(hex("41 00 7f 7e"))).toBe("A..~");
  });
});
