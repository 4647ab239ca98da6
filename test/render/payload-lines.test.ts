import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Payload,
  type PayloadSpace,
  showControlPayload,
  showPayload,
} from "../../src/render/payload-lines.ts";
import { renderSpans } from "../../src/render/span.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import { filler, hex, utf8 } from "../helpers/bytes.ts";

const theme = createTheme(0);
const screen = { theme, room: 30, columns: 80, indent: 15, maxPrint: 1024, pretty: false };
const logFile = { ...screen, room: Number.POSITIVE_INFINITY };

/** As plain text. */
function show(payload: Payload, space: PayloadSpace) {
  const { inline, ...shown } = showPayload(payload, space);
  return { ...shown, inline: renderSpans(inline) };
}

function text(content: string) {
  const bytes = utf8(content);
  return { bytes, length: bytes.length, kind: "text" } as const;
}

function binary(bytes: Uint8Array, length = bytes.length) {
  return { bytes, length, kind: "binary" } as const;
}

describe("text", () => {
  it("stands beside the frame where it fits", () => {
    expect(show(text("hello\n"), screen)).toMatchObject({ inline: "hello\\n", below: [] });
  });

  it("stands below where it does not, one line for each of its own", () => {
    const shown = show(text(`{\n  "a": 1,\n  "b": "${"x".repeat(70)}"\n}`), screen);
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
    expect(show(text(long), logFile)).toMatchObject({ inline: long, below: [] });
  });

  it("is cut between code points, and that is told", () => {
    const space = { ...screen, maxPrint: 5 };
    expect(show(text("ab✓✓✓"), space)).toMatchObject({ inline: "ab✓ … 5 of 11 B" });
    expect(show(text("abc✓✓"), space)).toMatchObject({ inline: "abc … 3 of 9 B" });
    expect(show(text("abc"), { ...screen, maxPrint: 0 })).toMatchObject({
      inline: " … 0 of 3 B",
    });
  });

  it("tells that the parser kept only its beginning", () => {
    const shown = show({ ...text("begin"), length: 5_000_000 }, screen);
    expect(shown.inline).toBe("begin … 5 of 5,000,000 B");
  });

  it("never leaves the screen, and escapes everything", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (content) => {
        const { inline, below, indent } = show(text(content.replaceAll(/\p{Cs}/gu, "?")), screen);
        expect(displayWidth(inline)).toBeLessThanOrEqual(screen.room);
        for (const line of below) {
          expect(indent + displayWidth(line)).toBeLessThanOrEqual(screen.columns);
          expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("JSON", () => {
  const pretty = { ...screen, pretty: true };

  it("stands below, indented, every number as it stood", () => {
    const shown = show(text('{"id":12345678901234567890,"at":1.50,"tags":[]}'), pretty);
    expect(shown.inline).toBe("");
    expect(shown.below).toEqual([
      "{",
      '  "id": 12345678901234567890,',
      '  "at": 1.50,',
      '  "tags": []',
      "}",
    ]);
  });

  it("of one line stands beside the frame", () => {
    expect(show(text(" 1.0e3\n"), pretty)).toMatchObject({ inline: "1.0e3", below: [] });
    expect(show(text(`"${"x".repeat(40)}"`), pretty)).toMatchObject({
      inline: "",
      below: [`"${"x".repeat(40)}"`],
    });
  });

  it("is shown as far as it is to be printed, and that is told", () => {
    const shown = show(text('{"a":[1,"bcdefgh"]}'), { ...pretty, maxPrint: 11 });
    expect(shown.below).toEqual(["{", '  "a": [', "    1,", '    "bc', "… 11 of 19 B"]);
    expect(show(text("{}"), { ...pretty, maxPrint: 0 }).inline).toBe(" … 0 of 2 B");
  });

  it("is plain text where it is none, or not in UTF-8", () => {
    expect(show(text('{"a":}'), pretty)).toMatchObject({ inline: '{"a":}', below: [] });
    const bytes = hex("22 ff 22");
    expect(show({ bytes, length: 3, kind: "text" }, pretty).inline).toBe('"\\xff"');
    expect(show(text('{"a":1}'), screen).inline).toBe('{"a":1}');
  });

  it("breaks lines at the edge of the screen, and none in a log file", () => {
    const long = text(JSON.stringify({ words: "x".repeat(100) }));
    for (const line of show(long, pretty).below) expect(line.length).toBeLessThanOrEqual(65);
    expect(show(long, { ...logFile, pretty: true }).below[1]).toHaveLength(113);
  });

  it("escapes everything", () => {
    const { below } = show(text('{"\u202e":"\u009b2J"}'), pretty);
    expect(below[1]).toBe('  "\\u202e": "\\u009b2J"');
  });
});

describe("binary", () => {
  it("of a few bytes stands beside the frame in hex", () => {
    expect(show(binary(hex("89504e47")), screen)).toMatchObject({ inline: "89504e47" });
  });

  it("is a hexdump below otherwise, as far left as it needs", () => {
    const { inline, below, indent } = show(binary(filler(32)), screen);
    expect([inline, below.length, indent]).toEqual(["", 2, 4]);
    expect(show(binary(filler(32)), { ...screen, columns: 120 }).indent).toBe(15);
    expect(show(binary(filler(32)), { ...screen, columns: 40 }).indent).toBe(0);
  });

  it("is cut, and that is told", () => {
    const { below } = show(binary(filler(100)), { ...screen, maxPrint: 32 });
    expect(below).toHaveLength(3);
    expect(below.at(-1)).toBe("… 32 of 100 B");
  });

  it("is a hexdump also when it is short and cut", () => {
    const { below } = show(binary(hex("0102"), 9), screen);
    expect(below.at(-1)).toBe("… 2 of 9 B");
  });

  it("of no bytes is nothing", () => {
    expect(show(binary(hex("")), screen)).toMatchObject({ inline: "", below: [] });
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
