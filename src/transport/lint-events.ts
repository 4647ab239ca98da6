import type { ConnectionLintOptions } from "../protocol/connection-lint.ts";
import { CLIENT_HANDSHAKE_RULES } from "../protocol/handshake-rules.ts";
import { EventLint } from "./event-lint.ts";
import type { Event, FindingEvent } from "./events.ts";
import { handshakeBreaches } from "./handshake-breaches.ts";

/**
 * Judges connections by every rule (`RULES`), from the events that tell of them: those that
 * `readEvents` reads, or a live connection gives. All that is broken comes as a finding, in the order
 * in which it shows; what was never answered or finished shows at the `close`.
 *
 * A capture tells more than its events do, as who ended TCP and where bytes are missing:
 * `readCaptureEvents` judges it itself where `lint` is set. Findings among the events are no
 * matter here: all is judged anew.
 */
export async function* lintEvents(
  events: Iterable<Event> | AsyncIterable<Event>,
  { limits }: Pick<ConnectionLintOptions, "limits"> = {},
): AsyncGenerator<FindingEvent> {
  const lint = new EventLint({ ...(limits && { limits }) });
  for await (const event of events) {
    yield* handshakeFindings(event);
    yield* lint.take(withoutFrames(event));
  }
}

/** What a handshake tells of itself the lint does not say again. */
function handshakeFindings(event: Event): FindingEvent[] {
  if (event.type !== "handshake") return [];
  const { conn, at } = event;
  return handshakeBreaches(event).map((violation) => {
    const part = violation.rule in CLIENT_HANDSHAKE_RULES ? "request" : "response";
    return { type: "finding", conn, at, part, violation };
  });
}

/** What the frame itself breaks stands in the frame, too. */
function withoutFrames(event: Event): Event {
  if (event.type !== "frame") return event;
  const known = new Set(event.frame.violations);
  return { ...event, violations: event.violations.filter((one) => !known.has(one)) };
}
