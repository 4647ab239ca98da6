import { Buffer } from "node:buffer";
import { isValidUtf8 } from "./utf8.ts";
import { type Violation, violation } from "./rules.ts";

/** Close codes that this project itself sends or reports (RFC 6455, section 7.4.1). */
export const CloseCode = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  noStatus: 1005,
  abnormal: 1006,
  invalidPayload: 1007,
  policyViolation: 1008,
  tooBig: 1009,
  mandatoryExtension: 1010,
  internalError: 1011,
  tryAgainLater: 1013,
} as const;

/** What a peer closes with when all is well: the codes that end a run with exit 0. */
export const PEACEFUL_CODES: ReadonlySet<number> = new Set([
  CloseCode.normal,
  CloseCode.goingAway,
  CloseCode.noStatus,
]);

/** A close reason is limited by the 125 bytes of a control frame, two of which hold the code. */
export const MAX_CLOSE_REASON_BYTES = 123;

export interface CloseCodeInfo {
  readonly code: number;
  readonly name: string;
  readonly meaning: string;
  /** Where the code is defined: a section of RFC 6455, or the IANA registry. */
  readonly source: string;
  /** Whether the code may be sent in a Close frame (section 7.4). */
  readonly mayTravel: boolean;
}

type Definition = readonly [name: string, meaning: string, source: string];

const IANA = "IANA WebSocket Close Code Number Registry";

const DEFINED: Readonly<Record<number, Definition>> = {
  1000: ["Normal Closure", "the purpose of the connection is fulfilled", "7.4.1"],
  1001: ["Going Away", "the server goes down, or the browser leaves the page", "7.4.1"],
  1002: ["Protocol Error", "the peer broke the protocol", "7.4.1"],
  1003: ["Unsupported Data", "a type of data came that the endpoint cannot accept", "7.4.1"],
  1004: ["Reserved", "has no meaning yet", "7.4.1"],
  1005: ["No Status Received", "the Close frame held no code; never sent itself", "7.4.1"],
  1006: ["Abnormal Closure", "the connection ended without a Close frame; never sent", "7.4.1"],
  1007: ["Invalid Payload Data", "a message does not fit its type, as text not in UTF-8", "7.4.1"],
  1008: ["Policy Violation", "a message breaks the endpoint's policy", "7.4.1"],
  1009: ["Message Too Big", "a message is too big to process", "7.4.1"],
  1010: ["Mandatory Extension", "the server did not negotiate an extension needed", "7.4.1"],
  1011: ["Internal Error", "the server met an unexpected condition", "7.4.1"],
  1012: ["Service Restart", "the service restarts; reconnect after a random delay", IANA],
  1013: ["Try Again Later", "the service is overloaded", IANA],
  1014: ["Bad Gateway", "a gateway got an invalid response from its upstream server", IANA],
  1015: ["TLS Handshake", "the TLS handshake failed; never sent", "7.4.1"],
  3000: ["Unauthorized", "the endpoint must be authorized", IANA],
  3003: ["Forbidden", "the endpoint is authorized but may not do this", IANA],
  3008: ["Timeout", "the endpoint took too long to respond", IANA],
};

const NEVER_SENT: ReadonlySet<number> = new Set([1004, 1005, 1006, 1015]);

/** Whether a Close frame may carry this code: 1000–1014 but for 1004–1006, and 3000–4999. */
export function mayTravel(code: number): boolean {
  if (NEVER_SENT.has(code)) return false;
  return (code >= 1000 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/** Name and meaning of any close code, by definition or by its range (section 7.4.2). */
export function describeCloseCode(code: number): CloseCodeInfo {
  const [name, meaning, source] = DEFINED[code] ?? describeRange(code);
  return { code, name, meaning, source, mayTravel: mayTravel(code) };
}

function describeRange(code: number): Definition {
  if (code < 1000) return ["Unused", "codes below 1000 are not used", "7.4.2"];
  if (code < 2000) return ["Reserved", "kept for future revisions of RFC 6455", "7.4.2"];
  if (code < 3000) return ["Reserved for Extensions", "kept for extensions", "7.4.2"];
  if (code < 4000) return ["Unregistered", "for libraries; not in the IANA registry", "7.4.2"];
  if (code < 5000) return ["Private Use", "means what both applications agreed on", "7.4.2"];
  return ["Invalid", "no range holds codes from 5000 on", "7.4.2"];
}

export interface ClosePayload {
  /** The code in the frame, or 1005 where there is none. */
  readonly code: number;
  /** The reason; bytes that are not UTF-8 are replaced. */
  readonly reason: string;
  readonly violations: readonly Violation[];
}

/** Reads the payload of a Close frame and judges it (sections 5.5.1 and 7.4). */
export function parseClosePayload(payload: Uint8Array): ClosePayload {
  if (payload.length === 0) return { code: CloseCode.noStatus, reason: "", violations: [] };
  if (payload.length === 1) {
    return { code: CloseCode.noStatus, reason: "", violations: [violation("close-one-byte")] };
  }
  const code = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
  const reason = payload.subarray(2);
  const violations: Violation[] = [];
  if (!mayTravel(code)) violations.push(violation("close-code-forbidden", `code ${code}`));
  if (!isValidUtf8(reason)) violations.push(violation("close-reason-utf8"));
  return { code, reason: Buffer.from(reason).toString("utf8"), violations };
}

/**
 * Builds the payload of a Close frame, also with a code that may not travel.
 * @throws RangeError when the code is no 16-bit number or the reason is over 123 bytes.
 */
export function encodeClosePayload(code?: number, reason = ""): Uint8Array {
  if (code === undefined) return new Uint8Array(0);
  if (!Number.isInteger(code) || code < 0 || code > 0xffff) {
    throw new RangeError(`close code ${code} is not a 16-bit number`);
  }
  const text = Buffer.from(reason, "utf8");
  if (text.length > MAX_CLOSE_REASON_BYTES) {
    throw new RangeError(
      `close reason has ${text.length} bytes, at most ${MAX_CLOSE_REASON_BYTES} fit`,
    );
  }
  return Buffer.concat([Uint8Array.of(code >> 8, code & 0xff), text]);
}
