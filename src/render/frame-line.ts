import type { Decoded, Decoder } from "../decode/decoded.ts";
import { describeCloseCode, parseClosePayload } from "../protocol/close-codes.ts";
import { exactLength } from "../protocol/exact-length.ts";
import type { Frame, FrameHeader } from "../protocol/frame.ts";
import { formatMaskKey } from "../protocol/mask.ts";
import { describeOpcode, isControl, Opcode } from "../protocol/opcodes.ts";
import type { FrameEvent } from "../transport/events.ts";
import { displayWidth, truncate, wrapWords } from "../width.ts";
import { showDecoded } from "./decoded-lines.ts";
import { DIAGRAM_COLUMNS, frameDiagram } from "./diagram.ts";
import { escapeBytes, escapeControl } from "./escape.ts";
import { formatCount, formatDuration } from "./format.ts";
import { frameHexLines } from "./frame-hex.ts";
import { hexPairs } from "./hexdump.ts";
import {
  hexdumpIndent,
  type Payload,
  type PayloadSpace,
  showControlPayload,
  showJsonBelow,
  showPayload,
  type ShownPayload,
} from "./payload-lines.ts";
import type { MessagePlace } from "./message-place.ts";
import { renderSpans, type Span, span, spansWidth } from "./span.ts";
import type { Theme } from "./theme.ts";
import { violationLines } from "./violation-lines.ts";

export interface FrameLook {
  readonly theme: Theme;
  /** Columns of the screen; absent: text is not wrapped. */
  readonly columns: number | undefined;
  /** Bytes of payload that are shown. */
  readonly maxPrint: number;
  /** Adds the bytes of the header in hex. */
  readonly headerBytes: boolean;
  /** Adds the bit layout. */
  readonly diagram: boolean;
  /** Shows every frame as a hexdump, text and control frames too. */
  readonly hex: boolean;
  /** Indents and colors text that is JSON. */
  readonly pretty: boolean;
  /** Shows what a message says in place of its bytes. */
  readonly decoder?: Decoder | undefined;
}

/** How much of each frame is shown, as it is asked for. */
export interface FrameDetails {
  readonly theme: Theme;
  /** Columns of the screen; absent, as in a log file: nothing is wrapped, or cut but by `maxPrint`. */
  readonly columns?: number | undefined;
  /** Bytes of payload that are shown of each frame. Default 1024. */
  readonly maxPrint?: number;
  /** 1 adds the bytes of each header and the heads of the handshake, 2 the bit layout. */
  readonly verbosity?: number;
  /** Shows the heads of the handshake, whatever the verbosity. */
  readonly include?: boolean;
  /** Draws the bit layout, whatever the verbosity. */
  readonly diagram?: boolean;
  /** Shows every payload as a hexdump. */
  readonly hex?: boolean;
  /** Indents and colors text that is JSON. */
  readonly pretty?: boolean;
  /** Shows what a message says, below the frame that completes it. */
  readonly decoder?: Decoder | undefined;
}

/** Bytes of payload that are shown where nothing else is asked for. */
export const DEFAULT_MAX_PRINT = 1024;

export function frameLook({
  theme,
  columns,
  maxPrint = DEFAULT_MAX_PRINT,
  verbosity = 0,
  diagram = false,
  hex = false,
  pretty = false,
  decoder,
}: FrameDetails): FrameLook {
  const headerBytes = verbosity > 0;
  return {
    theme,
    columns,
    maxPrint,
    headerBytes,
    diagram: diagram || verbosity > 1,
    hex,
    pretty,
    decoder,
  };
}

/** What the frames before say about this one. */
export interface FramePlace extends MessagePlace {
  /** Masking keys have a column: one of the directions is masked. */
  readonly maskColumn: boolean;
  /** Reserved bits have a column: some have been seen. */
  readonly reservedColumn: boolean;
  /** What the payload is about, in a word or two. */
  readonly label?: string | undefined;
  /** A frame that repeats: dim, and on one line. */
  readonly faint: boolean;
}

const FIN_COLUMNS = "FIN".length;
const RESERVED_COLUMNS = " RSV1".length;
const MASK_COLUMNS = "  mask 00000000".length;
const OPCODE_COLUMNS = "binary".length;
const LENGTH_COLUMNS = "9,999 B".length;
/** A figure at the right edge of a very wide screen would be far from its line. */
const RIGHT_EDGE = 80;
const DEFAULT_COLUMNS = 80;
/** Kept free for a time such as `2 min 05 s`. */
const ANSWER_COLUMNS = 12;

