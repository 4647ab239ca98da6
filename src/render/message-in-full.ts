import type { RowEvent } from "../rows.ts";
import type { FrameEvent } from "../transport/events.ts";
import { showDecoded } from "./decoded-lines.ts";
import type { FrameLook } from "./frame-line.ts";
import { payloadHexLines } from "./frame-hex.ts";
import {
  hexdumpIndent,
  type PayloadSpace,
  showControlPayload,
  showPayload,
  type ShownPayload,
} from "./payload-lines.ts";
import { span } from "./span.ts";

/** A message, ping or pong of which no frames are known, as in a HAR: what frames show, but a header. */
export function messageInFull(
  event: Exclude<RowEvent, FrameEvent>,
  look: FrameLook,
  space: PayloadSpace,
): ShownPayload[] {
  const shown = shownData(event, look, space);
  const { decoder, hex } = look;
  if (event.type !== "message" || event.omitted !== undefined) return [shown];
  const decoded = decoder?.decode(event.data, event.kind);
  if (!decoded) return [shown];
  if (decoded.values.length > 0 && !hex) return [showDecoded(decoded, space)];
  return [shown, showDecoded(decoded, { ...space, room: 0 })];
}

function shownData(
  event: Exclude<RowEvent, FrameEvent>,
  { hex }: FrameLook,
  space: PayloadSpace,
): ShownPayload {
  const { data: bytes, dir } = event;
  const omitted = event.type === "message" ? (event.omitted ?? 0) : 0;
  const payload = { bytes, length: bytes.length + omitted };
  if (hex) {
    const below = payloadHexLines({ ...payload, dir }, space);
    return { inline: [], below, indent: hexdumpIndent(space) };
  }
  if (event.type === "message") return showPayload({ ...payload, kind: event.kind }, space);
  const text = showControlPayload(bytes);
  if (text.length > space.room) return showPayload({ ...payload, kind: "binary" }, space);
  return { inline: [span(text)], below: [], indent: space.indent };
}
