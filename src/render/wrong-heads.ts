import { supersededHeaders } from "../protocol/extended-connect.ts";
import { CLIENT_HANDSHAKE_RULES } from "../protocol/handshake-rules.ts";
import type { RuleId } from "../protocol/rules.ts";
import type { HandshakeEvent } from "../transport/events.ts";

type Head = "request" | "answer";

/** Rules that a request breaks; some stand in other groups than that of the client. */
const OF_REQUEST: ReadonlySet<RuleId> = new Set([
  ...(Object.keys(CLIENT_HANDSHAKE_RULES) as RuleId[]),
  "deflate-offer",
  "connect-not-enabled",
  "connect-pseudo-headers",
]);

/** `the request is wrong`: which of the two heads of a handshake keeps it from opening. */
export function wrongHeads(event: HandshakeEvent): string {
  const errors = event.violations.filter(({ severity }) => severity === "error");
  const heads = new Set(errors.flatMap(({ rule }) => headsOf(rule, event)));
  if (heads.size > 1) return "the request and the answer are wrong";
  return `the ${heads.has("request") ? "request" : "answer"} is wrong`;
}

function headsOf(rule: RuleId, { request, response }: HandshakeEvent): readonly Head[] {
  if (OF_REQUEST.has(rule)) return ["request"];
  // The one rule that either may break.
  if (rule !== "connect-upgrade-headers") return ["answer"];
  const inRequest = supersededHeaders(request.headers).length > 0;
  const inAnswer = supersededHeaders(response.headers).length > 0;
  if (!inRequest) return ["answer"];
  return inAnswer ? ["request", "answer"] : ["request"];
}