/** `→ text     5 B  FIN  mask 37fa213d  hello`, and below it what does not fit there. */
export function frameLines(
  event: FrameEvent,
  prefix: readonly Span[],
  place: FramePlace,
  look: FrameLook,
): string[] {
  if (place.faint && event.violations.length === 0) return [faintLine(event, prefix, place, look)];
  const { theme, columns = DEFAULT_COLUMNS } = look;
  const head = [...prefix, ...headSpans(event, place, theme)];
  const indent = spansWidth(prefix) + 2;
  const answer = event.rttMs === undefined ? "" : formatDuration(event.rttMs);
  const room = (look.columns ?? Number.POSITIVE_INFINITY) - spansWidth(head);
  const left = room - (answer === "" ? 0 : ANSWER_COLUMNS);
  const { maxPrint, pretty } = look;
  const space = { theme, columns, indent, maxPrint, pretty, room: left };
  const payload = messageBody(event, place, look, space);
  const line = [...head, ...payload.flatMap(({ inline }) => inline)];
  line.push(...rightEdge(answer, spansWidth(line), look));
  return [
    renderSpans(line),
    ...detailLines(event, indent, look),
    ...payload.flatMap(({ below, indent: own }) => indented(below, own)),
  ];
}

/** What repeats takes one line whatever it holds, and none of the colors. */
function faintLine(
  event: FrameEvent,
  prefix: readonly Span[],
  place: FramePlace,
  { theme, columns = DEFAULT_COLUMNS }: FrameLook,
): string {
  const head = [...prefix, ...headSpans(event, place, theme)];
  const answer = event.rttMs === undefined ? "" : formatDuration(event.rttMs);
  const room = columns - spansWidth(head) - ANSWER_COLUMNS;
  const bytes = dataPayload(event, place)?.bytes ?? new Uint8Array(0);
  // More than the room holds, whatever is encoded, so that a cut is told.
  const payload = controlText(event.frame) ?? escapeBytes(bytes.subarray(0, 4 * (room + 1)));
  const line = [...head, span(truncate(payload, room))];
  line.push(...rightEdge(answer, spansWidth(line), { theme, columns }));
  return theme.dim(renderSpans(line.map(({ text }) => span(text))));
}

/** Whether anything stands below the line of a frame. */
export function hasDetails({ violations: found }: FrameEvent, look: FrameLook): boolean {
  return found.length > 0 || look.headerBytes || look.diagram;
}

/** What stands below the line of a frame: the rules that it breaks, and what the look asks for. */
export function detailLines(event: FrameEvent, indent: number, look: FrameLook): string[] {
  const { theme, columns = DEFAULT_COLUMNS } = look;
  return [
    ...indented(violations(event, theme, columns - indent), indent),
    ...indented(headerLines(event.frame, look), indent),
    ...diagramLines(event.frame, indent, columns, look),
  ];
}

export function indented(lines: readonly string[], columns: number): string[] {
  return lines.map((line) => " ".repeat(columns) + line);
}

function violations({ violations: found }: FrameEvent, theme: Theme, columns: number): string[] {
  return found.flatMap((violation) => violationLines(violation, theme, columns));
}

function headerLines({ headerBytes, header }: Frame, look: FrameLook): string[] {
  // A hexdump has them already.
  if (!look.headerBytes || look.hex) return [];
  return [look.theme.dim(`header ${hexPairs(headerBytes)} at byte ${formatCount(header.offset)}`)];
}

/** Below the opcode, or as far to the left as the screen asks for. */
function diagramLines(frame: Frame, indent: number, columns: number, look: FrameLook): string[] {
  if (!look.diagram) return [];
  const left = Math.max(0, Math.min(indent, columns - DIAGRAM_COLUMNS));
  return indented(frameDiagram(frame, look.theme), left);
}

function headSpans(event: FrameEvent, place: FramePlace, theme: Theme): Span[] {
  const { header } = event.frame;
  const direction = event.dir === "out" ? theme.out : theme.in;
  const length = `${formatCount(exactLength(event.frame))} B`;
  return [
    span(
      `${event.dir === "out" ? "→" : "←"} ${opcodeLabel(header.opcode).padEnd(OPCODE_COLUMNS)}`,
      direction,
    ),
    span(` ${length.padStart(LENGTH_COLUMNS)}  `),
    span((header.fin ? "FIN" : "").padEnd(FIN_COLUMNS), theme.dim),
    span(reservedBits(header).padEnd(place.reservedColumn ? RESERVED_COLUMNS : 0)),
    ...maskAndNotes(event, place, theme),
    span("  "),
    ...(place.label === undefined
      ? []
      : [span(escapeControl(place.label), theme.bold), span("  ")]),
  ];
}

export function reservedBits({ rsv1, rsv2, rsv3 }: FrameHeader): string {
  return [rsv1 && " RSV1", rsv2 && " RSV2", rsv3 && " RSV3"]
    .filter((bit) => bit !== false)
    .join("");
}

/** The masking key, then what is not as usual; without a key that stands in its column. */
function maskAndNotes(event: FrameEvent, place: FramePlace, theme: Theme): Span[] {
  const { masked, maskKey } = event.frame.header;
  const notes = frameNotes(event, place)
    .map((note) => `  ${note}`)
    .join("");
  const columns = place.maskColumn ? MASK_COLUMNS : 0;
  if (!masked) return [span(notes.padEnd(columns))];
  return [span(`  mask ${formatMaskKey(maskKey)}`.padEnd(columns), theme.dim), span(notes)];
}

