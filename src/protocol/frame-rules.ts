import type { RuleBody } from "./rules.ts";

/** What frames can break by their headers and their place (RFC 6455, section 5). */
export const FRAMING_RULES = {
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
  "mask-key-zero": {
    severity: "warn",
    section: "5.3",
    explanation: "A masking key of zero masks nothing: it must be chosen at random.",
  },
  "mask-key-repeated": {
    severity: "warn",
    section: "5.3",
    explanation: "Each frame needs a fresh masking key, chosen at random.",
  },
  "mask-key-predictable": {
    severity: "warn",
    section: "5.3",
    explanation: "Masking keys must come from strong entropy and must not be predictable.",
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
  "message-unfinished": {
    severity: "warn",
    section: "5.4",
    explanation: "A fragmented message ends with a frame that has FIN set.",
  },
  "tiny-fragments": {
    severity: "warn",
    section: "10.4",
    explanation:
      "Long runs of fragments with one byte or none cost the receiver more than they say.",
  },
  "frame-truncated": {
    severity: "error",
    section: "7.1.7",
    closeCode: 1006,
    explanation: "The stream ended in the middle of a frame.",
  },
} as const satisfies Record<string, RuleBody>;

/** What the content of messages and Close frames can break (RFC 6455, section 8.1). */
export const CONTENT_RULES = {
  "text-utf8": {
    severity: "error",
    section: "8.1",
    closeCode: 1007,
    explanation: "A text message must be valid UTF-8.",
  },
  "close-reason-utf8": {
    severity: "error",
    section: "8.1",
    closeCode: 1007,
    explanation: "The reason in a Close frame must be valid UTF-8.",
  },
} as const satisfies Record<string, RuleBody>;

/** What permessage-deflate adds (RFC 7692): its parameters, RSV1, the compressed data. */
export const COMPRESSION_RULES = {
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
  "deflate-corrupt": {
    severity: "error",
    section: "RFC 7692 7.2.2",
    closeCode: 1007,
    explanation: "The payload of a compressed message does not inflate.",
  },
  "deflate-tail-kept": {
    severity: "warn",
    section: "RFC 7692 7.2.1",
    explanation: "The sender takes the last four bytes, 00 00 ff ff, off a compressed message.",
  },
  "deflate-beyond-window": {
    severity: "error",
    section: "RFC 7692 7.2.1",
    closeCode: 1007,
    explanation: "Compressed data must not refer back past the window that was agreed.",
  },
  "deflate-context-kept": {
    severity: "error",
    section: "RFC 7692 7.1.1",
    closeCode: 1007,
    explanation: "Without context takeover a message must not refer to an earlier one.",
  },
  "deflate-offer": {
    severity: "error",
    section: "RFC 7692 7.1",
    explanation:
      "An offer of permessage-deflate has known parameters, each once, with valid values.",
  },
  "deflate-response": {
    severity: "error",
    section: "RFC 7692 7.1",
    explanation:
      "The parameters of permessage-deflate in a response must be valid and fit the offer.",
  },
  "inflation-ratio": {
    severity: "error",
    section: "10.4",
    closeCode: 1009,
    explanation: "The message inflates to many times its size on the wire, over the limit set.",
  },
  "compression-grew": {
    severity: "info",
    section: "RFC 7692 6",
    explanation: "A message that compression makes larger can be sent without it, with RSV1 = 0.",
  },
} as const satisfies Record<string, RuleBody>;
