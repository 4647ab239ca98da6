import { CloseCode } from "../protocol/close-codes.ts";
import type { ConnectionLint, ConnectionLintOptions } from "../protocol/connection-lint.ts";
import type { Finding, Flow } from "../protocol/finding.ts";
import { saysOpen } from "../opened.ts";
import { LintSession } from "../protocol/lint-session.ts";
import type {
  CloseEvent,
  Direction,
  Event,
  FindingEvent,
  FrameEvent,
  HandshakeEvent,
} from "./events.ts";

const NOTHING: readonly Finding[] = [];

interface Judged {
  readonly lint: ConnectionLint;
  /** The direction of what the client sends. */
  readonly fromClient: Direction;
}

/**
 * Judges connections by the events that tell of them. Most findings come with the event that shows
 * them; what was never answered or finished is found at the `close`.
 */
export class EventLint {
  readonly #session: LintSession;
  readonly #connections = new Map<string, Judged>();

  constructor(options: ConnectionLintOptions = {}) {
    this.#session = new LintSession(options);
  }

  /** What the event shows to be wrong, as events of its moment. */
  take(event: Event): readonly FindingEvent[] {
    const { conn, at } = event;
    const { fromClient = "out" } = this.#connections.get(conn) ?? roleOf(event);
    const findings = this.#judge(event);
    return findings.map((found) => findingEvent(found, { conn, at }, fromClient));
  }

  #judge(event: Event): readonly Finding[] {
    switch (event.type) {
      case "handshake":
        return this.#opened(event);
      case "frame":
        return this.#passed(event);
      case "close":
        return this.#closed(event);
      default:
        return NOTHING;
    }
  }

  #opened(event: HandshakeEvent): readonly Finding[] {
    const { conn, url, request, response } = event;
    const judged = this.#begin(conn, roleOf(event).fromClient ?? "out");
    const secure = /^wss:/i.test(url);
    const findings = [
      ...judged.lint.request(request, { secure }),
      ...judged.lint.response(response),
    ];
    if (!saysOpen(event)) this.#connections.delete(conn);
    return untold(event, findings);
  }

  #passed({ conn, dir, frame, violations, fragment, message, at }: FrameEvent): readonly Finding[] {
    const { lint, fromClient } = this.#connections.get(conn) ?? this.#begin(conn, "out");
    const assembled = { violations, fragment, ...(message && { message }) };
    return lint.frame(dir === fromClient ? "c2s" : "s2c", frame, assembled, at.ns);
  }

  #closed({ conn, code, clean }: CloseEvent): readonly Finding[] {
    const { lint } = this.#connections.get(conn) ?? {};
    this.#connections.delete(conn);
    if (!lint) return NOTHING;
    const how = clean ? "fin" : code === CloseCode.abnormal ? "reset" : "cut";
    // Events do not tell who ended TCP first. A server should, so nothing is wrong about that here.
    return [...lint.end("s2c", how), ...lint.end("c2s", how), ...lint.finish()];
  }

  #begin(conn: string, fromClient: Direction): Judged {
    const judged = { lint: this.#session.connection(), fromClient };
    this.#connections.set(conn, judged);
    return judged;
  }
}

/** The findings that do not stand in the violations of the handshake. */
export function untold(
  { violations }: HandshakeEvent,
  findings: readonly Finding[],
): readonly Finding[] {
  const told = new Set(violations.map(({ rule }) => rule));
  return findings.filter(({ rule }) => !told.has(rule));
}

/** Which direction is the client's, as far as the event alone tells. */
function roleOf(event: Event): { readonly fromClient?: Direction } {
  return event.type === "handshake" ? { fromClient: event.role === "client" ? "out" : "in" } : {};
}

/** A finding as an event. @param fromClient the direction of what the client sends */
export function findingEvent(
  { place, ...violation }: Finding,
  { conn, at }: Pick<Event, "conn" | "at">,
  fromClient: Direction,
): FindingEvent {
  const fromServer = fromClient === "out" ? "in" : "out";
  const dirOf = (flow: Flow): Direction => (flow === "c2s" ? fromClient : fromServer);
  const common = { type: "finding", conn, at, violation } as const;
  switch (place.part) {
    case "frame":
      return {
        ...common,
        part: "frame",
        dir: dirOf(place.flow),
        frame: place.frame,
        offset: place.offset,
      };
    case "end":
      return { ...common, part: "end", dir: dirOf(place.flow) };
    default:
      return { ...common, part: place.part };
  }
}
