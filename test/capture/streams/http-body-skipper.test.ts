import { describe, expect, it } from "vitest";
import {
  HttpBodySkipper,
  requestFraming,
  responseFraming,
} from "../../../src/capture/streams/http-body-skipper.ts";
import { twoWaySplits, utf8 } from "../../helpers/bytes.ts";

describe("how a body is delimited", () => {
  const LENGTH = [["Content-Length", "5"]] as const;
  it.each([
    ["GET", 200, LENGTH, 5],
    ["HEAD", 200, LENGTH, 0],
    ["GET", 204, LENGTH, 0],
    ["GET", 304, LENGTH, 0],
    ["GET", 103, [], 0],
    ["GET", 200, [["Transfer-Encoding", "gzip, Chunked"]], "chunked"],
    ["GET", 200, [["Transfer-Encoding", "chunked"], ...LENGTH], "chunked"],
    ["GET", 200, [["Transfer-Encoding", "gzip"]], "until-end"],
    ["GET", 200, [["Content-Length", "5, 5"]], 5],
    ["GET", 200, [["Content-Length", "x"]], "until-end"],
    ["GET", 200, [], "until-end"],
  ] as const)("%s, %i, %j", (method, status, headers, framing) => {
    expect(responseFraming(method, status, headers)).toBe(framing);
  });

  it("a request without a length has no body", () => {
    expect(requestFraming([])).toBe(0);
    expect(requestFraming(LENGTH)).toBe(5);
  });
});

describe("the end is found in any pieces", () => {
  it.each([
    ["a length", 5, "helloREST", "hello"],
    ["chunks", "chunked", "3;x=y\r\nhel\r\n02\r\nlo\r\n0\r\nTrailer: 1\r\n\r\nREST", "hello"],
    ["chunks with bare line ends", "chunked", "5\nhello\n0\n\nREST", "hello"],
  ] as const)("%s", (_, framing, text, body) => {
    for (const pieces of twoWaySplits(utf8(text))) {
      const skipper = new HttpBodySkipper(framing, 100);
      const rest = pieces.map((piece) => {
        const at = skipper.push(piece, 0, piece.length);
        return Buffer.from(piece.subarray(at)).toString();
      });
      expect(rest.join("")).toBe("REST");
      expect(skipper.done).toBe(true);
      expect(Buffer.from(skipper.body).toString()).toBe(body);
    }
  });

  it("what should be a chunk and is none goes to the end of the connection", () => {
    const skipper = new HttpBodySkipper("chunked");
    const bytes = utf8("no chunk\r\n0\r\n\r\nGET /");
    expect(skipper.push(bytes, 0, bytes.length)).toBe(bytes.length);
    expect(skipper.done).toBe(false);
  });

  it("lines without an end are not gathered", () => {
    const skipper = new HttpBodySkipper("chunked");
    for (let i = 0; i < 3; i++) skipper.push(new Uint8Array(9000).fill(0x31), 0, 9000);
    expect(skipper.gap(1)).toBe(true);
  });
});

it("no more is kept than is wanted", () => {
  const skipper = new HttpBodySkipper(10, 3);
  skipper.push(utf8("hello"), 0, 5);
  expect(Buffer.from(skipper.body).toString()).toBe("hel");
});

it("a gap within a known length does no harm", () => {
  const skipper = new HttpBodySkipper(10);
  expect(skipper.gap(4)).toBe(true);
  expect(skipper.push(utf8("123456REST"), 0, 10)).toBe(6);
  expect(new HttpBodySkipper(10).gap(11)).toBe(false);
  expect(new HttpBodySkipper("chunked").gap(1)).toBe(false);
});
