import { describe, expect, it } from "vitest";
import { buildRequest, judgeResponse } from "../../src/protocol/client-handshake.ts";
import { parseExtensions } from "../../src/protocol/extensions.ts";
import type { HttpHead } from "../../src/protocol/http-head.ts";
import type { RuleId } from "../../src/protocol/rules.ts";
import { buildResponse, grantDeflate, judgeRequest } from "../../src/protocol/server-handshake.ts";
import { rules } from "../helpers/frames.ts";
import { type HeaderValues, makeHead } from "../helpers/heads.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** A request that is in order, but for the headers that are given. */
function request(changes: HeaderValues = {}, startLine = "GET /chat?room=1 HTTP/1.1") {
  return makeHead(startLine, {
    Host: "example.test",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
    ...changes,
  });
}

describe("judgeRequest", () => {
  it("accepts the request of the RFC", () => {
    expect(judgeRequest(request())).toEqual({
      path: "/chat?room=1",
      violations: [],
      status: 101,
      key: KEY,
      origin: undefined,
      subprotocols: [],
      extensions: [],
    });
  });

  it("tells what the client offers", () => {
    const head = request({
      Upgrade: "h2c, WebSocket",
      Connection: ["keep-alive", "UPGRADE"],
      Origin: "http://example.test",
      "Sec-WebSocket-Protocol": ["mqtt, soap", "stomp"],
      "Sec-WebSocket-Extensions": ["permessage-deflate; client_max_window_bits", "foo"],
    });
    expect(judgeRequest(head)).toMatchObject({
      status: 101,
      origin: "http://example.test",
      subprotocols: ["mqtt", "soap", "stomp"],
      extensions: [
        { name: "permessage-deflate", params: [["client_max_window_bits", true]] },
        { name: "foo", params: [] },
      ],
    });
  });

  const wrong: readonly (readonly [string, HttpHead, number, readonly RuleId[]])[] = [
    ["POST", request({}, "POST / HTTP/1.1"), 405, ["request-method"]],
    ["get", request({}, "get / HTTP/1.1"), 405, ["request-method"]],
    [
      "a plain POST",
      { startLine: "POST / HTTP/1.1", headers: [["Host", "a"]] },
      405,
      ["request-method", "request-upgrade", "request-connection", "request-key", "request-version"],
    ],
    ["HTTP/1.0", request({}, "GET / HTTP/1.0"), 400, ["request-method"]],
    ["HTTP/0.9", request({}, "GET / HTTP/0.9"), 400, ["request-method"]],
    ["no request line", request({}, "GET /"), 400, ["request-method"]],
    ["no Host", request({ Host: undefined }), 400, ["request-host"]],
    ["two Hosts", request({ Host: ["a", "b"] }), 400, ["request-host"]],
    ["no Upgrade", request({ Upgrade: undefined }), 426, ["request-upgrade"]],
    ["another Upgrade", request({ Upgrade: "h2c" }), 426, ["request-upgrade"]],
    ["no Connection", request({ Connection: undefined }), 426, ["request-connection"]],
    ["another Connection", request({ Connection: "keep-alive" }), 426, ["request-connection"]],
    [
      "a plain GET",
      { startLine: "GET / HTTP/1.1", headers: [["Host", "a"]] },
      426,
      ["request-upgrade", "request-connection", "request-key", "request-version"],
    ],
    ["no key", request({ "Sec-WebSocket-Key": undefined }), 400, ["request-key"]],
    [
      "a key of 10 bytes",
      request({ "Sec-WebSocket-Key": "dGhlIHNhbXBsZQ==" }),
      400,
      ["request-key"],
    ],
    ["two keys", request({ "Sec-WebSocket-Key": [KEY, KEY] }), 400, ["request-key"]],
    ["no version", request({ "Sec-WebSocket-Version": undefined }), 426, ["request-version"]],
    ["version 8", request({ "Sec-WebSocket-Version": "8" }), 426, ["request-version"]],
    ["version 013", request({ "Sec-WebSocket-Version": "013" }), 426, ["request-version"]],
    ["two versions", request({ "Sec-WebSocket-Version": ["13", "8"] }), 426, ["request-version"]],
    [
      "version 8 and no Host",
      request({ Host: undefined, "Sec-WebSocket-Version": "8" }),
      400,
      ["request-host", "request-version"],
    ],
    [
      "a subprotocol twice",
      request({ "Sec-WebSocket-Protocol": "a, b, a" }),
      400,
      ["request-subprotocol"],
    ],
    [
      "a subprotocol that is no token",
      request({ "Sec-WebSocket-Protocol": "a b" }),
      400,
      ["request-subprotocol"],
    ],
    [
      "extensions beyond the grammar",
      request({ "Sec-WebSocket-Extensions": "a;=1" }),
      400,
      ["request-extensions"],
    ],
  ];

  it.each(wrong)("refuses %s with %i", (_name, head, status, broken) => {
    const verdict = judgeRequest(head);
    expect(rules(verdict.violations)).toEqual(broken);
    expect(verdict.status).toBe(status);
  });
});

