import { describe, expect, it } from "vitest";
import { lintConnect, lintConnectResponse } from "../../src/protocol/extended-connect-lint.ts";
import type { HttpHead } from "../../src/protocol/http-head.ts";
import type { RuleId, Violation } from "../../src/protocol/rules.ts";

type Fields = Readonly<Record<string, string | undefined>>;

const REQUEST: Fields = {
  ":method": "CONNECT",
  ":protocol": "websocket",
  ":scheme": "https",
  ":path": "/chat",
  ":authority": "example.test",
  "sec-websocket-version": "13",
};

function head(startLine: string, fields: Fields): HttpHead {
  return {
    startLine,
    headers: Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    ),
  };
}

function request(changes: Fields = {}): HttpHead {
  return head("CONNECT /chat HTTP/2", { ...REQUEST, ...changes });
}

const rulesOf = (violations: readonly Violation[]) => violations.map(({ rule }) => rule);

describe("a request over HTTP/2", () => {
  it.each<[Fields, boolean | undefined, readonly RuleId[]]>([
    [{}, true, []],
    [{ ":method": "GET" }, true, ["connect-pseudo-headers"]],
    [{ ":path": undefined }, true, ["connect-pseudo-headers"]],
    [{ "sec-websocket-key": "x" }, true, ["connect-upgrade-headers"]],
    [{ "sec-websocket-version": "8" }, true, ["request-version"]],
    [{ ":path": "/?token=x" }, true, ["credentials-in-url"]],
    [{ ":path": "/#x" }, true, ["request-fragment"]],
    [{ cookie: "a=b" }, true, []],
    [{ cookie: "a=b" }, undefined, []],
    [{ cookie: "a=b" }, false, ["credentials-in-clear"]],
    [{ "sec-websocket-extensions": "permessage-deflate; fast" }, true, ["deflate-offer"]],
  ])("%j, TLS %s: %j", (changes, secure, expected) => {
    expect(rulesOf(lintConnect(request(changes), secure).violations)).toEqual(expected);
  });
});

describe("a response over HTTP/2", () => {
  const ORIGIN = { origin: "http://a.test" };
  const CHAT = { "sec-websocket-protocol": "chat" };
  const DEFLATE = { "sec-websocket-extensions": "permessage-deflate" };

  it.each<[status: number, Fields, Fields, state: string, readonly RuleId[]]>([
    [200, {}, {}, "open", []],
    [204, {}, {}, "open", []],
    [101, {}, {}, "open", ["connect-status"]],
    [100, {}, {}, "interim", []],
    [200, { ":protocol": "webtransport" }, {}, "refused", []],
    [200, {}, { "sec-websocket-accept": "x" }, "open", ["connect-upgrade-headers"]],
    [200, CHAT, CHAT, "open", []],
    [200, {}, CHAT, "open", ["response-subprotocol"]],
    [200, {}, DEFLATE, "open", ["response-extensions"]],
    [404, ORIGIN, {}, "refused", ["handshake-refused"]],
    [403, {}, {}, "refused", ["handshake-refused"]],
    [403, ORIGIN, {}, "refused", ["handshake-refused", "request-origin-refused"]],
    [0, {}, {}, "refused", ["handshake-refused"]],
  ])("%i to %j with %j: %s, %j", (status, asked, answered, state, expected) => {
    const { offered } = lintConnect(request(asked), true);
    const response = head(`HTTP/2 ${status}`, { ":status": String(status), ...answered });
    const judged = lintConnectResponse(response, offered);
    expect([judged.state, rulesOf(judged.violations)]).toEqual([state, expected]);
  });

  it("tells what will be compressed with", () => {
    const { offered } = lintConnect(request(DEFLATE), true);
    const judged = (fields: Fields) => lintConnectResponse(head("HTTP/2 200", fields), offered);
    expect(judged(DEFLATE).deflate).toMatchObject({ clientMaxWindowBits: 15 });
    expect(judged({}).deflate).toBeUndefined();
  });
});
