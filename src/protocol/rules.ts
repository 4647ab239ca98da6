import { CLOSE_RULES, PING_RULES } from "./conversation-rules.ts";
import { COMPRESSION_RULES, CONTENT_RULES, FRAMING_RULES } from "./frame-rules.ts";
import { CLIENT_HANDSHAKE_RULES, HTTP2_RULES, SERVER_HANDSHAKE_RULES } from "./handshake-rules.ts";

/**
 * The protocol rules that bytes can break, and the shape in which a breach is reported.
 *
 * Ids are stable: scripts filter on them. `section` is RFC 6455's unless another RFC is named.
 * `closeCode` is what a strict endpoint answers with, or how the end counts for it; rules of the
 * handshake and advice have none.
 */
export interface RuleBody {
  readonly severity: Severity;
  readonly section: string;
  readonly closeCode?: number;
  readonly explanation: string;
}

/** `error` breaks the RFC; `warn` goes against its advice or against safety; `info` is legal. */
export type Severity = "error" | "warn" | "info";

/** Every rule by what it is about, in the order in which a connection meets them. */
export const RULE_GROUPS = {
  "Client handshake": CLIENT_HANDSHAKE_RULES,
  "Server handshake": SERVER_HANDSHAKE_RULES,
  Framing: FRAMING_RULES,
  Content: CONTENT_RULES,
  Close: CLOSE_RULES,
  "Ping and pong": PING_RULES,
  Compression: COMPRESSION_RULES,
  "HTTP/2": HTTP2_RULES,
} as const satisfies Record<string, Readonly<Record<string, RuleBody>>>;

export const RULES = {
  ...CLIENT_HANDSHAKE_RULES,
  ...SERVER_HANDSHAKE_RULES,
  ...FRAMING_RULES,
  ...CONTENT_RULES,
  ...CLOSE_RULES,
  ...PING_RULES,
  ...COMPRESSION_RULES,
  ...HTTP2_RULES,
} as const;

export type RuleId = keyof typeof RULES;

/** One breach of one rule. */
export interface Violation {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly section: string;
  /** The close code a strict endpoint answers with; absent for handshake rules and for advice. */
  readonly closeCode?: number;
  /** The rule in a sentence, with what was found. */
  readonly message: string;
}

/** A breach of `rule`; `found` says what the bytes held, in a few words. */
export function violation(rule: RuleId, found?: string): Violation {
  const { explanation, ...facts }: RuleBody = RULES[rule];
  return { rule, ...facts, message: found ? `${explanation} Found: ${found}.` : explanation };
}
