import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeBytes, escapeControl, isPrintableAscii } from "../../src/render/escape.ts";
import { hex, utf8 } from "../helpers/bytes.ts";

/** What a terminal must never get from a peer. */
const HOSTILE =
  /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u;

describe("escapeControl", () => {
  it.each([
    ["newlines and tabs", "a\r\n\tb", "a\\r\\n\\tb"],
    ["an ANSI sequence", "\x1b[31mred", "\\x1b[31mred"],
    ["NUL and DEL", "\0\x7f", "\\x00\\x7f"],
    ["C1, which some terminals take for ESC [", "\x9b31m", "\\u009b31m"],
    ["a direction override", "abc\u202egpj.exe", "abc\\u202egpj.exe"],
    ["direction isolates", "\u2066x\u2069", "\\u2066x\\u2069"],
    ["direction marks", "\u200ex\u200f\u061c", "\\u200ex\\u200f\\u061c"],
    ["line and paragraph separators", "\u2028\u2029", "\\u2028\\u2029"],
    ["a byte order mark", "\ufeffhi", "\\ufeffhi"],
    ["a zero-width space", "pass\u200bword", "pass\\u200bword"],
    ["a soft hyphen", "co\u00adop", "co\\u00adop"],
    ["tags", "\u{e0041}", "\\u{e0041}"],
    ["lone surrogates", "\ud800x\udc00", "\\ud800x\\udc00"],
    ["a joiner between ASCII", "a\u200db", "a\\u200db"],
  ])("makes %s visible", (_, text, visible) => {
    expect(escapeControl(text)).toBe(visible);
  });

  it.each([
    ["ASCII", 'the "quick" \\ brown {fox}'],
    ["Latin, Greek, Cyrillic", "héllo wörld κόσμε привет"],
    ["combining marks", "e\u0301"],
    ["wide characters", "日本語 한국어"],
    ["right-to-left scripts", "שלום مرحبا"],
    ["a non-joiner in Persian", "می\u200cخواهم"],
    ["emoji joined to a family", "👨\u200d👩\u200d👧 ❤\ufe0f 🇩🇪"],
  ])("leaves %s", (_, text) => {
    expect(escapeControl(text)).toBe(text);
  });

  it("leaves nothing hostile in any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(escapeControl(text)).not.toMatch(HOSTILE);
      }),
    );
  });
});

describe("escapeBytes", () => {
  it.each([
    ["valid text", utf8("héllo ✓ 😀\n"), "héllo ✓ 😀\\n"],
    ["a stray byte", hex("61 ff 62"), "a\\xffb"],
    ["a code point that is cut", hex("61 f0 9f 98"), "a\\xf0\\x9f\\x98"],
    ["the rest of a code point", hex("98 80 62"), "\\x98\\x80b"],
    ["an overlong form", hex("c0 80"), "\\xc0\\x80"],
    ["a surrogate", hex("ed a0 80"), "\\xed\\xa0\\x80"],
    ["valid text around a stray byte", hex(utf8("é"), "80", utf8("✓")), "é\\x80✓"],
    ["nothing", hex(""), ""],
  ])("%s", (_, bytes, visible) => {
    expect(escapeBytes(bytes)).toBe(visible);
  });

  it("leaves nothing hostile of any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(escapeBytes(bytes)).not.toMatch(HOSTILE);
      }),
    );
  });
});

describe("isPrintableAscii", () => {
  it.each([0, 31, 32, 33, 70])("of %i octets, each of which may be any", (length) => {
    const wrong: [at: number, octet: number][] = [];
    for (let at = 0; at < length; at++) {
      for (let octet = 0; octet < 256; octet++) {
        const bytes = new Uint8Array(length).fill(0x61);
        bytes[at] = octet;
        if (isPrintableAscii(bytes) !== (octet >= 0x20 && octet < 0x7f)) wrong.push([at, octet]);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("wherever they lie in memory, and whatever lies behind them", () => {
    const memory = fc.uint8Array({ minLength: 8, maxLength: 80 });
    const octets = memory.chain((bytes) =>
      fc.constantFrom(
        bytes,
        bytes.map((octet) => 0x20 + (octet % 0x5f)),
      ),
    );
    fc.assert(
      fc.property(octets, fc.nat(7), fc.nat(80), (bytes, from, length) => {
        const view = bytes.subarray(from);
        const end = Math.min(length, view.length);
        const prints = /^[\x20-\x7e]*$/.test(Buffer.from(view.subarray(0, end)).toString("latin1"));
        expect(isPrintableAscii(view, end)).toBe(prints);
      }),
    );
  });
});
