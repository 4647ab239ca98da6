import type { ConnectionLint, ConnectionLintOptions } from "../protocol/connection-lint.ts";
import type { Finding, Flow } from "../protocol/finding.ts";
import { LintSession } from "../protocol/lint-session.ts";
import { saysOpen } from "../opened.ts";
import { findingEvent, untold } from "../transport/event-lint.ts";
import type { Direction, Event, FindingEvent } from "../transport/events.ts";
import type { CaptureWatcher, DirectionEnd } from "./streams/decoding.ts";

/** A connection, with the moment at which it was last heard of. */
interface Judged {
  readonly lint: ConnectionLint;
  at: Event["at"];
}

const BEGINNING: Event["at"] = { epochUs: 0, ns: 0n };

/**
 * Judges the conversations of a capture while they are decoded, so that holes and ends count too. What
 * stands in the violations of events is not told again.
 */
export class CaptureLint implements CaptureWatcher {
  readonly #session: LintSession;
  readonly #emit: (event: FindingEvent) => void;
  readonly #connections = new Map<string, Judged>();

  /** @param emit takes a finding, right behind the event that shows it */
  constructor(emit: (event: FindingEvent) => void, options: ConnectionLintOptions = {}) {
    this.#session = new LintSession({ ...options, findings: "conversation" });
    this.#emit = emit;
  }

  event(event: Event): void {
    const { conn, at } = event;
    const known = this.#connections.get(conn);
    if (known) known.at = at;
    if (event.type !== "handshake" && event.type !== "frame") return;
    const judged = known ?? this.#of(conn);
    judged.at = at;
    if (event.type === "handshake") {
      const secure = event.tls !== undefined;
      this.#tell(conn, judged, untold(event, judged.lint.request(event.request, { secure })));
      this.#tell(conn, judged, untold(event, judged.lint.response(event.response)));
      // Nothing is told of its end, and there may be any number of them.
      if (!saysOpen(event)) this.connectionEnd(conn);
      return;
    }
    const { dir, frame, violations, fragment, message } = event;
    const assembled = { violations, fragment, ...(message && { message }) };
    this.#tell(conn, judged, judged.lint.frame(flowOf(dir), frame, assembled, at.ns));
  }

  bytesBeforeResponse(conn: string, count: number): void {
    const judged = this.#of(conn);
    this.#tell(conn, judged, judged.lint.bytesBeforeResponse(count));
  }

  gap(conn: string, dir: Direction): void {
    const judged = this.#of(conn);
    this.#tell(conn, judged, judged.lint.gap(flowOf(dir)));
  }

  directionEnd(
    conn: string,
    dir: Direction,
    how: DirectionEnd,
    rest: Parameters<CaptureWatcher["directionEnd"]>[3],
  ): void {
    const judged = this.#of(conn);
    this.#tell(conn, judged, judged.lint.end(flowOf(dir), how, rest));
  }

  connectionEnd(conn: string): void {
    const judged = this.#connections.get(conn);
    if (!judged) return;
    this.#tell(conn, judged, judged.lint.finish());
    this.#connections.delete(conn);
  }

  #of(conn: string): Judged {
    const judged = this.#connections.get(conn) ?? {
      lint: this.#session.connection(),
      at: BEGINNING,
    };
    this.#connections.set(conn, judged);
    return judged;
  }

  #tell(conn: string, { at }: Judged, findings: readonly Finding[]): void {
    for (const found of findings) this.#emit(findingEvent(found, { conn, at }, "out"));
  }
}

/** In a capture `out` comes from the client. */
function flowOf(dir: Direction): Flow {
  return dir === "out" ? "c2s" : "s2c";
}
