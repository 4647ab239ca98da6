/**
 * The protocol rules that bytes can break, and the shape in which a breach is reported.
 *
 * Ids are stable: scripts filter on them. `section` is RFC 6455's unless another RFC is named.
 * `closeCode` is what a strict endpoint answers with; handshake rules have none.
 */
interface RuleBody {
  readonly severity: "error" | "warn" | "info";
  readonly section: string;
  readonly closeCode?: number;
  readonly explanation: string;
}

export const RULES = {
  // Client handshake
  "request-method": {
    severity: "error",
    section: "4.1",
    explanation: "The opening request must be GET over HTTP/1.1 or higher.",
  },
  "request-host": {
    severity: "error",
    section: "4.2.1",
    explanation: "The opening request must have one Host header.",
  },
  "request-upgrade": {
    severity: "error",
    section: "4.2.1",
    explanation: "The Upgrade header of the request must contain websocket.",
  },
  "request-connection": {
    severity: "error",
    section: "4.2.1",
    explanation: "The Connection header of the request must contain the token Upgrade.",
  },
  "request-key": {
    severity: "error",
    section: "4.2.1",
    explanation: "The request must have one Sec-WebSocket-Key, the base64 form of 16 bytes.",
  },
  "request-version": {
    severity: "error",
    section: "4.2.2",
    explanation: "The request must have one Sec-WebSocket-Version, and it must be 13.",
  },
  "request-subprotocol": {
    severity: "error",
    section: "4.1",
    explanation: "The subprotocols offered must be valid tokens, each named once.",
  },
  "request-extensions": {
    severity: "error",
    section: "9.1",
    explanation: "The Sec-WebSocket-Extensions header must follow its grammar.",
  },
  // Server handshake
  "response-status": {
    severity: "error",
    section: "4.1",
    explanation: "Only the status 101 opens a WebSocket connection.",
  },
  "response-upgrade": {
    severity: "error",
    section: "4.1",
    explanation: "The Upgrade header of the response must be websocket.",
  },
  "response-connection": {
    severity: "error",
    section: "4.1",
    explanation: "The Connection header of the response must contain the token Upgrade.",
  },
  "response-accept": {
    severity: "error",
    section: "4.1",
    explanation:
      "Sec-WebSocket-Accept must be the base64 SHA-1 of the key and the fixed GUID, once.",
  },
  "response-version": {
    severity: "error",
    section: "4.4",
    explanation: "The server speaks other versions of the protocol than 13.",
  },
  "response-subprotocol": {
    severity: "error",
    section: "4.1",
    explanation: "The server may choose one subprotocol, and only one that was offered.",
  },
  "response-extensions": {
    severity: "error",
    section: "4.1",
    explanation:
      "The server may use only extensions that were offered, with acceptable parameters.",
  },
  // Framing
  "client-frame-unmasked": {
    severity: "error",
    section: "5.1",
    closeCode: 1002,
    explanation: "A client must mask every frame.",
  },
  "server-frame-masked": {
    severity: "error",
    section: "5.1",
    closeCode: 1002,
    explanation: "A server must not mask any frame.",
  },
  "rsv-not-negotiated": {
    severity: "error",
    section: "5.2",
    closeCode: 1002,
    explanation: "A reserved bit must be 0 unless an extension that defines it was negotiated.",
  },
  "rsv1-on-continuation": {
    severity: "error",
    section: "RFC 7692 6",
    closeCode: 1002,
    explanation: "Only the first frame of a compressed message has RSV1 set.",
  },
  "rsv1-on-control": {
    severity: "error",
    section: "RFC 7692 6",
    closeCode: 1002,
    explanation: "Control frames are never compressed.",
  },
  "opcode-reserved": {
    severity: "error",
    section: "5.2",
    closeCode: 1002,
    explanation: "The opcodes 3–7 and B–F are reserved.",
  },
  "length-not-minimal": {
    severity: "error",
    section: "5.2",
    closeCode: 1002,
    explanation: "The payload length must be written in the fewest bytes that hold it.",
  },
  "length-top-bit": {
    severity: "error",
    section: "5.2",
    closeCode: 1002,
    explanation: "The most significant bit of a 64-bit payload length must be 0.",
  },
  "length-over-limit": {
    severity: "error",
    section: "10.4",
    closeCode: 1009,
    explanation: "The payload is longer than the limit set for frames or messages.",
  },
  "control-too-long": {
    severity: "error",
    section: "5.5",
    closeCode: 1002,
    explanation: "A control frame has at most 125 bytes of payload.",
  },
  "control-fragmented": {
    severity: "error",
    section: "5.5",
    closeCode: 1002,
    explanation: "A control frame must not be fragmented.",
  },
  "continuation-without-start": {
    severity: "error",
    section: "5.4",
    closeCode: 1002,
    explanation: "A continuation frame needs a message that it continues.",
  },
  "message-interrupted": {
    severity: "error",
    section: "5.4",
    closeCode: 1002,
    explanation: "A new message must not begin before the one under way has ended.",
  },
  "frame-truncated": {
    severity: "error",
    section: "7.1.7",
    closeCode: 1006,
    explanation: "The stream ended in the middle of a frame.",
  },
  // Content
  "text-utf8": {
    severity: "error",
    section: "8.1",
    closeCode: 1007,
    explanation: "A text message must be valid UTF-8.",
  },
  "deflate-corrupt": {
    severity: "error",
    section: "RFC 7692 7.2.2",
    closeCode: 1007,
    explanation: "The payload of a compressed message does not inflate.",
  },
  // Close
  "close-one-byte": {
    severity: "error",
    section: "5.5.1",
    closeCode: 1002,
    explanation: "The payload of a Close frame is empty or begins with a two-byte code.",
  },
  "close-code-forbidden": {
    severity: "error",
    section: "7.4",
    closeCode: 1002,
    explanation: "This close code must not be sent in a Close frame.",
  },
  "close-reason-utf8": {
    severity: "error",
    section: "8.1",
    closeCode: 1007,
    explanation: "The reason in a Close frame must be valid UTF-8.",
  },
  "frame-after-close": {
    severity: "error",
    section: "5.5.1",
    closeCode: 1002,
    explanation: "An endpoint must not send any frame after its Close frame.",
  },
} as const satisfies Record<string, RuleBody>;

export type RuleId = keyof typeof RULES;

/** One breach of one rule. */
export interface Violation {
  readonly rule: RuleId;
  readonly severity: "error" | "warn" | "info";
  readonly section: string;
  /** The close code a strict endpoint answers with; absent for handshake rules. */
  readonly closeCode?: number;
  /** The rule in a sentence, with what was found. */
  readonly message: string;
}

/** A breach of `rule`; `found` says what the bytes held, in a few words. */
export function violation(rule: RuleId, found?: string): Violation {
  const { explanation, ...facts }: RuleBody = RULES[rule];
  return { rule, ...facts, message: found ? `${explanation} Found: ${found}.` : explanation };
}
