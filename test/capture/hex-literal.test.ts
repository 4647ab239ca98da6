import { describe, expect, it } from "vitest";
import { parseLiteral } from "../../src/capture/hex-literal.ts";
import { toHex } from "../helpers/bytes.ts";

describe("parseLiteral", () => {
  it.each([
    [String.raw`b'\x81\x05hello'`, "810568656c6c6f"],
    [String.raw`b"\x81\x02'x"`, "81022778"],
    [String.raw`'\x81\x01\''`, "810127"],
    [String.raw`"\x81\x05\a\b\t\n\v\f\r\0\\\"";`, "81050708090a0b0c0d005c22"],
    [String.raw`  "\x81\x00"  `, "8100"],
    [String.raw`'\x81\x02é'`, "8102c3a9"],
    [String.raw`"\x81\x05" "hello"`, "810568656c6c6f"],
    [String.raw`const char frame[] = "\x81\x05"${"\n"}    "hello";`, "810568656c6c6f"],
    [String.raw`(b'\x81\x05'${"\n"} b'hello')`, "810568656c6c6f"],
    ['"\\x81\\x05" \\\n"\\x68"', "810568"],
    [String.raw`"\201\005hello"`, "810568656c6c6f"],
    [String.raw`$'\x81\x00'`, "8100"],
    [String.raw`"\u0081\u0005hello\u2713"`, "810568656c6c6fe29c93"],
  ])("%s", (text, digits) => {
    const result = parseLiteral(text);
    expect(result?.ok && toHex(result.bytes)).toBe(digits);
  });

  it.each([
    ["digits in quotes", '"8105"'],
    ["two strings with bytes between", String.raw`"\x81" 05 "\x05"`],
    ["JSON", String.raw`{"text":"\u0081"}`],
    ["what follows a long text", `${"81 ".repeat(400)}${String.raw`"\x81"`}`],
    ["no quotes", String.raw`\x81\x05`],
    ["an open string", String.raw`'\x81`],
    ["several lines", "'\\x81\n'"],
  ])("leaves %s to others", (_, text) => expect(parseLiteral(text)).toBeUndefined());
});
