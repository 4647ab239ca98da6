import { expect, it } from "vitest";
import {
  CLIENT_HANDSHAKE_RULES,
  SERVER_HANDSHAKE_RULES,
  HTTP2_RULES,
} from "../../src/protocol/handshake-rules.ts";

/** Scripts filter on ids and severities, so that a change here is a change for users. */
const PUBLISHED = {
  "request-method": ["error", "4.1"],
  "request-host": ["error", "4.2.1"],
  "request-upgrade": ["error", "4.2.1"],
  "request-connection": ["error", "4.2.1"],
  "request-key": ["error", "4.2.1"],
  "request-key-sample": ["warn", "4.1"],
  "request-key-reused": ["warn", "4.1"],
  "request-version": ["error", "4.2.2"],
  "request-origin-refused": ["info", "4.2.2"],
  "request-subprotocol": ["error", "4.1"],
  "request-extensions": ["error", "9.1"],
  "data-before-response": ["error", "4.1"],
  "credentials-in-clear": ["warn", "10.6"],
  "credentials-in-url": ["warn", "RFC 9110 17.9"],
  "request-fragment": ["error", "3"],
  "response-status": ["error", "4.1"],
  "handshake-refused": ["info", "4.2.2"],
  "response-upgrade": ["error", "4.1"],
  "response-connection": ["error", "4.1"],
  "response-accept": ["error", "4.1"],
  "response-subprotocol": ["error", "4.1"],
  "response-extensions": ["error", "4.1"],
  "response-version": ["error", "4.4"],
  "upgrade-required-version": ["error", "4.2.2"],
  "connect-not-enabled": ["error", "RFC 8441 3"],
  "connect-pseudo-headers": ["error", "RFC 8441 4"],
  "connect-upgrade-headers": ["error", "RFC 8441 5"],
  "connect-status": ["error", "RFC 8441 5"],
};

it("these rules are published", () => {
  const rules = { ...CLIENT_HANDSHAKE_RULES, ...SERVER_HANDSHAKE_RULES, ...HTTP2_RULES };
  const facts = Object.entries(rules).map(([id, rule]) => [
    id,
    [rule.severity, rule.section, ...("closeCode" in rule ? [rule.closeCode] : [])],
  ]);
  expect(Object.fromEntries(facts)).toEqual(PUBLISHED);
});
