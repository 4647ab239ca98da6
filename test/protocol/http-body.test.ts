import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BodyReader } from "../../src/protocol/http-body.ts";
import type { Headers } from "../../src/protocol/http-head.ts";
import { concat, singly, splitAt, splitPoints, utf8 } from "../helpers/bytes.ts";

const CHUNKED: Headers = [["Transfer-Encoding", "gzip, Chunked"]];
const LIMIT = 1000;

function lengthOf(value: string): Headers {
  return [["content-length", value]];
}

/** The body of the pieces, and after which of them (from 1 on) nothing further was needed. */
function read(headers: Headers, pieces: readonly Uint8Array[], limit = LIMIT) {
  const reader = new BodyReader(headers, limit);
  const complete = pieces.findIndex((piece) => reader.push(piece)) + 1;
  return { body: Buffer.from(reader.body).toString("latin1"), complete };
}

describe("BodyReader", () => {
  it.each<[string, Headers, string, string, boolean]>([
    ["as long as it says", lengthOf("5"), "Hello", "Hello", true],
    ["with more behind it", lengthOf("5"), "Hello, world", "Hello", true],
    ["that is cut", lengthOf("5"), "Hel", "Hel", false],
    ["to the end of the connection", [], "Hello", "Hello", false],
    ["of a length that is no number", lengthOf("five"), "Hello", "Hello", false],
    ["of no length", lengthOf(""), "Hello", "Hello", false],
    ["of a length in hex", lengthOf("0x3"), "Hello", "Hello", false],
    ["of a negative length", lengthOf("-1"), "Hello", "Hello", false],
    ["in chunks", CHUNKED, "3\r\nHel\r\n2\r\nlo\r\n0\r\n\r\n", "Hello", true],
    ["in chunks with extensions", CHUNKED, "005;a=b\r\nHello\r\n0\r\n\r\n", "Hello", true],
    ["in chunks of hex lengths", CHUNKED, `1a\r\n${"x".repeat(26)}\r\n0\r\n`, "x".repeat(26), true],
    ["in chunks that are cut", CHUNKED, "5\r\nHel", "Hel", false],
    ["in chunks that are broken", CHUNKED, "3\r\nHel\r\nworld\r\n", "Hel", true],
    ["in chunks of no end", CHUNKED, "3\r\nHel\r\n", "Hel", false],
  ])("reads a body %s", (_name, headers, text, body, complete) => {
    const bytes = utf8(text);
    expect(read(headers, [bytes])).toEqual({ body, complete: complete ? 1 : 0 });
    const slowly = read(headers, singly(bytes));
    expect(slowly.body).toBe(body);
    expect(slowly.complete > 0).toBe(complete);
  });

  it("stops at the limit, however it is split", () => {
    const bytes = new Uint8Array(50).fill(0x61);
    const property = fc.property(splitPoints, (points) => {
      const { body, complete } = read([], splitAt(bytes, points), 20);
      expect(body).toBe("a".repeat(20));
      expect(complete).toBeGreaterThan(0);
    });
    fc.assert(property);
  });

  it("puts any chunks together", () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 5 });
    const property = fc.property(chunks, splitPoints, (parts, points) => {
      const framed = parts.flatMap((part) => [
        utf8(`${part.length.toString(16)}\r\n`),
        part,
        utf8("\r\n"),
      ]);
      const bytes = concat([...framed, utf8("0\r\n\r\n")]);
      const { body, complete } = read(CHUNKED, splitAt(bytes, points));
      expect(body).toBe(Buffer.from(concat(parts)).toString("latin1"));
      expect(complete).toBeGreaterThan(0);
    });
    fc.assert(property, { numRuns: 200 });
  });
});
