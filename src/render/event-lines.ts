import { hasOpened } from "../opened.ts";
import type {
  CloseEvent,
  Event,
  FindingEvent,
  FrameEvent,
  HandshakeEvent,
  ReconnectedEvent,
  ReconnectEvent,
} from "../transport/events.ts";
import { wrapWords } from "../width.ts";
import { closeLines, type CloseSides } from "./close-words.ts";
import { escapeControl } from "./escape.ts";
import { formatCount, formatDuration, formatPlural } from "./format.ts";
import { type FrameDetails, type FramePlace, frameLines, frameLook } from "./frame-line.ts";
import { handshakeLines } from "./handshake-lines.ts";
import { followMessage, type MessagePlaces, newMessagePlaces } from "./message-place.ts";
import { type Span, span, spansWidth, styleSpans } from "./span.ts";
import { Tally } from "./tally.ts";
import type { Style } from "./theme.ts";
import { violationLines } from "./violation-lines.ts";
import { formatTimestamp, type TimestampStyle } from "./timestamps.ts";

export interface EventRendererOptions extends FrameDetails {
  /** The time before each frame, with `labelConnections` before everything; true is `time`. */
  readonly timestamps?: TimestampStyle | boolean;
  /** Names the connection in each line, where several are open at a time. */
  readonly labelConnections?: boolean;
  /** What a frame's payload is about, as the channel of a message; it stands before the payload. */
  readonly label?: ((event: FrameEvent) => string | undefined) | undefined;
  /** True for frames that only tell that a side lives; they are dim and take one line. */
  readonly isHeartbeat?: ((event: FrameEvent) => boolean) | undefined;
  readonly showSecrets?: boolean;
  /** What both sides of a connection are called at its end. */
  readonly sides?: ((event: CloseEvent) => CloseSides) | undefined;
}

export type EventRenderer = (event: Event) => string[];

/** What the lines of a connection refer to; it is forgotten when the connection closes. */
interface ConnectionState {
  openedAt: bigint | undefined;
  /** A masked frame has been seen or is sure to come. */
  maskColumn: boolean;
  /** A reserved bit has been seen. */
  reservedColumn: boolean;
  readonly tally: Tally;
  readonly message: MessagePlaces;
}

/**
 * Makes the renderer of a run: events in, lines out. Frames tell what was said, so `message`,
 * `ping`, `pong` and `state` give no line.
 */
export function createEventRenderer(options: EventRendererOptions): EventRenderer {
  const lines = new EventLines(options);
  return (event) => lines.push(event);
}

class EventLines {
  readonly #options: EventRendererOptions;
  readonly #style: TimestampStyle;
  readonly #connections = new Map<string, ConnectionState>();
  /** The peer has answered our Close frame, so that it has had all that was sent before that. */
  #allArrived = false;
  #first: bigint | undefined;
  #lineBefore: bigint | undefined;

  constructor(options: EventRendererOptions) {
    const { timestamps = false } = options;
    this.#options = options;
    this.#style = typeof timestamps === "string" ? timestamps : timestamps ? "time" : "off";
  }

  push(event: Event): string[] {
    this.#first ??= event.at.ns;
    const lines = this.#lines(event);
    if (lines.length > 0) this.#lineBefore = event.at.ns;
    return lines;
  }

