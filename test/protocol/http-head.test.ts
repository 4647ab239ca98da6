import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  encodeHead,
  HeadReader,
  type HeadResult,
  headerList,
  type Headers,
  headerValues,
  type HttpHead,
  isHeadText,
  isToken,
  MAX_HEAD_LENGTH,
  parseRequestLine,
  parseStatusLine,
} from "../../src/protocol/http-head.ts";
import { hex, singly, splitAt, splitPoints, toHex, twoWaySplits } from "../helpers/bytes.ts";

function latin1(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "latin1"));
}

/** What the reader says in the end; `rest` gathers what came after the head. */
function read(pieces: readonly Uint8Array[]) {
  const reader = new HeadReader();
  for (const [i, piece] of pieces.entries()) {
    const result = reader.push(piece);
    if (result.state === "more") continue;
    if (result.state === "invalid") return { state: result.state, message: result.message };
    const rest = Buffer.concat([result.rest, ...pieces.slice(i + 1)]);
    return { state: result.state, head: result.head, rest: toHex(rest) };
  }
  return { state: "more" };
}

function readText(text: string) {
  return read([latin1(text)]);
}

function headersOf(text: string): Headers {
  const result: HeadResult = new HeadReader().push(latin1(text));
  if (result.state !== "head") throw new Error(`no head but ${result.state}`);
  return result.head.headers;
}

const RESPONSE = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "connection:upgrade",
  "Set-Cookie: a=1",
  "Set-Cookie: b=2",
  "X-Empty:",
].join("\r\n");

const PARSED: HttpHead = {
  startLine: "HTTP/1.1 101 Switching Protocols",
  headers: [
    ["Upgrade", "websocket"],
    ["connection", "upgrade"],
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
    ["X-Empty", ""],
  ],
};

