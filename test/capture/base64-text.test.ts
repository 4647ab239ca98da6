import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { looksLikeBase64, parseBase64 } from "../../src/capture/base64-text.ts";
import { toHex, utf8 } from "../helpers/bytes.ts";

function expectBytes(text: string, digits: string) {
  const result = parseBase64(text);
  expect(result.ok ? toHex(result.bytes) : result.error).toBe(digits);
}

const HELLO = "810568656c6c6f";

describe("the forms that people paste", () => {
  it.each([
    ["padded", "gQVoZWxsbw==", HELLO],
    ["unpadded", "gQVoZWxsbw", HELLO],
    ["for URLs", "gQL__g", "8102fffe"],
    ["of the usual alphabet", "gQL//g==", "8102fffe"],
    ["wrapped", "gQVo\nZWxs\nbw==\n", HELLO],
    ["wrapped before its padding", "gQVoZ\r\nWxsbw\r\n==", HELLO],
    ["wrapped, without padding", "gQVoZ\nWxsbw", HELLO],
    ["several", "gQA=\ngQFh\n\ngQA=\n", "81008101618100"],
    ["in quotes", '["gQA=",\n "gQFh"]'.replace(/[[\]]/g, ""), "8100810161"],
    ["a data: URL", "data:application/octet-stream;base64,gQVoZWxsbw==", HELLO],
    ["several data: URLs", "data:;base64,gQA=\ndata:;base64,gQFh", "8100810161"],
    ["with a comment and a byte order mark", "\ufeff# frames\ngQA=", "8100"],
    ["nothing", " \n", ""],
  ])("%s", (_, text, digits) => {
    expectBytes(text, digits);
  });

  it("any bytes, wrapped anywhere", () => {
    const column = fc.integer({ min: 1, max: 90 });
    fc.assert(
      fc.property(fc.uint8Array(), column, fc.boolean(), (bytes, width, url) => {
        const text = Buffer.from(bytes).toString(url ? "base64url" : "base64");
        // Padding is kept in one piece, because it ends an item.
        const wrapped = text.replace(new RegExp(`.{${width}}(?=[^=]|=+$)(?<!=)`, "g"), "$&\n");
        expectBytes(wrapped, toHex(bytes));
      }),
    );
  });
});

describe("what is no base64", () => {
  it.each([
    ["another character", "gQA=\ngQ!h", 2, 3, '"!h" is not base64'],
    ["padding alone", "gQA=\n==", 2, 1, "padding has no base64 before it that needs it"],
    [
      "one character",
      "gQA=\n g",
      2,
      2,
      "the base64 from here on lacks a character, or has one too many",
    ],
    [
      "one character before padding",
      "gQVoZ=",
      1,
      1,
      "the base64 from here on lacks a character, or has one too many",
    ],
    ["a data: URL of text", "data:text/plain,hello", 1, 1, "a data: URL without ;base64"],
  ])("%s", (_, text, line, column, message) => {
    expect(parseBase64(text)).toEqual({ ok: false, error: { line, column, message } });
  });

  it("is bytes or one error, for any text", () => {
    const unit = fc.constantFrom(...Array.from('gQVoZ0=+/-_#,"; \r\n:!é'), "data:;base64,");
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const result = parseBase64(text);
        looksLikeBase64(text);
        const lines = text.split(/\r\n|\r|\n/).length;
        if (!result.ok) expect(result.error.line).toBeLessThanOrEqual(lines);
      }),
      { numRuns: 500 },
    );
  });

  it("is read within bounds, however many pieces it has", () => {
    const result = parseBase64("gQ== ".repeat(200_000));
    expect(result.ok && result.bytes.length).toBe(200_000);
    expect(parseBase64("gQ\n".repeat(200_000)).ok).toBe(true);
  });
});

describe("looksLikeBase64", () => {
  it.each([
    "gQVoZWxsbw==",
    "gQVoZWxsbw",
    "gQVo\nZWxsbw\n",
    '"gQVoZWxsbw=="',
    "# frames\ngQA=\ngQFh",
    "data:;base64,gQA=",
    "data:text/plain,hello",
  ])("%j does", (text) => expect(looksLikeBase64(text)).toBe(true));

  it.each([
    ["hex with a digit too many", "81056865b0c"],
    ["a word", "test"],
    ["words", "hello world"],
    ["hex pairs with a mistake", "81 05 6g"],
    ["a sentence", "This is no base64."],
    ["nothing", ""],
  ])("%s does not", (_, text) => expect(looksLikeBase64(text)).toBe(false));
});

it("takes no long stack for a long text", () => {
  const long = Buffer.from(utf8("x".repeat(1_000_000))).toString("base64");
  expect(parseBase64(long).ok).toBe(true);
});
