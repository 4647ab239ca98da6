import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BodyReader } from "../../src/protocol/http-body.ts";
import type { Headers } from "../../src/protocol/http-head.ts";
import { concat, filler, singly, splitAt, splitPoints, utf8 } from "../helpers/bytes.ts";

/** How much of the pieces was taken until the reader had enough, and the body then. */
function read(headers: Headers, pieces: readonly Uint8Array[], limit = 1000) {
  const reader = new BodyReader(headers, limit);
  const at = pieces.findIndex((piece) => reader.push(piece));
  return { complete: at !== -1, body: Buffer.from(reader.body).toString("latin1") };
}

const LENGTH = (value: string): Headers => [["content-length", value]];
const CHUNKED: Headers = [["Transfer-Encoding", "chunked"]];

describe("by Content-Length", () => {
  it.each([
    ["0", "", { complete: true, body: "" }],
    ["5", "hello", { complete: true, body: "hello" }],
    ["5", "hello, what follows is not the body", { complete: true, body: "hello" }],
    ["6", "hello", { complete: false, body: "hello" }],
  ])("%s of %j", (length, text, expected) => {
    expect(read(LENGTH(length), [utf8(text)])).toEqual(expected);
    if (text !== "") expect(read(LENGTH(length), singly(utf8(text)))).toEqual(expected);
  });

  it.each(["-1", "five", "1e400", "1.5", "5, 5"])("%s says nothing: to the end", (length) => {
    expect(read(LENGTH(length), [utf8("hello")])).toEqual({ complete: false, body: "hello" });
  });
});

describe("by chunks", () => {
  it.each([
    ["5\r\nhello\r\n0\r\n\r\n", { complete: true, body: "hello" }],
    ["5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", { complete: true, body: "hello world" }],
    ["5;name=value\r\nhello\r\n0\r\nTrailer: x\r\n\r\n", { complete: true, body: "hello" }],
    ["00A\r\n0123456789\r\n0\r\n", { complete: true, body: "0123456789" }],
    ["0\r\n\r\n", { complete: true, body: "" }],
    ["5\r\nhel", { complete: false, body: "hel" }],
    ["5\r\nhello\r\n", { complete: false, body: "hello" }],
    ["5", { complete: false, body: "" }],
    ["", { complete: false, body: "" }],
    ["no chunk\r\nhello", { complete: true, body: "" }],
    ["-5\r\nhello", { complete: true, body: "" }],
    ["ffffffffffffffffffff\r\nhello", { complete: false, body: "hello" }],
  ])("%j", (text, expected) => {
    expect(read(CHUNKED, [utf8(text)])).toEqual(expected);
    expect(read(CHUNKED, singly(utf8(text)))).toEqual(expected);
  });

  it("wins over Content-Length", () => {
    const text = "3\r\nabc\r\n0\r\n\r\n";
    expect(read([...LENGTH("1"), ...CHUNKED], [utf8(text)]).body).toBe("abc");
  });

  it("only as the last coding", () => {
    const headers: Headers = [["Transfer-Encoding", "chunked, gzip"]];
    expect(read(headers, [utf8("5\r\nhello")])).toEqual({ complete: false, body: "5\r\nhello" });
  });
});

describe("to the end of the connection", () => {
  it("takes all", () => {
    expect(read([], singly(utf8("all of it")))).toEqual({ complete: false, body: "all of it" });
  });
  it("takes no more than the limit", () => {
    expect(read([], [filler(600), filler(600)])).toMatchObject({ complete: true });
    expect(read([], [filler(600), filler(600)]).body).toHaveLength(1000);
    expect(read(LENGTH("5000"), [filler(5000)]).body).toHaveLength(1000);
    expect(read([], [filler(10)], 0)).toEqual({ complete: true, body: "" });
  });
});

it("gives the same however the bytes are split", () => {
  const chunk = fc.uint8Array({ minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 8 }), splitPoints, (chunks, points) => {
      const framed = chunks.flatMap((bytes) => [
        utf8(`${bytes.length.toString(16)}\r\n`),
        bytes,
        utf8("\r\n"),
      ]);
      const bytes = concat([...framed, utf8("0\r\n\r\n")]);
      const { complete, body } = read(CHUNKED, splitAt(bytes, points));
      expect(complete).toBe(true);
      expect(body).toBe(Buffer.from(concat(chunks)).toString("latin1"));
    }),
  );
});
