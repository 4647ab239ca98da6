import { describe, expect, it } from "vitest";
import { readText, type TextFormat } from "../../src/capture/text-content.ts";
import { FramecatError } from "../../src/errors.ts";
import { toHex } from "../helpers/bytes.ts";

function read(text: string, format?: TextFormat): string {
  const content = readText(text, "x", format);
  if (content.kind === "capture") return `capture ${toHex(content.bytes).slice(0, 8)}`;
  return content.runs.map(({ side, bytes }) => `${side} ${toHex(bytes)}`).join(", ");
}

function errorOf(text: string, format?: TextFormat): FramecatError {
  try {
    readText(text, "x", format);
  } catch (thrown) {
    if (thrown instanceof FramecatError) return thrown;
    throw thrown;
  }
  throw new Error("it was read");
}

const HELLO = "0 810568656c6c6f";

describe("readText", () => {
  it.each([
    ["hex", "81 05 68656c6c6f", HELLO],
    ["base64", "gQVoZWxsbw==", HELLO],
    ["hex that could be base64", "81000000", "0 81000000"],
    ["a list of numbers", "[129, 5, 104, 101, 108, 108, 111]", HELLO],
    [
      "an HTTP head",
      "HTTP/1.1 101 Switching\n\n",
      "0 485454502f312e312031303120537769746368696e670a0a",
    ],
    ["both sides", "00000000  81 00\n    00000000  81 01 41\n", "0 8100, 1 810141"],
    [
      "packets",
      `0x0000:  4500 0014 0000 0000 4006 0000 0a00 0001\n0x0010:  0a00 0002`,
      "capture a1b23c4d",
    ],
    ["a packet in one line of hex", "4500001400000000400600000a0000010a000002", "capture a1b23c4d"],
    ["a packet in base64", "RQAAFAAAAABABgAACgAAAQoAAAI=", "capture a1b23c4d"],
  ])("finds %s", (_, text, expected) => expect(read(text)).toBe(expected));

  it("believes what it is told", () => {
    expect(read("81000000", "base64")).toBe("0 f35d34d34d34");
    expect(errorOf("gQVoZWxsbw==", "hex").message).toBe(
      'x, line 1, column 1: "gQVoZWxsbw==" is not hex',
    );
    expect(errorOf("81 0!", "base64").message).toBe('x, line 1, column 5: "!" is not base64');
  });

  it.each([
    ["81 05\nhello", 'x, line 2, column 1: "hello" is not hex'],
    ["// only a comment", "x holds no bytes"],
    ["{}", "x holds no bytes"],
    ['{"a":[1]}', "x is JSON, but neither a HAR nor NDJSON of framecat"],
    ["CLIENT_RANDOM 00 11", "x is a TLS key log"],
    ["0000000 003601 062567\n", "x is a dump in octal, decimal or characters"],
    ["0000000 201  \\a   w\n", "x is a dump in octal, decimal or characters"],
    ["0000000 129   7 119\n", "x is a dump in octal, decimal or characters"],
    ["0000000   01921   25975\n", "x is a dump in octal, decimal or characters"],
    ["data:text/plain,81", "x, line 1, column 1: a data: URL without ;base64"],
    [
      "0x0000:  4500 0014 0000 0000 4006 0000 0a00 0001\n0x0010:  0a00 0002\n0x0030:  00",
      "x, line 3, column 1: offset 0030 does not follow; 0014 would",
    ],
  ])("refuses %j", (text, message) => expect(errorOf(text).message).toBe(message));

  it("refuses lines without end", () => {
    expect(errorOf("\n".repeat(2 ** 21 + 1)).message).toBe("x is text of more than 2097152 lines");
  });
});