describe("buildResponse", () => {
  it("answers the key, and grants what it is told to", () => {
    const head = buildResponse({
      key: KEY,
      subprotocol: "mqtt",
      deflate: {
        serverNoContextTakeover: true,
        clientNoContextTakeover: false,
        serverMaxWindowBits: 15,
        clientMaxWindowBits: 10,
      },
      headers: [
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
        ["upgrade", "WebSocket"],
      ],
    });
    expect(head).toEqual({
      startLine: "HTTP/1.1 101 Switching Protocols",
      headers: [
        ["Connection", "Upgrade"],
        ["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
        ["Sec-WebSocket-Protocol", "mqtt"],
        [
          "Sec-WebSocket-Extensions",
          "permessage-deflate; server_no_context_takeover; client_max_window_bits=10",
        ],
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
        ["upgrade", "WebSocket"],
      ],
    });
  });

  it("is what a client that asked accepts", () => {
    const asked = {
      key: KEY,
      subprotocols: ["mqtt"],
      deflate: { serverMaxWindowBits: 15, clientMaxWindowBits: true },
    } as const;
    const { key, extensions } = judgeRequest(buildRequest({ host: "a", path: "/", ...asked }));
    const response = buildResponse({ key, subprotocol: "mqtt", deflate: grantDeflate(extensions) });
    const verdict = judgeResponse(response, asked);
    expect(verdict).toMatchObject({ violations: [], subprotocol: "mqtt" });
    expect(verdict.deflate).toBeDefined();
  });
});

describe("grantDeflate", () => {
  it.each([
    ["permessage-deflate", { serverMaxWindowBits: 15 }],
    ["foo, permessage-deflate; server_max_window_bits=9", { serverMaxWindowBits: 9 }],
    [
      "permessage-deflate; server_max_window_bits=7, permessage-deflate; server_max_window_bits=10",
      { serverMaxWindowBits: 10 },
    ],
    [
      "permessage-deflate; server_max_window_bits=11, permessage-deflate",
      { serverMaxWindowBits: 11 },
    ],
  ])("takes the first offer that is sound: %s", (header, granted) => {
    expect(grantDeflate(parseExtensions([header])!)).toMatchObject(granted);
  });

  it.each(["", "foo", "permessage-deflate; unknown", "x-webkit-deflate-frame"])(
    "declines %j",
    (header) => {
      expect(grantDeflate(parseExtensions([header])!)).toBeUndefined();
    },
  );

  it("keeps within the server's own limits", () => {
    const offers = parseExtensions(["permessage-deflate; client_max_window_bits"])!;
    const limits = { clientMaxWindowBits: 9, serverNoContextTakeover: true };
    expect(grantDeflate(offers, limits)).toMatchObject(limits);
  });
});