/** A continuation's name is too long for a column, and a reserved opcode has none. */
export function opcodeLabel(opcode: number): string {
  if (opcode === Opcode.continuation) return "cont.";
  const { reserved, name } = describeOpcode(opcode);
  return reserved ? `0x${opcode.toString(16)}` : name;
}

/** What is not as usual: compression, fragments. */
function frameNotes(
  { frame: { header }, fragment, message }: FrameEvent,
  place: FramePlace,
): string[] {
  const notes: string[] = [];
  if (message?.compressed && !message.cut) {
    const { data, wireLength } = message;
    notes.push(`deflate ${formatCount(data.length)}→${formatCount(wireLength)} B`);
  } else if (place.compressed && !header.rsv1) {
    notes.push("compressed");
  }
  if (fragment > 1 || (fragment === 1 && !header.fin)) notes.push(`fragment ${fragment}`);
  return notes;
}

/** What the frame's message says, where it is decoded; its bytes too where nothing else tells of them. */
export function messageBody(
  event: FrameEvent,
  place: MessagePlace,
  look: FrameLook,
  space: PayloadSpace,
): ShownPayload[] {
  const decoded = decodeMessage(event, look);
  if (!decoded) return [shownPayload(event, place, look, space), ...joinedJson(event, look, space)];
  if (decoded.values.length > 0 && !look.hex) return [showDecoded(decoded, space)];
  const bytes = shownPayload(event, place, look, space);
  return [bytes, showDecoded(decoded, { ...space, room: 0 })];
}

/** The whole of a message that came in fragments, each of which is no JSON by itself. */
function joinedJson(
  { message, fragment }: FrameEvent,
  { pretty, hex }: FrameLook,
  space: PayloadSpace,
): ShownPayload[] {
  // What was compressed is shown whole as it is.
  if (!pretty || hex || fragment < 2 || !message || message.cut || message.compressed) return [];
  if (message.kind !== "text") return [];
  const { data: bytes, kind } = message;
  const json = showJsonBelow({ bytes, length: bytes.length, kind }, space);
  return json ? [json] : [];
}

function decodeMessage({ message }: FrameEvent, { decoder }: FrameLook): Decoded | undefined {
  return message && !message.cut ? decoder?.decode(message.data, message.kind) : undefined;
}

function shownPayload(
  event: FrameEvent,
  place: MessagePlace,
  { hex }: Pick<FrameLook, "hex">,
  space: PayloadSpace,
): ShownPayload {
  const isClose = event.frame.header.opcode === Opcode.close;
  const control = isClose || !hex ? controlText(event.frame) : undefined;
  const { indent, columns, room } = space;
  const inline = control === undefined || displayWidth(control) > room ? [] : [span(control)];
  if (hex) return { inline, below: frameHexLines(event, space), indent: hexdumpIndent(space) };
  if (control === undefined) return shownBytes(event, place, space);
  if (inline.length > 0) return { inline, below: [], indent };
  // Some 125 bytes in hex are wider than most screens; as a hexdump they are readable.
  if (!isClose) return shownBytes(event, place, space);
  return { inline: [], below: wrapWords(control, columns - indent), indent };
}

function shownBytes(event: FrameEvent, place: MessagePlace, space: PayloadSpace): ShownPayload {
  const payload = dataPayload(event, place);
  return payload ? showPayload(payload, space) : { inline: [], below: [], indent: space.indent };
}

/** The payload of a whole control frame in words. */
export function controlText({ header, payload, payloadCut }: Frame): string | undefined {
  if (!isControl(header.opcode) || payloadCut) return undefined;
  return header.opcode === Opcode.close ? closeText(payload) : showControlPayload(payload);
}

/** The bytes to show: of a compressed message those that its last frame completes. */
export function dataPayload(
  { frame, message }: FrameEvent,
  place: MessagePlace,
): Payload | undefined {
  const { payload: bytes, header } = frame;
  const length = exactLength(frame);
  if (message?.compressed && !message.cut) {
    return { bytes: message.data, length: message.data.length, kind: message.kind };
  }
  if (isControl(header.opcode)) return { bytes, length, kind: "binary" };
  if (!place.compressed) return { bytes, length, kind: place.kind };
  // Part of a compressed message tells nothing; one that does not inflate is bytes.
  return message ? { bytes, length, kind: "binary" } : undefined;
}

/** `1001 Going Away "bye"` */
function closeText(payload: Uint8Array): string {
  if (payload.length === 0) return "no code";
  if (payload.length === 1) return showControlPayload(payload);
  const { code } = parseClosePayload(payload);
  const reason = payload.length > 2 ? ` "${escapeBytes(payload.subarray(2))}"` : "";
  return `${code} ${describeCloseCode(code).name}${reason}`;
}

/** The time an answer took, dim, at the right edge where there is one. */
function rightEdge(
  answer: string,
  used: number,
  { theme, columns }: Pick<FrameLook, "theme" | "columns">,
): Span[] {
  if (answer === "") return [];
  const edge = Math.min(columns ?? 0, RIGHT_EDGE);
  return [span(" ".repeat(Math.max(2, edge - used - answer.length))), span(answer, theme.dim)];
}
