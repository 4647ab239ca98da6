import { describe, expect, it } from "vitest";
import type { Headers } from "../../src/protocol/http-head.ts";
import { type RuleId, violation } from "../../src/protocol/rules.ts";
import { wrongHeads } from "../../src/render/wrong-heads.ts";
import type { HandshakeEvent } from "../../src/transport/events.ts";
import { CONNECT_FIELDS, http2Handshake } from "../helpers/http2-handshake.ts";

const REQUEST = "the request is wrong";
const ANSWER = "the answer is wrong";
const BOTH = "the request and the answer are wrong";

function said(rules: readonly RuleId[], more: Partial<HandshakeEvent> = {}): string {
  return wrongHeads(
    http2Handshake(200, { violations: rules.map((rule) => violation(rule)), ...more }),
  );
}

describe("wrongHeads", () => {
  it.each([
    [["request-host"], REQUEST],
    [["request-extensions", "request-key"], REQUEST],
    [["request-fragment"], REQUEST],
    [["data-before-response"], REQUEST],
    [["deflate-offer"], REQUEST],
    [["connect-not-enabled"], REQUEST],
    [["connect-pseudo-headers"], REQUEST],
    [["response-accept"], ANSWER],
    [["deflate-response"], ANSWER],
    [["connect-status"], ANSWER],
    [["request-key", "response-accept"], BOTH],
    [["connect-not-enabled", "response-subprotocol"], BOTH],
  ] as const)("%j: %s", (rules, words) => {
    expect(said(rules)).toBe(words);
  });

  it("passes over what is only a warning", () => {
    expect(said(["credentials-in-clear", "response-accept"])).toBe(ANSWER);
    expect(said(["request-key", "handshake-refused"])).toBe(REQUEST);
  });

  const upgrade: Headers = [["upgrade", "websocket"]];
  const request = { startLine: "CONNECT /chat HTTP/2", headers: [...CONNECT_FIELDS, ...upgrade] };
  const response = { startLine: "HTTP/2 200", headers: upgrade };
  it.each([
    ["the request", { request }, REQUEST],
    ["the answer", { response }, ANSWER],
    ["both", { request, response }, BOTH],
  ])("looks where the headers of HTTP/1.1 stand: in %s", (_, heads, words) => {
    expect(said(["connect-upgrade-headers"], heads)).toBe(words);
  });

  it("tells two breaches of one rule from other ones", () => {
    expect(said(["connect-upgrade-headers", "connect-upgrade-headers"], { request })).toBe(REQUEST);
    expect(said(["connect-upgrade-headers", "response-extensions"], { request })).toBe(BOTH);
  });
});
