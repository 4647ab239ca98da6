import { expect, it } from "vitest";
import { CLOSE_RULES, PING_RULES } from "../../src/protocol/conversation-rules.ts";

/** Scripts filter on ids and severities, so that a change here is a change for users. */
const PUBLISHED = {
  "close-one-byte": ["error", "5.5.1", 1002],
  "close-code-forbidden": ["error", "7.4", 1002],
  "close-1010-from-server": ["warn", "7.4.1"],
  "close-code-unregistered": ["info", "7.4.2"],
  "frame-after-close": ["error", "5.5.1", 1002],
  "close-twice": ["error", "5.5.1", 1002],
  "close-unanswered": ["error", "5.5.1", 1006],
  "close-code-differs": ["warn", "5.5.1"],
  "client-closed-tcp-first": ["warn", "7.1.1"],
  "tcp-without-close": ["error", "7.1.5", 1006],
  "close-inside-message": ["warn", "5.5.1"],
  "pong-mismatch": ["error", "5.5.3"],
  "ping-unanswered": ["error", "5.5.2"],
  "pong-slow": ["warn", "5.5.2"],
  "pong-unsolicited": ["info", "5.5.3"],
};

it("these rules are published", () => {
  const rules = { ...CLOSE_RULES, ...PING_RULES };
  const facts = Object.entries(rules).map(([id, rule]) => [
    id,
    [rule.severity, rule.section, ...("closeCode" in rule ? [rule.closeCode] : [])],
  ]);
  expect(Object.fromEntries(facts)).toEqual(PUBLISHED);
});
