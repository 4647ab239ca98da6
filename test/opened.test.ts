import { expect, it } from "vitest";
import { violation } from "../src/protocol/rules.ts";
import { hasOpened, saysOpen } from "../src/opened.ts";
import { handshakeAt, refusalAt } from "./helpers/connect-events.ts";
import { CONNECT_FIELDS, http2Handshake } from "./helpers/http2-handshake.ts";

it("is opened by a right answer of 101 alone", () => {
  const wrong = [violation("response-accept")];
  expect(hasOpened(handshakeAt(0))).toBe(true);
  expect(hasOpened(handshakeAt(0, { violations: wrong }))).toBe(false);
  expect(hasOpened(refusalAt(0))).toBe(false);
  expect(hasOpened(handshakeAt(0, { response: { startLine: "", headers: [] } }))).toBe(false);
});

it("says so by 101 even where that is wrong", () => {
  const wrong = [violation("response-accept")];
  expect(saysOpen(handshakeAt(0, { violations: wrong }))).toBe(true);
  expect(saysOpen(refusalAt(0))).toBe(false);
});

it.each([
  [200, true],
  [204, true],
  [101, true],
  [302, false],
  [403, false],
])("over HTTP/2, %i opens: %s", (status, opens) => {
  expect(saysOpen(http2Handshake(status))).toBe(opens);
  expect(hasOpened(http2Handshake(status))).toBe(opens);
  const violations = [violation("connect-status")];
  expect(hasOpened(http2Handshake(status, { violations }))).toBe(false);
});

it("no other protocol over HTTP/2 is opened by its status, nor HTTP/1.1 by 200", () => {
  const headers = CONNECT_FIELDS.filter(([name]) => name !== ":protocol");
  const request = { startLine: "GET /chat HTTP/2", headers };
  expect(saysOpen(http2Handshake(200, { request }))).toBe(false);
  const plain = { startLine: "GET /chat HTTP/1.1", headers };
  expect(saysOpen(http2Handshake(200, { request: plain }))).toBe(false);
});
