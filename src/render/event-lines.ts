import { elapsedMs } from "../clock.ts";
import { CloseCode, describeCloseCode, PEACEFUL_CODES } from "../protocol/close-codes.ts";
import { isControl, Opcode } from "../protocol/opcodes.ts";
import type { CloseEvent, Event, FrameEvent, HandshakeEvent } from "../transport/events.ts";
import { escapeControl } from "./escape.ts";
import { formatCount, formatDuration, formatTime } from "./format.ts";
import { type FramePlace, frameLines, type FrameLook } from "./frame-line.ts";
import { handshakeLines, isOpen } from "./handshake-lines.ts";
import { renderSpans, type Span, span } from "./span.ts";
import type { Theme } from "./theme.ts";

export interface EventRendererOptions {
  readonly theme: Theme;
  /** Columns of the screen; absent, as in a log file: text is not wrapped. */
  readonly columns?: number | undefined;
  /** Puts the local time before each frame; with `labelConnections` before everything. */
  readonly timestamps?: boolean;
  /** Bytes of payload that are shown of each frame. Default 1024. */
  readonly maxPrint?: number;
  /** 1 adds the bytes of each header and the heads of the handshake, 2 the bit layout. */
  readonly verbosity?: number;
  /** Draws the bit layout, whatever the verbosity. */
  readonly diagram?: boolean;
  /** Shows every payload as a hexdump. */
  readonly hex?: boolean;
  /** Names the connection in each line, where several are open at a time. */
  readonly labelConnections?: boolean;
  readonly showSecrets?: boolean;
}

export type EventRenderer = (event: Event) => string[];

const DEFAULT_MAX_PRINT = 1024;

/** What the lines of a connection refer to; it is forgotten when the connection closes. */
interface ConnectionState {
  openedAt: bigint | undefined;
  /** A masked frame has been seen or is sure to come. */
  maskColumn: boolean;
  /** Messages by what told of them: whoever watches the wire tells a message twice. */
  readonly byFrames: Record<"in" | "out", number>;
  readonly byMessages: Record<"in" | "out", number>;
  readonly message: Record<"in" | "out", Pick<FramePlace, "kind" | "compressed">>;
}

/**
 * Makes the renderer of a run: events in, lines out. Frames tell what was said, so `message`,
 * `ping`, `pong` and `state` give no line.
 */
export function createEventRenderer(options: EventRendererOptions): EventRenderer {
  const connections = new Map<string, ConnectionState>();
  const stateOf = (conn: string): ConnectionState => {
    const state = connections.get(conn) ?? newState();
    connections.set(conn, state);
    return state;
  };
  return (event) => {
    switch (event.type) {
      case "handshake":
        return opened(event, stateOf(event.conn), () => connections.delete(event.conn), options);
      case "frame":
        return framePassed(event, stateOf(event.conn), options);
      case "message":
        stateOf(event.conn).byMessages[event.dir] += 1;
        return [];
      case "close": {
        const lines = closed(event, connections.get(event.conn), options);
        connections.delete(event.conn);
        return lines;
      }
      case "error":
        return [talk(event, span(`! ${escapeControl(event.message)}`, options.theme.bad), options)];
      case "note":
        return [talk(event, span(`· ${escapeControl(event.message)}`, options.theme.dim), options)];
      case "reconnect": {
        const text = `… reconnecting in ${formatDuration(event.delayMs)}, attempt ${formatCount(event.attempt)}`;
        return [talk(event, span(text, options.theme.warn), options)];
      }
      case "ping":
      case "pong":
      case "state":
        return [];
      default:
        return event satisfies never;
    }
  };
}

const UNKNOWN = { kind: "binary", compressed: false } as const;

function newState(): ConnectionState {
  return {
    openedAt: undefined,
    maskColumn: false,
    byFrames: { in: 0, out: 0 },
    byMessages: { in: 0, out: 0 },
    message: { in: UNKNOWN, out: UNKNOWN },
  };
}

