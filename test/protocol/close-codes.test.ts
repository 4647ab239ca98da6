import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CloseCode,
  describeCloseCode,
  encodeClosePayload,
  MAX_CLOSE_REASON_BYTES,
  mayTravel,
  parseClosePayload,
} from "../../src/protocol/close-codes.ts";
import { hex, toHex, utf8 } from "../helpers/bytes.ts";
import { rules } from "../helpers/frames.ts";

const SENT = true;
const NEVER_SENT = false;

/** RFC 6455, sections 7.4.1 and 7.4.2, and the IANA registry. */
const TABLE = [
  [0, NEVER_SENT, "Unused"],
  [999, NEVER_SENT, "Unused"],
  [1000, SENT, "Normal Closure"],
  [1001, SENT, "Going Away"],
  [1002, SENT, "Protocol Error"],
  [1003, SENT, "Unsupported Data"],
  [1004, NEVER_SENT, "Reserved"],
  [1005, NEVER_SENT, "No Status Received"],
  [1006, NEVER_SENT, "Abnormal Closure"],
  [1007, SENT, "Invalid Payload Data"],
  [1008, SENT, "Policy Violation"],
  [1009, SENT, "Message Too Big"],
  [1010, SENT, "Mandatory Extension"],
  [1011, SENT, "Internal Error"],
  [1012, SENT, "Service Restart"],
  [1013, SENT, "Try Again Later"],
  [1014, SENT, "Bad Gateway"],
  [1015, NEVER_SENT, "TLS Handshake"],
  [1016, NEVER_SENT, "Reserved"],
  [1999, NEVER_SENT, "Reserved"],
  [2000, NEVER_SENT, "Reserved for Extensions"],
  [2999, NEVER_SENT, "Reserved for Extensions"],
  [3000, SENT, "Unauthorized"],
  [3001, SENT, "Unregistered"],
  [3003, SENT, "Forbidden"],
  [3008, SENT, "Timeout"],
  [3999, SENT, "Unregistered"],
  [4000, SENT, "Private Use"],
  [4999, SENT, "Private Use"],
  [5000, NEVER_SENT, "Invalid"],
  [65_535, NEVER_SENT, "Invalid"],
] as const;

describe("close codes", () => {
  it.each(TABLE)("%i: may travel %s, %s", (code, travels, name) => {
    const info = describeCloseCode(code);
    expect(info).toMatchObject({ code, name, mayTravel: travels });
    expect(info.meaning).not.toBe("");
    expect(info.source).toMatch(/^(7\.4\.[12]|IANA .*)$/);
    expect(mayTravel(code)).toBe(travels);
  });

  it("that this project sends are the ones of these meanings", () => {
    const names = Object.values(CloseCode).map((code) => describeCloseCode(code).name);
    expect(names).toEqual([
      "Normal Closure",
      "Going Away",
      "Protocol Error",
      "No Status Received",
      "Abnormal Closure",
      "Invalid Payload Data",
      "Policy Violation",
      "Message Too Big",
      "Mandatory Extension",
      "Internal Error",
      "Try Again Later",
    ]);
  });
});

describe("parseClosePayload", () => {
  it.each([
    ["nothing", "", 1005, "", []],
    ["one byte", "03", 1005, "", ["close-one-byte"]],
    ["a code", "03 e8", 1000, "", []],
    ["a code and a reason", "0f a0 62 79 65", 4000, "bye", []],
    ["a reason of several octets a character", "03 e9 e2 9c 93", 1001, "✓", []],
    ["a code that never travels", "03 ed", 1005, "", ["close-code-forbidden"]],
    ["a code of a reserved range", "07 d0 61", 2000, "a", ["close-code-forbidden"]],
    ["a reason that is not UTF-8", "03 e8 61 ff", 1000, "a\ufffd", ["close-reason-utf8"]],
    ["both wrong", "03 ee 80", 1006, "\ufffd", ["close-code-forbidden", "close-reason-utf8"]],
  ])("%s", (_name, payload, code, reason, broken) => {
    const close = parseClosePayload(hex(payload));
    expect(close).toMatchObject({ code, reason });
    expect(rules(close.violations)).toEqual(broken);
  });

  it("names the code that is forbidden", () => {
    expect(parseClosePayload(hex("03 f7")).violations[0]!.message).toContain("code 1015");
  });
});

describe("encodeClosePayload", () => {
  it("is read back as it was", () => {
    const reasons = fc.string({ unit: "grapheme", maxLength: 20 });
    const property = fc.property(fc.nat(0xffff), reasons, (code, reason) => {
      fc.pre(utf8(reason).length <= MAX_CLOSE_REASON_BYTES);
      expect(parseClosePayload(encodeClosePayload(code, reason))).toMatchObject({ code, reason });
    });
    fc.assert(property);
  });

  it("without a code is empty", () => {
    expect(encodeClosePayload()).toHaveLength(0);
  });

  it("writes codes that may not travel too", () => {
    expect(toHex(encodeClosePayload(1006))).toBe("03ee");
  });

  it("fills a control frame to the last of its 125 bytes", () => {
    expect(encodeClosePayload(1000, "a".repeat(123))).toHaveLength(125);
    expect(() => encodeClosePayload(1000, "a".repeat(124))).toThrow(RangeError);
    expect(() => encodeClosePayload(1000, "é".repeat(62))).toThrow(/124 bytes/);
  });

  it.each([-1, 65_536, 1000.5, Number.NaN])("refuses the code %d", (code) => {
    expect(() => encodeClosePayload(code)).toThrow(RangeError);
  });
});
