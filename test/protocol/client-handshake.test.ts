import { describe, expect, it } from "vitest";
import {
  buildRequest,
  type ClientHandshake,
  judgeResponse,
} from "../../src/protocol/client-handshake.ts";
import { encodeHead, type Headers, type HttpHead } from "../../src/protocol/http-head.ts";
import type { RuleId } from "../../src/protocol/rules.ts";
import { rules } from "../helpers/frames.ts";
import { type HeaderValues, makeHead } from "../helpers/heads.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const MINIMAL: ClientHandshake = { host: "example.test:8080", path: "/chat?room=1", key: KEY };

function request(handshake: Partial<ClientHandshake>): string[] {
  const head = buildRequest({ ...MINIMAL, ...handshake });
  return Buffer.from(encodeHead(head)).toString("latin1").split("\r\n");
}

describe("buildRequest", () => {
  it("asks for an upgrade", () => {
    expect(request({})).toEqual([
      "GET /chat?room=1 HTTP/1.1",
      "Host: example.test:8080",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13",
      "",
      "",
    ]);
  });

  it("offers subprotocols, compression and an origin", () => {
    const lines = request({
      subprotocols: ["mqtt", "soap"],
      deflate: { clientMaxWindowBits: true, serverNoContextTakeover: true },
      origin: "http://example.test",
    });
    expect(lines.slice(6, -2)).toEqual([
      "Origin: http://example.test",
      "Sec-WebSocket-Protocol: mqtt, soap",
      "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_max_window_bits",
    ]);
  });

  it("asks for another version of the protocol", () => {
    expect(request({ version: 8 })).toContain("Sec-WebSocket-Version: 8");
  });

  it("lets headers replace its own, keeps repeated ones and their order", () => {
    const headers: Headers = [
      ["X-B", "1"],
      ["host", "other.test"],
      ["Cookie", "a=1"],
      ["Sec-WebSocket-Version", "8"],
      ["Cookie", "b=2"],
    ];
    const lines = request({ headers });
    expect(lines.slice(1, -2)).toEqual([
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "X-B: 1",
      "host: other.test",
      "Cookie: a=1",
      "Sec-WebSocket-Version: 8",
      "Cookie: b=2",
    ]);
  });

  it.each<[string, Partial<ClientHandshake>]>([
    ["a header value", { headers: [["X-A", "b\r\nX-Injected: yes"]] }],
    ["a header name", { headers: [["X-A: b\r\nX-Injected", "yes"]] }],
    ["the host", { host: "a\r\nX-Injected: yes" }],
    ["the path", { path: "/ HTTP/1.1\r\nX-Injected: yes\r\nX:" }],
    ["the origin", { origin: "a\nX-Injected: yes" }],
    ["a subprotocol", { subprotocols: ["a\r\nX-Injected: yes"] }],
    ["the key", { key: "a\r\nX-Injected: yes" }],
  ])("cannot be made to send a line of its own by %s", (_name, handshake) => {
    expect(() => request(handshake)).toThrow(RangeError);
  });
});

const ASKED = {
  key: KEY,
  subprotocols: ["mqtt", "soap"],
  deflate: { clientMaxWindowBits: true, serverMaxWindowBits: 12 },
} as const;

const DEFLATE = "permessage-deflate; server_max_window_bits=12";

/** A response that is in order, but for the headers that are given. */
function response(changes: HeaderValues = {}, startLine = "HTTP/1.1 101 Switching Protocols") {
  return makeHead(startLine, {
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Accept": ACCEPT,
    ...changes,
  });
}