  #lines(event: Event): string[] {
    const { theme } = this.#options;
    switch (event.type) {
      case "handshake":
        return this.#handshake(event);
      case "frame":
        return this.#frame(event);
      case "message":
        this.#stateOf(event).tally.message(event);
        return [];
      case "close":
        this.#allArrived = event.clean && event.initiator === "local";
        return this.#close(event);
      case "error":
        return this.#talk(event, `! ${escapeControl(event.message)}`, theme.bad);
      case "note":
        return this.#talk(event, `· ${escapeControl(event.message)}`, theme.dim);
      case "finding":
        return this.#finding(event);
      case "reconnect":
        return this.#talk(event, reconnectWords(event), theme.warn);
      case "reconnected":
        return this.#talk(event, reconnectedWords(event, this.#allArrived), theme.warn);
      case "ping":
      case "pong":
      case "state":
        return [];
      default:
        return event satisfies never;
    }
  }

  #stateOf({ conn }: Event): ConnectionState {
    const state = this.#connections.get(conn) ?? newState();
    this.#connections.set(conn, state);
    return state;
  }

  /** Time and connection, before what happened. */
  #prefix({ at, conn }: Event): Span[] {
    const { theme, labelConnections } = this.#options;
    const opened = this.#connections.get(conn)?.openedAt ?? this.#first;
    const time = formatTimestamp(this.#style, at, { lineBefore: this.#lineBefore, opened });
    return [
      ...(time === "" ? [] : [span(`${time} `, theme.dim)]),
      ...(labelConnections ? [span(`#${escapeControl(conn).padEnd(2)} `)] : []),
    ];
  }

  /** Lines about the connection need a time and a name only where there are several connections. */
  #talkPrefix(event: Event): Span[] {
    return this.#options.labelConnections ? this.#prefix(event) : [];
  }

  /** A sentence; the lines after its first stand below its words. */
  #talk(event: Event, text: string, style: Style): string[] {
    const prefix = this.#talkPrefix(event);
    const before = spansWidth(prefix) + 2;
    const { columns = Number.POSITIVE_INFINITY } = this.#options;
    return wrapWords(text.slice(2), columns - before).map((line, i) =>
      i === 0
        ? styleSpans([...prefix, span(text.slice(0, 2) + line, style)])
        : " ".repeat(before) + style(line),
    );
  }

  /** What it is about stands before it, since that may have passed long ago. */
  #finding(event: FindingEvent): string[] {
    const { theme, columns = Number.POSITIVE_INFINITY } = this.#options;
    const prefix = this.#talkPrefix(event);
    const before = spansWidth(prefix);
    const about = { ...event.violation, message: `${aboutOf(event)}${event.violation.message}` };
    return violationLines(about, theme, columns - before).map(
      (line, i) => (i === 0 ? styleSpans(prefix) : " ".repeat(before)) + line,
    );
  }

  #handshake(event: HandshakeEvent): string[] {
    const { theme, columns, verbosity = 0, include = false, showSecrets = false } = this.#options;
    const state = this.#stateOf(event);
    if (hasOpened(event)) {
      state.openedAt = event.at.ns;
      state.maskColumn = true;
    } else {
      this.#connections.delete(event.conn);
    }
    const look = { theme, columns, heads: include || verbosity > 0, showSecrets };
    return handshakeLines(event, this.#talkPrefix(event), look);
  }

  #frame(event: FrameEvent): string[] {
    const { label, isHeartbeat } = this.#options;
    const { masked, rsv1, rsv2, rsv3 } = event.frame.header;
    const state = this.#stateOf(event);
    state.tally.frame(event);
    state.maskColumn ||= masked;
    state.reservedColumn ||= rsv1 || rsv2 || rsv3;
    const { maskColumn, reservedColumn } = state;
    const place: FramePlace = {
      ...followMessage(event, state.message),
      maskColumn,
      reservedColumn,
      label: label?.(event),
      faint: isHeartbeat?.(event) ?? false,
    };
    return frameLines(event, this.#prefix(event), place, frameLook(this.#options));
  }

  #close(event: CloseEvent): string[] {
    const { theme, columns = Number.POSITIVE_INFINITY, sides } = this.#options;
    const prefix = this.#talkPrefix(event);
    const before = spansWidth(prefix);
    const connection = this.#connections.get(event.conn);
    this.#connections.delete(event.conn);
    const look = { theme, columns: columns - before, sides: sides?.(event) };
    return closeLines(event, connection, look).map(
      (line, i) => (i === 0 ? styleSpans(prefix) : " ".repeat(before)) + line,
    );
  }
}

function newState(): ConnectionState {
  return {
    openedAt: undefined,
    maskColumn: false,
    reservedColumn: false,
    tally: new Tally(),
    message: newMessagePlaces(),
  };
}

/** `… reconnecting in 1.5 s, attempt 2 of 10: the connection ended without a Close frame` */
function reconnectWords({ delayMs, attempt, tries, reason }: ReconnectEvent): string {
  if (delayMs === 0)
    return `… reconnecting${reason === undefined ? "" : `, ${escapeControl(reason)}`}`;
  const of = tries === undefined ? "" : ` of ${formatCount(tries)}`;
  const because = reason === undefined ? "" : `: ${escapeControl(reason)}`;
  return `… reconnecting in ${formatDuration(delayMs)}, attempt ${formatCount(attempt)}${of}${because}`;
}

/** The gap: how long it was, what is sent late, and what nobody knows. */
function reconnectedWords({ offlineMs, queued }: ReconnectedEvent, allArrived: boolean): string {
  const late = queued === 0 ? "" : `; ${formatPlural(queued, "message")} waited and leave now`;
  const unknown = allArrived ? "" : "; what was sent last may not have arrived";
  return `… connected again after ${formatDuration(offlineMs)}${late}${unknown}`;
}

/** `frame 3 → at byte 120: ` */
function aboutOf({ part, dir, frame, offset }: FindingEvent): string {
  const arrow = dir && { out: "→", in: "←" }[dir];
  if (part !== "frame") return part === "end" ? `end of ${arrow ?? "a direction"}: ` : `${part}: `;
  // Half a header is no frame yet that would have a number.
  const number = frame === undefined ? [] : [formatCount(frame + 1)];
  const words = [
    "frame",
    ...number,
    ...(arrow ? [arrow] : []),
    "at byte",
    formatCount(offset ?? 0),
  ];
  return `${words.join(" ")}: `;
}
