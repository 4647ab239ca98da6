import { describe, expect, it } from "vitest";
import {
  http2RequestLine,
  http2StatusLine,
  isHttp2Request,
  isPseudoHeader,
  namesWebSocketProtocol,
  opensStream,
  parseAnyRequestLine,
  parseAnyStatusLine,
} from "../../src/protocol/http2-head.ts";

describe("a request line", () => {
  it.each([
    ["CONNECT /chat?x=1 HTTP/2", { version: "2", method: "CONNECT", target: "/chat?x=1" }],
    ["CONNECT /a b HTTP/2", { version: "2", method: "CONNECT", target: "/a b" }],
    ["CONNECT  HTTP/2", { version: "2", method: "CONNECT", target: "" }],
    ["GET / HTTP/1.1", { version: "1.1", method: "GET", target: "/" }],
    ["GET / HTTP/2.0", { version: "2.0", method: "GET", target: "/" }],
    ["HTTP/2", undefined],
    ["", undefined],
  ])("%j", (line, parsed) => expect(parseAnyRequestLine(line)).toEqual(parsed));

  it("is made of the method and the path", () => {
    const startLine = http2RequestLine("CONNECT", "/chat");
    expect(startLine).toBe("CONNECT /chat HTTP/2");
    expect(isHttp2Request({ startLine })).toBe(true);
    expect(isHttp2Request({ startLine: "GET / HTTP/1.1" })).toBe(false);
  });
});

describe("a status line", () => {
  it.each([
    ["HTTP/2 200", { version: "2", status: 200, reason: "" }],
    ["HTTP/1.1 200 OK", { version: "1.1", status: 200, reason: "OK" }],
    ["HTTP/2 200 OK", undefined],
    ["HTTP/2 20", undefined],
    ["HTTP/2", undefined],
  ])("%j", (line, parsed) => expect(parseAnyStatusLine(line)).toEqual(parsed));

  it.each([
    ["200", "HTTP/2 200"],
    ["", "HTTP/2"],
  ])("is made of the status %j", (status, line) => expect(http2StatusLine(status)).toBe(line));
});

it.each([
  [":protocol", "websocket", true],
  [":protocol", "WebSocket", true],
  [":protocol", "connect-udp", false],
  ["protocol", "websocket", false],
])("%s: %s asks for a WebSocket: %s", (name, value, expected) => {
  expect(namesWebSocketProtocol({ headers: [[name, value]] })).toBe(expected);
});

it("is opened by 2xx, or wrongly by 101", () => {
  const statuses = [0, 100, 101, 103, 199, 200, 204, 299, 300, 404, 500];
  expect(statuses.filter(opensStream)).toEqual([101, 200, 204, 299]);
});

it("names of pseudo-header fields begin with a colon", () => {
  expect([":path", "path", ""].map(isPseudoHeader)).toEqual([true, false, false]);
});
