import { isControl, Opcode } from "../protocol/opcodes.ts";
import type { Direction, FrameEvent } from "../transport/events.ts";

/** What the message of a frame is made of, which a continuation does not tell. */
export interface MessagePlace {
  readonly kind: "text" | "binary";
  /** It is compressed. */
  readonly compressed: boolean;
}

/** The message that is under way in each direction. */
export type MessagePlaces = Record<Direction, MessagePlace>;

/** Between two messages nothing is known. */
const UNKNOWN: MessagePlace = { kind: "binary", compressed: false };

export function newMessagePlaces(): MessagePlaces {
  return { in: UNKNOWN, out: UNKNOWN };
}

/** What the frame's message is made of; the frames of a connection are to come in order. */
export function followMessage(
  { frame: { header }, dir }: Pick<FrameEvent, "frame" | "dir">,
  places: MessagePlaces,
): MessagePlace {
  if (isControl(header.opcode)) return UNKNOWN;
  if (header.opcode !== Opcode.continuation) {
    const kind = header.opcode === Opcode.text ? "text" : "binary";
    places[dir] = { kind, compressed: header.rsv1 };
  }
  const place = places[dir];
  if (header.fin) places[dir] = UNKNOWN;
  return place;
}
