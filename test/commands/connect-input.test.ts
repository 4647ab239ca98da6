import { describe, expect, it } from "vitest";
import { readEof, readInputFormat, readOutputFormat } from "../../src/commands/connect-input.ts";
import { CONNECT_OPTIONS } from "../../src/commands/connect-options.ts";
import { argsOf } from "../helpers/args.ts";

const args = (...argv: string[]) => argsOf(CONNECT_OPTIONS, argv);
const bytes = (text: string) => Buffer.from(text);

describe("how stdin becomes messages", () => {
  it.each([
    [[], { kind: "lines", binary: false }],
    [["--text"], { kind: "lines", binary: false }],
    [["-0"], { kind: "lines", binary: false, delimiter: bytes("\0") }],
    [["--delimiter", "\\r\\n"], { kind: "lines", binary: false, delimiter: bytes("\r\n") }],
    [["--keep-delimiter"], { kind: "lines", binary: false, keepDelimiter: true }],
    [["--binary"], { kind: "chunks", size: undefined }],
    [["--binary", "--chunk", "4KiB"], { kind: "chunks", size: 4096 }],
    [["--binary", "--delimiter", ";"], { kind: "lines", binary: true, delimiter: bytes(";") }],
    [["--one"], { kind: "one", binary: false }],
    [["--one", "--binary"], { kind: "one", binary: true }],
    [["--input-format", "ndjson"], { kind: "ndjson" }],
    [["--input-format", "hex", "--binary"], { kind: "hex" }],
  ])("%j", (argv, format) => {
    expect(readInputFormat(args(...argv))).toEqual(format);
  });

  it.each([
    [["--text", "--binary"], "contradict each other"],
    [["--one", "--input-format", "ndjson"], "--one takes the bytes of stdin"],
    [["--chunk", "10"], "--chunk is for --binary"],
    [["--binary", "--chunk", "0"], "--chunk must be from 1 byte"],
    [["--delimiter", "x", "-0"], "both say what ends a message"],
    [["--delimiter", ""], "--delimiter needs at least one character"],
  ])("%j is refused", (argv, message) => {
    expect(() => readInputFormat(args(...argv))).toThrow(message);
  });
});

describe("what is written of what comes", () => {
  const format = (...argv: string[]) => readOutputFormat(args(...argv), () => "line");

  it.each([
    [[], { kind: "text", escapeNewlines: false }],
    [["--binary"], { kind: "raw" }],
    [["--binary", "--format", "hex"], { kind: "hex" }],
    [["-0"], { kind: "text", delimiter: bytes("\0"), escapeNewlines: false }],
    [["--escape-newlines"], { kind: "text", escapeNewlines: true }],
    [["--format", "json"], { kind: "json" }],
  ])("%j", (argv, wanted) => {
    expect(format(...argv)).toEqual(wanted);
  });

  it("may be every event", () => {
    const ndjson = format("--format", "ndjson");
    expect(ndjson.kind === "ndjson" && ndjson.lineOf({} as never)).toBe("line");
  });

  it("has newlines to escape in text alone", () => {
    expect(() => format("--format", "hex", "--escape-newlines")).toThrow("is for --format text");
  });
});

describe("--eof", () => {
  it.each([
    [[], undefined],
    [["--eof", "close"], { kind: "close" }],
    [["--eof", "wait"], { kind: "wait" }],
    [["--eof", "linger=250ms"], { kind: "linger", quietMs: 250 }],
  ])("%j", (argv, eof) => {
    expect(readEof(args(...argv))).toEqual(eof);
  });

  it.each([["never"], ["linger="], ["linger=5"]])("%j is refused", (value) => {
    expect(() => readEof(args("--eof", value))).toThrow(/--eof/);
  });
});
