import { describe, expect, it } from "vitest";
import {
  connectEvent,
  connectRequest,
  responseHead,
  statusIn,
} from "../../../src/capture/http2/connect-request.ts";
import type { Headers } from "../../../src/protocol/http-head.ts";
import { utf8 } from "../../helpers/bytes.ts";
import { CONNECT } from "./wire.ts";

type Fields = Readonly<Record<string, string | undefined>>;

function fields(values: Fields): Headers {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
}

const moment = (ms: number) => ({ epochUs: ms * 1000, ns: BigInt(ms) * 1_000_000n });
const WHEN = { enableConnect: 1, at: moment(5) };

function asked(more: Fields = {}, enableConnect: number | undefined | "unseen" = 1) {
  return connectRequest(fields({ ...CONNECT, ...more }), { ...WHEN, enableConnect });
}

describe("a request for WebSocket", () => {
  it("is an extended CONNECT", () => {
    const found = asked({ origin: "http://o" });
    expect(found).toMatchObject({ opens: true, head: { startLine: "CONNECT /chat HTTP/2" } });
    expect(found?.head.headers).toHaveLength(7);
    expect(found?.pseudoHeaders.map(([name]) => name)).toEqual([
      ":method",
      ":protocol",
      ":scheme",
      ":path",
      ":authority",
    ]);
    expect(found?.headers).toEqual([
      ["sec-websocket-version", "13"],
      ["origin", "http://o"],
    ]);
  });

  it.each<[string, Fields, boolean]>([
    ["with another method", { ":method": "GET" }, true],
    ["with another case", { ":protocol": "WebSocket" }, true],
    ["without :protocol", { ":protocol": undefined }, false],
    ["as over HTTP/1.1", { ":method": "GET", ":protocol": undefined, upgrade: "websocket" }, false],
  ])("is tried %s", (_, more, opens) => {
    expect(asked(more)).toMatchObject({ opens });
  });

  it.each<[string, Fields]>([
    ["a plain one", { ":method": "GET", ":path": "/" }],
    [
      "for another protocol",
      { ...CONNECT, ":protocol": "connect-udp", "sec-websocket-version": undefined },
    ],
    ["a proxy's CONNECT", { ":method": "CONNECT", ":authority": "h:1" }],
    ["trailing fields", { ":method": undefined, "sec-websocket-version": "13" }],
    ["nothing", {}],
  ])("is none: %s", (_, values) => {
    expect(connectRequest(fields(values), WHEN)).toBeUndefined();
  });
});

it.each([
  ["200", 200, "HTTP/2 200"],
  ["20", 0, "HTTP/2 20"],
  ["2000", 0, "HTTP/2 2000"],
  [undefined, 0, "HTTP/2"],
])("the status %s is %i", (value, status, startLine) => {
  const headers = fields({ ":status": value });
  expect(statusIn(headers)).toBe(status);
  expect(responseHead(headers)).toEqual({ startLine, headers });
});

describe("the handshake", () => {
  const PLACE = { conn: "1.3", remote: "10.0.0.2:80", tls: undefined };
  const TLS = { version: "TLSv1.3", cipher: "x" };

  function event(request: Fields, response: Fields, place = {}, body?: Uint8Array) {
    const head = responseHead(fields({ ":status": "200", ...response }));
    const found = asked(request);
    if (!found) throw new Error("no request");
    return connectEvent(
      found,
      { head, at: moment(9), ...(body && { body }) },
      { ...PLACE, ...place },
    );
  }

  it("has what the two agreed on", () => {
    const offer = {
      "sec-websocket-protocol": "a, b",
      "sec-websocket-extensions": "permessage-deflate; client_max_window_bits",
    };
    const answer = {
      "sec-websocket-protocol": "b",
      "sec-websocket-extensions": "permessage-deflate; client_max_window_bits=10",
    };
    expect(event(offer, answer)).toMatchObject({
      conn: "1.3",
      url: "ws://example.test/chat",
      subprotocol: "b",
      deflate: { clientMaxWindowBits: 10 },
      timings: { upgrade: 4 },
      violations: [],
    });
  });

  it.each<[string, Fields, object, string]>([
    ["TLS", { ":scheme": undefined }, { tls: TLS }, "wss://example.test/chat"],
    ["its scheme", { ":scheme": "https" }, {}, "wss://example.test/chat"],
    ["no authority", { ":authority": undefined }, {}, "ws://10.0.0.2:80/chat"],
    ["no path", { ":path": undefined }, {}, "ws://example.test/"],
  ])("has the address by %s", (_, request, place, url) => {
    expect(event(request, {}, place)).toMatchObject({ url });
  });

  it("is judged, both ways", () => {
    const rules = (request: Fields, response: Fields) =>
      event(request, response).violations.map(({ rule }) => rule);
    expect(rules({ ":scheme": undefined, host: "h" }, {})).toEqual([
      "connect-pseudo-headers",
      "connect-upgrade-headers",
    ]);
    expect(rules({}, { ":status": "101" })).toEqual(["connect-status"]);
    expect(rules({}, { "sec-websocket-protocol": "z" })).toEqual(["response-subprotocol"]);
    expect(rules({}, { ":status": "404" })).toEqual(["handshake-refused"]);
  });

  it("of a refusal has its body, and nothing agreed on", () => {
    const found = event({}, { ":status": "403", "sec-websocket-protocol": "z" }, {}, utf8("no"));
    expect(found).toMatchObject({ body: utf8("no"), response: { startLine: "HTTP/2 403" } });
    expect(found).not.toHaveProperty("subprotocol");
  });
});