/** Time and connection, before what happened. */
function prefixOf({ at, conn }: Event, options: EventRendererOptions): Span[] {
  const { theme, timestamps, labelConnections } = options;
  return [
    ...(timestamps ? [span(`${formatTime(at.epochUs)} `, theme.dim)] : []),
    ...(labelConnections ? [span(`#${escapeControl(conn).padEnd(2)} `)] : []),
  ];
}

/** Lines about the connection need a time and a name only where there are several connections. */
function talkPrefix(event: Event, options: EventRendererOptions): Span[] {
  return options.labelConnections ? prefixOf(event, options) : [];
}

function talk(event: Event, what: Span, options: EventRendererOptions): string {
  return renderSpans([...talkPrefix(event, options), what]);
}

function opened(
  event: HandshakeEvent,
  state: ConnectionState,
  forget: () => void,
  options: EventRendererOptions,
): string[] {
  const { theme, columns, verbosity = 0, showSecrets = false } = options;
  if (isOpen(event)) {
    state.openedAt = event.at.ns;
    state.maskColumn = true;
  } else {
    forget();
  }
  const look = { theme, columns, heads: verbosity > 0, showSecrets };
  return handshakeLines(event, talkPrefix(event, options), look);
}

function framePassed(
  event: FrameEvent,
  state: ConnectionState,
  options: EventRendererOptions,
): string[] {
  const { theme, columns, maxPrint = DEFAULT_MAX_PRINT, verbosity = 0 } = options;
  if (event.message) state.byFrames[event.dir] += 1;
  state.maskColumn ||= event.frame.header.masked;
  const place = { ...messagePlace(event, state), maskColumn: state.maskColumn };
  const look: FrameLook = {
    theme,
    columns,
    maxPrint,
    headerBytes: verbosity > 0,
    diagram: options.diagram === true || verbosity > 1,
    hex: options.hex === true,
  };
  return frameLines(event, prefixOf(event, options), place, look);
}

/** What the frame's message is made of; between two messages nothing is known. */
function messagePlace({ frame: { header }, dir }: FrameEvent, state: ConnectionState) {
  if (isControl(header.opcode)) return UNKNOWN;
  if (header.opcode !== Opcode.continuation) {
    const kind = header.opcode === Opcode.text ? "text" : "binary";
    state.message[dir] = { kind, compressed: header.rsv1 };
  }
  const place = state.message[dir];
  if (header.fin) state.message[dir] = UNKNOWN;
  return place;
}

/** `○ closed by the peer: 1001 Going Away, clean, after 21 s; 1 sent, 2 received` */
function closed(
  event: CloseEvent,
  state: ConnectionState | undefined,
  options: EventRendererOptions,
): string[] {
  const { theme } = options;
  const who = event.initiator === "peer" ? "by the peer" : "by us";
  const [style, how] = howClosed(event, theme);
  return [
    renderSpans([
      ...talkPrefix(event, options),
      span("○", style),
      span(` closed ${who}`),
      span(how, style),
      span(state ? history(state, event) : ""),
    ]),
  ];
}

function howClosed(event: CloseEvent, theme: Theme): [Span["style"], string] {
  const { code, reason, clean, initiator } = event;
  if (code === CloseCode.abnormal) return [theme.bad, " without a Close frame (1006)"];
  // What we close with was meant, whatever the code.
  const expected = initiator === "local" || PEACEFUL_CODES.has(code);
  const quoted = reason === "" ? "" : ` "${escapeControl(reason)}"`;
  const name = code === CloseCode.noStatus ? "no code" : `${code} ${describeCloseCode(code).name}`;
  const how = `: ${name}${quoted}, ${clean ? "clean" : "not clean"}`;
  return [expected ? (text) => text : theme.bad, how];
}

/** `, after 21 s; 1 sent, 2 received`, counted in messages. */
function history({ openedAt, byFrames, byMessages }: ConnectionState, { at }: CloseEvent): string {
  const after =
    openedAt === undefined ? "" : `, after ${formatDuration(elapsedMs(openedAt, at.ns))}`;
  const sent = formatCount(Math.max(byFrames.out, byMessages.out));
  const received = formatCount(Math.max(byFrames.in, byMessages.in));
  return `${after}; ${sent} sent, ${received} received`;
}