describe("judgeResponse", () => {
  it("opens the connection", () => {
    expect(judgeResponse(response(), { key: KEY })).toEqual({
      status: 101,
      reason: "Switching Protocols",
      violations: [],
      subprotocol: undefined,
      extensions: [],
      deflate: undefined,
    });
  });

  it("tells what was agreed on", () => {
    const granted = response({
      Upgrade: "WebSocket",
      Connection: "keep-alive, upgrade",
      "Sec-WebSocket-Protocol": "soap",
      "Sec-WebSocket-Extensions": `${DEFLATE}; client_max_window_bits=10`,
    });
    expect(judgeResponse(granted, ASKED)).toMatchObject({
      violations: [],
      subprotocol: "soap",
      extensions: [{ name: "permessage-deflate" }],
      deflate: { serverMaxWindowBits: 12, clientMaxWindowBits: 10 },
    });
  });

  it("needs none of what was offered to be taken up", () => {
    expect(judgeResponse(response(), ASKED).violations).toEqual([]);
  });

  const wrong: readonly (readonly [string, HttpHead, readonly RuleId[]])[] = [
    ["HTTP/1.0", response({}, "HTTP/1.0 101 OK"), ["response-status"]],
    ["HTTP/0.9", response({}, "HTTP/0.9 101 OK"), ["response-status"]],
    ["no Upgrade", response({ Upgrade: undefined }), ["response-upgrade"]],
    ["another Upgrade", response({ Upgrade: "h2c" }), ["response-upgrade"]],
    ["a further Upgrade", response({ Upgrade: "websocket, h2c" }), ["response-upgrade"]],
    ["no Connection", response({ Connection: undefined }), ["response-connection"]],
    ["another Connection", response({ Connection: "close" }), ["response-connection"]],
    ["no accept key", response({ "Sec-WebSocket-Accept": undefined }), ["response-accept"]],
    ["an empty accept key", response({ "Sec-WebSocket-Accept": "" }), ["response-accept"]],
    [
      "the accept key of another key",
      response({ "Sec-WebSocket-Accept": `x${ACCEPT.slice(1)}` }),
      ["response-accept"],
    ],
    [
      "an accept key in other case",
      response({ "Sec-WebSocket-Accept": ACCEPT.toLowerCase() }),
      ["response-accept"],
    ],
    [
      "the accept key twice",
      response({ "Sec-WebSocket-Accept": [ACCEPT, ACCEPT] }),
      ["response-accept"],
    ],
    [
      "a subprotocol not offered",
      response({ "Sec-WebSocket-Protocol": "stomp" }),
      ["response-subprotocol"],
    ],
    [
      "a subprotocol in other case",
      response({ "Sec-WebSocket-Protocol": "MQTT" }),
      ["response-subprotocol"],
    ],
    [
      "two subprotocols",
      response({ "Sec-WebSocket-Protocol": ["mqtt", "soap"] }),
      ["response-subprotocol"],
    ],
    [
      "a list of subprotocols",
      response({ "Sec-WebSocket-Protocol": "mqtt, soap" }),
      ["response-subprotocol"],
    ],
    ["an empty subprotocol", response({ "Sec-WebSocket-Protocol": "" }), ["response-subprotocol"]],
    [
      "an extension not offered",
      response({ "Sec-WebSocket-Extensions": "bbf-usp-protocol" }),
      ["response-extensions"],
    ],
    [
      "a further extension",
      response({ "Sec-WebSocket-Extensions": [DEFLATE, "foo"] }),
      ["response-extensions"],
    ],
    [
      "an extension twice",
      response({ "Sec-WebSocket-Extensions": `${DEFLATE}, ${DEFLATE}` }),
      ["response-extensions"],
    ],
    [
      "extensions beyond the grammar",
      response({ "Sec-WebSocket-Extensions": "permessage-deflate;" }),
      ["response-extensions"],
    ],
    [
      "a parameter that is unknown",
      response({ "Sec-WebSocket-Extensions": `${DEFLATE}; fast` }),
      ["deflate-response"],
    ],
    [
      "a window that is too large",
      response({ "Sec-WebSocket-Extensions": "permessage-deflate; server_max_window_bits=13" }),
      ["deflate-response"],
    ],
    [
      "a limit that is not answered",
      response({ "Sec-WebSocket-Extensions": "permessage-deflate" }),
      ["deflate-response"],
    ],
    [
      "nothing but the status",
      { startLine: "HTTP/1.1 101 OK", headers: [] },
      ["response-upgrade", "response-connection", "response-accept"],
    ],
  ];

  it.each(wrong)("refuses %s", (_name, head, broken) => {
    const verdict = judgeResponse(head, ASKED);
    expect(rules(verdict.violations)).toEqual(broken);
    expect(verdict.status).toBe(101);
  });

  it("refuses what nobody offered", () => {
    const protocol = response({ "Sec-WebSocket-Protocol": "mqtt" });
    const extension = response({ "Sec-WebSocket-Extensions": "permessage-deflate" });
    expect(rules(judgeResponse(protocol, { key: KEY }).violations)).toEqual([
      "response-subprotocol",
    ]);
    expect(rules(judgeResponse(extension, { key: KEY }).violations)).toEqual([
      "response-extensions",
    ]);
  });

  it("gives no parameters of a compression that is wrong", () => {
    const head = response({ "Sec-WebSocket-Extensions": `${DEFLATE}; fast` });
    expect(judgeResponse(head, ASKED)).toMatchObject({ extensions: [], deflate: undefined });
  });

  it("finds another version than was asked for, and no other", () => {
    const head = makeHead("HTTP/1.1 426 Upgrade Required", { "Sec-WebSocket-Version": "8, 7" });
    const found = (version?: number) =>
      rules(judgeResponse(head, { key: KEY, version }).violations);
    expect(found()).toEqual(["response-status", "response-version"]);
    expect(found(8)).toEqual(["response-status"]);
  });

  it("says what came in place of a 101, and what was offered", () => {
    const refused = judgeResponse(response({}, "HTTP/1.1 403 Forbidden"), ASKED).violations[0];
    expect(refused!.message).toContain("status 403");
    const other = judgeResponse(response({}, "ICY 200 OK"), ASKED).violations[0];
    expect(other!.message).toContain('"ICY 200 OK"');
    const chosen = response({ "Sec-WebSocket-Protocol": "stomp" });
    expect(judgeResponse(chosen, ASKED).violations[0]!.message).toContain(
      "offered were mqtt, soap",
    );
    expect(judgeResponse(chosen, { key: KEY }).violations[0]!.message).toContain(
      "none was offered",
    );
  });

  it("says which accept key was expected", () => {
    const [broken] = judgeResponse(response({ "Sec-WebSocket-Accept": "x" }), ASKED).violations;
    expect(broken!.message).toContain("Sec-WebSocket-Accept: x");
    expect(broken!.message).toContain(ACCEPT);
  });

  it.each<[string, HeaderValues, number, string, readonly RuleId[]]>([
    ["HTTP/1.1 200 OK", {}, 200, "OK", ["response-status"]],
    ["HTTP/1.1 302 Found", { Location: "/" }, 302, "Found", ["response-status"]],
    ["HTTP/1.1 401 Unauthorized", {}, 401, "Unauthorized", ["response-status"]],
    [
      "HTTP/1.1 426 Upgrade Required",
      { "Sec-WebSocket-Version": ["8", "7"] },
      426,
      "Upgrade Required",
      ["response-status", "response-version"],
    ],
    ["HTTP/1.1 400", { "Sec-WebSocket-Version": "8, 13" }, 400, "", ["response-status"]],
    ["no status line", {}, 0, "", ["response-status"]],
  ])("a refusal: %s", (startLine, changes, status, reason, broken) => {
    const verdict = judgeResponse(response(changes, startLine), ASKED);
    expect(verdict).toMatchObject({ status, reason, subprotocol: undefined, deflate: undefined });
    expect(rules(verdict.violations)).toEqual(broken);
  });
});
