import { expect, it } from "vitest";
import { FRAMING_RULES, CONTENT_RULES, COMPRESSION_RULES } from "../../src/protocol/frame-rules.ts";

/** Scripts filter on ids and severities, so that a change here is a change for users. */
const PUBLISHED = {
  "client-frame-unmasked": ["error", "5.1", 1002],
  "server-frame-masked": ["error", "5.1", 1002],
  "rsv-not-negotiated": ["error", "5.2", 1002],
  "opcode-reserved": ["error", "5.2", 1002],
  "length-not-minimal": ["error", "5.2", 1002],
  "length-top-bit": ["error", "5.2", 1002],
  "length-over-limit": ["error", "10.4", 1009],
  "mask-key-zero": ["warn", "5.3"],
  "mask-key-repeated": ["warn", "5.3"],
  "mask-key-predictable": ["warn", "5.3"],
  "control-too-long": ["error", "5.5", 1002],
  "control-fragmented": ["error", "5.5", 1002],
  "continuation-without-start": ["error", "5.4", 1002],
  "message-interrupted": ["error", "5.4", 1002],
  "message-unfinished": ["warn", "5.4"],
  "tiny-fragments": ["warn", "10.4"],
  "frame-truncated": ["error", "7.1.7", 1006],
  "text-utf8": ["error", "8.1", 1007],
  "close-reason-utf8": ["error", "8.1", 1007],
  "rsv1-on-continuation": ["error", "RFC 7692 6", 1002],
  "rsv1-on-control": ["error", "RFC 7692 6", 1002],
  "deflate-corrupt": ["error", "RFC 7692 7.2.2", 1007],
  "deflate-tail-kept": ["warn", "RFC 7692 7.2.1"],
  "deflate-beyond-window": ["error", "RFC 7692 7.2.1", 1007],
  "deflate-context-kept": ["error", "RFC 7692 7.1.1", 1007],
  "deflate-offer": ["error", "RFC 7692 7.1"],
  "deflate-response": ["error", "RFC 7692 7.1"],
  "inflation-ratio": ["error", "10.4", 1009],
  "compression-grew": ["info", "RFC 7692 6"],
};

it("these rules are published", () => {
  const rules = { ...FRAMING_RULES, ...CONTENT_RULES, ...COMPRESSION_RULES };
  const facts = Object.entries(rules).map(([id, rule]) => [
    id,
    [rule.severity, rule.section, ...("closeCode" in rule ? [rule.closeCode] : [])],
  ]);
  expect(Object.fromEntries(facts)).toEqual(PUBLISHED);
});
