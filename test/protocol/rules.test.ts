import { describe, expect, it } from "vitest";
import { RULES, type RuleId, violation } from "../../src/protocol/rules.ts";

/** Scripts filter on ids, so that a change here is a change for users. */
const PUBLISHED: Readonly<Record<RuleId, readonly [section: string, closeCode?: number]>> = {
  "request-method": ["4.1"],
  "request-host": ["4.2.1"],
  "request-upgrade": ["4.2.1"],
  "request-connection": ["4.2.1"],
  "request-key": ["4.2.1"],
  "request-version": ["4.2.2"],
  "request-subprotocol": ["4.1"],
  "request-extensions": ["9.1"],
  "response-status": ["4.1"],
  "response-upgrade": ["4.1"],
  "response-connection": ["4.1"],
  "response-accept": ["4.1"],
  "response-version": ["4.4"],
  "response-subprotocol": ["4.1"],
  "response-extensions": ["4.1"],
  "client-frame-unmasked": ["5.1", 1002],
  "server-frame-masked": ["5.1", 1002],
  "rsv-not-negotiated": ["5.2", 1002],
  "rsv1-on-continuation": ["RFC 7692 6", 1002],
  "rsv1-on-control": ["RFC 7692 6", 1002],
  "opcode-reserved": ["5.2", 1002],
  "length-not-minimal": ["5.2", 1002],
  "length-top-bit": ["5.2", 1002],
  "length-over-limit": ["10.4", 1009],
  "control-too-long": ["5.5", 1002],
  "control-fragmented": ["5.5", 1002],
  "continuation-without-start": ["5.4", 1002],
  "message-interrupted": ["5.4", 1002],
  "frame-truncated": ["7.1.7", 1006],
  "text-utf8": ["8.1", 1007],
  "deflate-corrupt": ["RFC 7692 7.2.2", 1007],
  "close-one-byte": ["5.5.1", 1002],
  "close-code-forbidden": ["7.4", 1002],
  "close-reason-utf8": ["8.1", 1007],
  "frame-after-close": ["5.5.1", 1002],
};

describe("rules", () => {
  it.each(Object.entries(PUBLISHED))("%s", (id, [section, closeCode]) => {
    const broken = violation(id as RuleId);
    expect(broken).toMatchObject({ rule: id, section, severity: "error" });
    expect(broken.closeCode).toBe(closeCode);
    expect(broken.message).toMatch(/^[A-Z].*\.$/);
  });

  it("are all published", () => {
    expect(Object.keys(RULES)).toEqual(Object.keys(PUBLISHED));
  });

  it("say what was found", () => {
    expect(violation("opcode-reserved", "0x3").message).toBe(
      `${violation("opcode-reserved").message} Found: 0x3.`,
    );
  });
});
