import { parseAnyStatusLine } from "../protocol/http2-head.ts";
import type { Violation } from "../protocol/rules.ts";
import type { HandshakeEvent } from "./events.ts";

const FIRST_REDIRECT = 300;

/** The rules that a handshake breaks: a client got no connection, but a server may refuse one. */
export function handshakeBreaches({ response, violations }: HandshakeEvent): readonly Violation[] {
  const { status = 0 } = parseAnyStatusLine(response.startLine) ?? {};
  return violations.filter(({ rule }) => rule !== "response-status" || status < FIRST_REDIRECT);
}
