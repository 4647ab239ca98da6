import { exactLength } from "../protocol/exact-length.ts";
import type { FrameEvent } from "../transport/events.ts";
import { formatCount } from "./format.ts";
import { hexdump, type HexMark, hexPairs, OFFSET_COLUMNS } from "./hexdump.ts";
import type { Style, Theme } from "./theme.ts";

export interface FrameHexLook {
  readonly theme: Theme;
  /** Bytes that are shown of the payload, and of what it inflates to. */
  readonly maxPrint: number;
}

const MASK_LENGTH = 4;
/** Ten octets, the longest header without its masking key, in two groups. */
const HEADER_COLUMNS = 3 * 10 + 1;

/**
 * A frame as a hexdump, by what the bytes are, each in a color of its own:
 *
 * ```
 * header    81 85                            at byte 7
 * mask      37 fa 21 3d
 * unmasked  48 65 6c 6c 6f                                    Hello
 * ```
 *
 * The payload has the word of what has been done to it.
 */
export function frameHexLines(event: FrameEvent, look: FrameHexLook): string[] {
  const { frame, message, dir } = event;
  const { header, payload: bytes } = frame;
  const style = look.theme[dir];
  const mark = { word: header.masked ? "unmasked" : "payload", style };
  const lines = [
    ...headerRows(event, look.theme),
    ...dump({ bytes, length: exactLength(frame) }, mark, look),
  ];
  if (!message?.compressed || message.cut) return lines;
  const { data } = message;
  const inflated = { word: "inflated", style: look.theme.bold };
  return [...lines, ...dump({ bytes: data, length: data.length }, inflated, look)];
}

/** A payload of which no frame is known. */
export function payloadHexLines(
  { dir, ...payload }: Dumped & Pick<FrameEvent, "dir">,
  look: FrameHexLook,
): string[] {
  return dump(payload, { word: "payload", style: look.theme[dir] }, look);
}

interface Dumped {
  readonly bytes: Uint8Array;
  /** How long it is, where `bytes` is only its beginning. */
  readonly length: number | bigint;
}

function dump(
  { bytes, length }: Dumped,
  mark: HexMark,
  { theme, maxPrint }: FrameHexLook,
): string[] {
  const shown = bytes.subarray(0, maxPrint);
  const lines = hexdump(shown, theme, mark);
  if (shown.length === length) return lines;
  return [...lines, theme.dim(`… ${formatCount(shown.length)} of ${formatCount(length)} B`)];
}

function headerRows({ frame: { header, headerBytes } }: FrameEvent, theme: Theme): string[] {
  const keyAt = headerBytes.length - (header.masked ? MASK_LENGTH : 0);
  const octets = twoGroups(headerBytes.subarray(0, keyAt)).padEnd(HEADER_COLUMNS);
  const place = theme.dim(`at byte ${formatCount(header.offset)}`);
  const first = `${marked("header", octets, theme.frameHeader)}  ${place}`;
  if (!header.masked) return [first];
  return [first, marked("mask", hexPairs(headerBytes.subarray(keyAt)), theme.maskKey)];
}

/** With the gap that a hexdump has after eight bytes. */
function twoGroups(bytes: Uint8Array): string {
  return [bytes.subarray(0, 8), bytes.subarray(8)].map(hexPairs).join("  ").trimEnd();
}

function marked(word: string, octets: string, style: Style): string {
  return style(word.padEnd(OFFSET_COLUMNS) + octets);
}
