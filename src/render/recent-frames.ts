import type { FrameEvent } from "../transport/events.ts";
import { type FrameLook, frameLines } from "./frame-line.ts";
import { span } from "./span.ts";
import { formatTimestamp, type TimestampStyle } from "./timestamps.ts";

export interface RecentLook extends Pick<FrameLook, "theme" | "columns"> {
  readonly timestamps?: TimestampStyle;
  /** Bytes of payload that are shown of each frame. Default 16 KiB. */
  readonly maxPrint?: number;
}

const DEFAULT_MAX_PRINT = 16 * 1024;

/**
 * Everything about past frames: the line, the header's bytes, the bit layout, and the payload as a
 * hexdump; of the last frame of a compressed message that of the message, inflated.
 */
export function recentFrameLines(events: readonly FrameEvent[], look: RecentLook): string[] {
  return events.flatMap((event, i) => [
    ...(i === 0 ? [] : [""]),
    ...decodedLines(event, events[i - 1], look),
  ]);
}

function decodedLines(
  event: FrameEvent,
  before: FrameEvent | undefined,
  { theme, columns, timestamps = "time", maxPrint = DEFAULT_MAX_PRINT }: RecentLook,
): string[] {
  const { header } = event.frame;
  // When the connection opened is not known here.
  const style = timestamps === "since" ? "time" : timestamps;
  const time = formatTimestamp(style, event.at, { lineBefore: before?.at.ns, opened: undefined });
  const place = {
    kind: event.message?.kind ?? "binary",
    // A fragment that completes no message is shown as it was on the wire.
    compressed: event.message?.compressed ?? false,
    maskColumn: header.masked,
    reservedColumn: false,
    faint: false,
  };
  const shown = { headerBytes: true, diagram: true, hex: true, pretty: false };
  const prefix = time === "" ? [] : [span(`${time} `, theme.dim)];
  return frameLines(event, prefix, place, { theme, columns, maxPrint, ...shown });
}
