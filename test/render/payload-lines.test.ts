import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { showControlPayload, showPayload } from "../../src/render/payload-lines.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import { filler, hex, utf8 } from "../helpers/bytes.ts";

const theme = createTheme(0);
const screen = { theme, room: 30, columns: 80, indent: 15, maxPrint: 1024 };
const logFile = { ...screen, room: Number.POSITIVE_INFINITY };

function text(content: string) {
  const bytes = utf8(content);
  return { bytes, length: bytes.length, kind: "text" } as const;
}

function binary(bytes: Uint8Array, length = bytes.length) {
  return { bytes, length, kind: "binary" } as const;
}

describe("text", () => {
  it("stands beside the frame where it fits", () => {
    expect(showPayload(text("hello\n"), screen)).toMatchObject({ inline: "hello\\n", below: [] });
  });

  it("stands below where it does not, one line for each of its own", () => {
    const shown = showPayload(text(`{\n  "a": 1,\n  "b": "${"x".repeat(70)}"\n}`), screen);
    expect(shown.inline).toBe("");
    expect(shown.below).toEqual([
      "{\\n",
      '  "a": 1,\\n',
      `  "b": "${"x".repeat(57)}`,
      `${"x".repeat(13)}"\\n`,
      "}",
    ]);
  });

  it("is one line in a log file", () => {
    const long = "word ".repeat(100).trimEnd();
    expect(showPayload(text(long), logFile)).toMatchObject({ inline: long, below: [] });
  });

  it("is cut between code points, and that is told", () => {
    const space = { ...screen, maxPrint: 5 };
    expect(showPayload(text("ab✓✓✓"), space)).toMatchObject({ inline: "ab✓ … 5 of 11 B" });
    expect(showPayload(text("abc✓✓"), space)).toMatchObject({ inline: "abc … 3 of 9 B" });
    expect(showPayload(text("abc"), { ...screen, maxPrint: 0 })).toMatchObject({
      inline: " … 0 of 3 B",
    });
  });

  it("tells that the parser kept only its beginning", () => {
    const shown = showPayload({ ...text("begin"), length: 5_000_000 }, screen);
    expect(shown.inline).toBe("begin … 5 of 5,000,000 B");
  });

  it("never leaves the screen, and escapes everything", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (content) => {
        const { inline, below, indent } = showPayload(
          text(content.replaceAll(/\p{Cs}/gu, "?")),
          screen,
        );
        expect(displayWidth(inline)).toBeLessThanOrEqual(screen.room);
        for (const line of below) {
          expect(indent + displayWidth(line)).toBeLessThanOrEqual(screen.columns);
          expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
        }
      }),
    );
  });
});

describe("binary", () => {
  it("of a few bytes stands beside the frame in hex", () => {
    expect(showPayload(binary(hex("89504e47")), screen)).toMatchObject({ inline: "89504e47" });
  });

  it("is a hexdump below otherwise, as far left as it needs", () => {
    const { inline, below, indent } = showPayload(binary(filler(32)), screen);
    expect([inline, below.length, indent]).toEqual(["", 2, 4]);
    expect(showPayload(binary(filler(32)), { ...screen, columns: 120 }).indent).toBe(15);
    expect(showPayload(binary(filler(32)), { ...screen, columns: 40 }).indent).toBe(0);
  });

  it("is cut, and that is told", () => {
    const { below } = showPayload(binary(filler(100)), { ...screen, maxPrint: 32 });
    expect(below).toHaveLength(3);
    expect(below.at(-1)).toBe("… 32 of 100 B");
  });

  it("is a hexdump also when it is short and cut", () => {
    const { below } = showPayload(binary(hex("0102"), 9), screen);
    expect(below.at(-1)).toBe("… 2 of 9 B");
  });

  it("of no bytes is nothing", () => {
    expect(showPayload(binary(hex("")), screen)).toMatchObject({ inline: "", below: [] });
  });
});

describe("control frames", () => {
  it.each([
    ["bytes in hex", hex("7f01"), "7f01"],
    ["readable text in quotes", utf8("keep-alive 1"), '"keep-alive 1"'],
    ["text that is not ASCII in hex", utf8("é"), "c3a9"],
    ["nothing", hex(""), ""],
  ])("show %s", (_, bytes, shown) => expect(showControlPayload(bytes)).toBe(shown));
});