describe("HeadReader", () => {
  it("reads a head in any pieces, and leaves the first frame alone", () => {
    const bytes = hex(latin1(`${RESPONSE}\r\n\r\n`), "81 02 48 69");
    for (const pieces of [[bytes], singly(bytes), ...twoWaySplits(bytes)]) {
      expect(read(pieces)).toEqual({ state: "head", head: PARSED, rest: "81024869" });
    }
  });

  it("takes a bare LF for the end of a line, also mixed with CR LF", () => {
    for (const text of [
      `${RESPONSE.replaceAll("\r", "")}\n\n`,
      `${RESPONSE}\n\r\n`,
      `${RESPONSE}\r\n\n`,
    ]) {
      for (const pieces of [[latin1(text)], singly(latin1(text))]) {
        expect(read(pieces)).toEqual({ state: "head", head: PARSED, rest: "" });
      }
    }
  });

  it("joins a folded line to the one before", () => {
    expect(headersOf("GET / HTTP/1.1\r\nA: one\r\n \t two\r\n\tthree \r\nB: x\r\n\r\n")).toEqual([
      ["A", "one two three"],
      ["B", "x"],
    ]);
  });

  it("passes over a folded line before the first header", () => {
    expect(headersOf("GET / HTTP/1.1\r\n folded\r\nA: 1\r\n\r\n")).toEqual([["A", "1"]]);
  });

  it("cuts spaces and tabs off values, and nothing else", () => {
    expect(headersOf("GET / HTTP/1.1\r\nA: \t x y \t\r\nB:\xa0\xc3\xa0\r\n\r\n")).toEqual([
      ["A", "x y"],
      ["B", "\xa0\xc3\xa0"],
    ]);
  });

  it("keeps colons in values", () => {
    expect(headersOf("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")).toEqual([["Host", "[::1]:80"]]);
  });

  it.each(["no colon here", "Space : before", ": no name", "Bad(name): x"])(
    "refuses the header line %j",
    (line) => {
      const result = readText(`GET / HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n`);
      expect(result).toMatchObject({ state: "invalid" });
      expect(result.message).toContain(JSON.stringify(line));
    },
  );

  it("gives a head of the largest length, and refuses one byte more", () => {
    const start = "GET / HTTP/1.1\r\nA: ";
    const filling = "x".repeat(MAX_HEAD_LENGTH - start.length - 4);
    expect(readText(`${start}${filling}\r\n\r\n`).state).toBe("head");
    const long = latin1(`${start}${filling}x\r\n\r\n`);
    for (const pieces of [[long], splitAt(long, [1, 40_000, MAX_HEAD_LENGTH])]) {
      expect(read(pieces)).toMatchObject({ state: "invalid" });
      expect(read(pieces).message).toContain("65536 bytes");
    }
  });

  it("does not wait for the end of what has no end", () => {
    const reader = new HeadReader();
    const piece = latin1(`GET /${"a".repeat(1019)}`);
    let pushes = 0;
    while (reader.push(piece).state === "more") pushes++;
    expect(pushes).toBe(MAX_HEAD_LENGTH / piece.length);
  });

  it.each([
    ["SSH", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["SMTP", "220 mail.example ESMTP\r\n"],
    ["TLS", "\x15\x03\x01\x00\x02\x02\x46"],
    ["a frame", "\x81\x05Hello"],
    ["a word", "hello"],
  ])("sees at once that %s is not HTTP, and keeps what was said", (_name, text) => {
    const reader = new HeadReader();
    const states = singly(latin1(text)).map((octet) => reader.push(octet).state);
    expect(states.indexOf("invalid")).toBeLessThan(5);
    expect(states).toContain("invalid");
    expect(readText(text)).toEqual({ state: "invalid", message: "it is not HTTP" });
    expect(new TextDecoder("latin1").decode(reader.received)).toBe(text);
  });

  it("reads what encodeHead writes, at any split", () => {
    const property = fc.property(anyHead, splitPoints, fc.uint8Array(), (head, points, rest) => {
      const bytes = hex(encodeHead(head), rest);
      expect(read(splitAt(bytes, points))).toEqual({ state: "head", head, rest: toHex(rest) });
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("says the same of any bytes at any split, and never throws", () => {
    const octets = fc.constantFrom("G", "/", " ", "\r\n", "\r", "\n", "A", ":", "\t", "\xff", "\0");
    const property = fc.property(fc.string({ unit: octets }), splitPoints, (text, points) => {
      const bytes = latin1(`GET ${text}`);
      expect(read(splitAt(bytes, points))).toEqual(read([bytes]));
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

const visible = fc
  .integer({ min: 0x21, max: 0xff })
  .filter((octet) => octet !== 0x7f && (octet < 0x80 || octet > 0x9f));
const values = fc
  .array(fc.oneof({ weight: 5, arbitrary: visible }, fc.constantFrom(0x20, 0x09)), {
    maxLength: 30,
  })
  .map((octets) => String.fromCharCode(...octets).replace(/^[ \t]+|[ \t]+$/g, ""));
const names = fc.constantFrom("Host", "X-A", "x-a", "Sec-WebSocket-Key", "!#$%&'*+-.^_`|~09");
const anyHead: fc.Arbitrary<HttpHead> = fc.record({
  startLine: fc.constantFrom("GET /chat?a=b HTTP/1.1", "HTTP/1.1 101 Switching Protocols"),
  headers: fc.array(fc.tuple(names, values), { maxLength: 8 }),
});

describe("encodeHead", () => {
  it("keeps order, case and repeated names", () => {
    expect(Buffer.from(encodeHead(PARSED)).toString("latin1")).toBe(
      `${RESPONSE.replace("connection:upgrade", "connection: upgrade").replace("X-Empty:", "X-Empty: ")}\r\n\r\n`,
    );
  });

  it.each([
    ["CR LF in a value", ["A", "b\r\nInjected: yes"]],
    ["LF in a value", ["A", "b\nInjected: yes"]],
    ["CR in a value", ["A", "b\r"]],
    ["NUL in a value", ["A", "b\0"]],
    ["DEL in a value", ["A", "\x7f"]],
    ["a character outside Latin-1", ["A", "✓"]],
    ["CR LF in a name", ["A\r\nB", "c"]],
    ["a space in a name", ["A B", "c"]],
    ["a colon in a name", ["A:", "c"]],
    ["an empty name", ["", "c"]],
  ] as const)("refuses %s", (_name, header) => {
    const head = { startLine: "GET / HTTP/1.1", headers: [header] };
    expect(() => encodeHead(head)).toThrow(RangeError);
  });

  it("refuses a line break in the first line", () => {
    const head = { startLine: "GET /\r\nA: b HTTP/1.1", headers: [] };
    expect(() => encodeHead(head)).toThrow(RangeError);
  });

  it("does not tell values, which may be secrets, when it refuses", () => {
    const secret = { startLine: "GET / HTTP/1.1", headers: [["Authorization", "hush\n"]] as const };
    expect(() => encodeHead(secret)).toThrow(/Authorization/);
    expect(() => encodeHead(secret)).not.toThrow(/hush/);
    const token = { startLine: "GET /?token=hush\n HTTP/1.1", headers: [] };
    expect(() => encodeHead(token)).not.toThrow(/hush/);
  });
});

describe("header look-up", () => {
  const headers: Headers = [
    ["Accept", " gzip"],
    ["X-List", "a, b,,\tc"],
    ["x-list", " d ,"],
    ["X-LIST", ""],
  ];

  it("finds all values of a name in any case, in order", () => {
    expect(headerValues(headers, "x-List")).toEqual(["a, b,,\tc", " d ,", ""]);
    expect(headerValues(headers, "X-Other")).toEqual([]);
  });

  it("splits lists over all lines and leaves empty elements out", () => {
    expect(headerList(headers, "X-List")).toEqual(["a", "b", "c", "d"]);
    expect(headerList([["A", "\xa0a"]], "A")).toEqual(["\xa0a"]);
  });
});

describe("parseStatusLine", () => {
  it.each([
    [
      "HTTP/1.1 101 Switching Protocols",
      { version: "1.1", status: 101, reason: "Switching Protocols" },
    ],
    ["HTTP/1.0 404 ", { version: "1.0", status: 404, reason: "" }],
    ["HTTP/1.1 200", { version: "1.1", status: 200, reason: "" }],
    ["HTTP/1.1  101 OK", undefined],
    ["HTTP/1.1 1010 OK", undefined],
    ["HTTP/1.1 abc", undefined],
    ["HTTP/11 101 OK", undefined],
    ["http/1.1 101 OK", undefined],
    ["ICY 200 OK", undefined],
    ["", undefined],
  ])("%j", (line, expected) => {
    expect(parseStatusLine(line)).toEqual(expected);
  });
});

describe("parseRequestLine", () => {
  it.each([
    ["GET /chat?x=1 HTTP/1.1", { method: "GET", target: "/chat?x=1", version: "1.1" }],
    ["M-SEARCH * HTTP/1.1", { method: "M-SEARCH", target: "*", version: "1.1" }],
    ["GET / HTTP/1.0", { method: "GET", target: "/", version: "1.0" }],
    ["GET /a b HTTP/1.1", undefined],
    ["GET /", undefined],
    ["GET  / HTTP/1.1", undefined],
    ["G(T / HTTP/1.1", undefined],
    ["", undefined],
  ])("%j", (line, expected) => {
    expect(parseRequestLine(line)).toEqual(expected);
  });
});

it("isHeadText takes Latin-1, and of control characters none but the tab", () => {
  for (let code = 0; code < 0x180; code++) {
    const isControl = code < 0x20 ? code !== 0x09 : code === 0x7f;
    expect(isHeadText(`a${String.fromCharCode(code)}b`)).toBe(!isControl && code < 0x100);
  }
  expect(isHeadText("")).toBe(true);
});

describe("isToken", () => {
  it("takes the characters of RFC 9110, section 5.6.2, and no others", () => {
    const tokens = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (let code = 0; code < 0x180; code++) {
      const character = String.fromCharCode(code);
      expect(isToken(character)).toBe(tokens.includes(character));
    }
    expect(isToken(tokens)).toBe(true);
    expect(isToken("")).toBe(false);
    expect(isToken("a\n")).toBe(false);
  });
});
