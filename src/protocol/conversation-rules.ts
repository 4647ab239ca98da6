import type { RuleBody } from "./rules.ts";

/** What the closing handshake can break (RFC 6455, sections 5.5.1, 7.1 and 7.4). */
export const CLOSE_RULES = {
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
  "close-1010-from-server": {
    severity: "warn",
    section: "7.4.1",
    explanation: "A server does not close with 1010: it can refuse the handshake instead.",
  },
  "close-code-unregistered": {
    severity: "info",
    section: "7.4.2",
    explanation: "The codes 3000–3999 are for libraries and are registered with IANA.",
  },
  "frame-after-close": {
    severity: "error",
    section: "5.5.1",
    closeCode: 1002,
    explanation: "An endpoint must not send any frame after its Close frame.",
  },
  "close-twice": {
    severity: "error",
    section: "5.5.1",
    closeCode: 1002,
    explanation: "An endpoint sends one Close frame and no other.",
  },
  "close-unanswered": {
    severity: "error",
    section: "5.5.1",
    closeCode: 1006,
    explanation: "A Close frame must be answered with a Close frame.",
  },
  "close-code-differs": {
    severity: "warn",
    section: "5.5.1",
    explanation: "The answer to a Close frame typically echoes its code.",
  },
  "client-closed-tcp-first": {
    severity: "warn",
    section: "7.1.1",
    explanation: "After the closing handshake the server should close the TCP connection first.",
  },
  "tcp-without-close": {
    severity: "error",
    section: "7.1.5",
    closeCode: 1006,
    explanation: "The TCP connection ended without a Close frame.",
  },
  "close-inside-message": {
    severity: "warn",
    section: "5.5.1",
    explanation:
      "After a Close frame no data may follow, so the message under way is never finished.",
  },
} as const satisfies Record<string, RuleBody>;

/** What pings and pongs can break (RFC 6455, sections 5.5.2 and 5.5.3). */
export const PING_RULES = {
  "pong-mismatch": {
    severity: "error",
    section: "5.5.3",
    explanation: "A Pong must have the same payload as the Ping that it answers.",
  },
  "ping-unanswered": {
    severity: "error",
    section: "5.5.2",
    explanation: "A Ping must be answered with a Pong.",
  },
  "pong-slow": {
    severity: "warn",
    section: "5.5.2",
    explanation: "A Ping should be answered as soon as is practical.",
  },
  "pong-unsolicited": {
    severity: "info",
    section: "5.5.3",
    explanation: "A Pong may come without a Ping; it expects no answer.",
  },
} as const satisfies Record<string, RuleBody>;
