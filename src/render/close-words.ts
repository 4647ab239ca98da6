import { elapsedMs } from "../clock.ts";
import { CloseCode, describeCloseCode, PEACEFUL_CODES } from "../protocol/close-codes.ts";
import type { CloseEvent } from "../transport/events.ts";
import { wrapWords } from "../width.ts";
import { escapeControl } from "./escape.ts";
import { formatBytes, formatCount, formatDuration } from "./format.ts";
import { itemLines } from "./item-lines.ts";
import { type Span, span } from "./span.ts";
import type { Deflated, Passed, Tally } from "./tally.ts";
import { plain, type Style, type Theme } from "./theme.ts";

/** What is known of the connection that has ended. */
export interface ClosedConnection {
  /** Monotonic nanoseconds. */
  readonly openedAt: bigint | undefined;
  /** Absent where not all that passed is known. */
  readonly tally?: Tally | undefined;
}

export interface CloseLook {
  readonly theme: Theme;
  readonly columns: number;
  /** What both sides are called; default: who has one of them at hand, as `connect`. */
  readonly sides?: CloseSides | undefined;
}

/** Who closed, and what became of the messages of each side. */
export interface CloseSides {
  readonly local: string;
  readonly peer: string;
  readonly sent: string;
  readonly received: string;
}

const OURS: CloseSides = { local: "us", peer: "the peer", sent: "sent", received: "received" };

/** In a capture nobody is on either side. */
export const CAPTURED_SIDES: CloseSides = {
  local: "the client",
  peer: "the server",
  sent: "from the client",
  received: "from the server",
};

/** As far to the right as what is told of an open connection. */
const INDENT = 9;

/**
 * How a connection ended: who began, with what code, whether that was clean; what the code means
 * where that is no everyday one; what has passed.
 */
export function closeLines(
  event: CloseEvent,
  connection: ClosedConnection | undefined,
  look: CloseLook,
): string[] {
  const { sides = OURS } = look;
  const tally = connection?.tally;
  const style = closeStyle(event, look.theme);
  const words = `○ closed by ${sides[event.initiator]}${howWords(event)}${afterWords(event, connection)}`;
  const [first = ""] = wrapWords(words, look.columns);
  const rest = words.slice(first.length).trimStart();
  const columns = look.columns - INDENT;
  const below = [
    ...(rest === "" ? [] : wrapWords(rest, columns).map(style)),
    ...wrapWords(meaning(event), columns).map(look.theme.dim),
    ...(tally ? itemLines(passedSpans(tally, sides), look.theme, columns) : []),
  ];
  return [
    style(first),
    ...below.filter((line) => line !== "").map((line) => " ".repeat(INDENT) + line),
  ];
}

/** What we close with was meant, whatever the code. */
function closeStyle({ code, initiator }: CloseEvent, theme: Theme): Style {
  if (code === CloseCode.abnormal) return theme.bad;
  return initiator === "local" || PEACEFUL_CODES.has(code) ? plain : theme.bad;
}

/** `: 1001 Going Away "bye", clean in 1.2 ms` */
function howWords({ code, reason, clean, durationMs }: CloseEvent): string {
  if (code === CloseCode.abnormal) return " without a Close frame (1006)";
  const quoted = reason === "" ? "" : ` "${escapeControl(reason)}"`;
  const name = code === CloseCode.noStatus ? "no code" : `${code} ${describeCloseCode(code).name}`;
  const took = durationMs === undefined ? "" : ` in ${formatDuration(durationMs)}`;
  return `: ${name}${quoted}, ${clean ? "clean" : "not clean"}${took}`;
}

function afterWords({ at }: CloseEvent, connection: ClosedConnection | undefined): string {
  const openedAt = connection?.openedAt;
  return openedAt === undefined ? "" : `, after ${formatDuration(elapsedMs(openedAt, at.ns))}`;
}

/** The code in a sentence; the first line has said already what 1006 is. */
function meaning({ code }: CloseEvent): string {
  if (PEACEFUL_CODES.has(code) || code === CloseCode.abnormal) return "";
  return `${code}: ${describeCloseCode(code).meaning}`;
}

/** `1 sent, 5 B · 2 received, 219 B · deflate 812 B → 214 B, 26 %` */
function passedSpans({ sent, received, deflated }: Tally, sides: CloseSides): Span[] {
  const both = [span(passedWords(sent, sides.sent)), span(passedWords(received, sides.received))];
  return deflated ? [...both, span(`deflate ${deflatedWords(deflated)}`)] : both;
}

function passedWords({ messages, bytes }: Passed, did: string): string {
  return `${formatCount(messages)} ${did}${messages === 0 ? "" : `, ${formatBytes(bytes)}`}`;
}

/** Sizes inflated and on the wire, and how much of the one the other is. */
function deflatedWords({ inflated, wire }: Deflated): string {
  const share = inflated === 0 ? "" : `, ${Math.round((100 * wire) / inflated)} %`;
  return `${formatBytes(inflated)} → ${formatBytes(wire)}${share}`;
}
