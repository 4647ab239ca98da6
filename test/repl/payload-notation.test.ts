import { describe, expect, it } from "vitest";
import { parseBytes, parsePayload } from "../../src/repl/payload-notation.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("a typed payload", () => {
  it.each([
    ["hello", "text", "68656c6c6f"],
    ["", "text", ""],
    ["01 02", "text", "3031203032"],
    ["hex:01 02ff", "binary", "0102ff"],
    ["hex:0x01,0x02", "binary", "0102"],
    ["hex:", "binary", ""],
    ["base64:AAE=", "binary", "0001"],
    ["base64:AAE", "binary", "0001"],
    ["base64:_-8", "binary", "ffef"],
    ["text:hex:01", "text", "6865783a3031"],
  ])("%j is %s %s", (text, kind, bytes) => {
    const payload = parsePayload(text);
    expect([payload.kind, hex(payload.bytes)]).toEqual([kind, bytes]);
  });

  it.each([
    ["hex:0", '"0" is no hex'],
    ["hex:0g", '"0g" is no hex'],
    ["base64:A", '"A" is no base64'],
    ["base64:é", '"é" is no base64'],
  ])("%j is refused", (text, message) => {
    expect(() => parsePayload(text)).toThrow(message);
  });
});

describe("typed bytes", () => {
  it.each([
    ["", ""],
    ["0102FF", "0102ff"],
    ["01 02 ff", "0102ff"],
    ["hex:7f", "7f"],
    ["base64:fw==", "7f"],
  ])("%j are %s", (text, bytes) => {
    expect(hex(parseBytes(text))).toBe(bytes);
  });

  it("that are wrong at their end are told at once, however many there are", () => {
    expect(() => parseBytes(`${"01 , ".repeat(10_000)}z`)).toThrow("is no hex");
  });

  it("are no words; a long line is not repeated in full", () => {
    expect(() => parseBytes("x".repeat(100))).toThrow(`"${"x".repeat(40)}…" is no hex`);
  });
});
