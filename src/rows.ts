import type { Message } from "./protocol/assembler.ts";
import { isControl, Opcode } from "./protocol/opcodes.ts";
import type { Event, FrameEvent, MessageEvent, PingEvent, PongEvent } from "./transport/events.ts";

/** What is listed: a frame, or what a source without frames, as a HAR, has in its place. */
export type RowEvent = FrameEvent | MessageEvent | PingEvent | PongEvent;

/** An event, and its place in the list. */
export interface NumberedEvent {
  readonly event: Event;
  /** Rows are counted from 1 over the whole input, whatever is selected; 0 for all others. */
  readonly number: number;
}

/** Takes events one by one: arrays between would cost as much as the rest, where there are millions. */
export type TakeNumbered = (numbered: NumberedEvent) => void;

export function isRow(event: Event): event is RowEvent {
  const { type } = event;
  return type === "frame" || type === "message" || type === "ping" || type === "pong";
}

/** The opcode of the frame, or of the first one that such an event came in. */
export function rowOpcode(event: RowEvent): number {
  switch (event.type) {
    case "frame":
      return event.frame.header.opcode;
    case "message":
      return Opcode[event.kind];
    case "ping":
    case "pong":
      return Opcode[event.type];
    default:
      return event satisfies never;
  }
}

/** Bytes of payload: on the wire where that is known. */
export function rowLength(event: RowEvent): number {
  if (event.type === "frame") return event.frame.header.length;
  if (event.type !== "message") return event.data.length;
  return event.wireLength ?? event.data.length + (event.omitted ?? 0);
}

/**
 * What a row says: of a frame that completes a message the whole message, inflated; of other frames
 * their own payload. Undefined for a part of a compressed message, which says nothing.
 */
export function rowContent(event: RowEvent, compressed: boolean): Uint8Array | undefined {
  if (event.type !== "frame") return event.data;
  const { frame, message } = event;
  if (message && !message.cut) return message.data;
  return compressed && !isControl(frame.header.opcode) ? undefined : frame.payload;
}

/** A message, and which way it went. */
export interface PassedMessage {
  readonly event: FrameEvent | MessageEvent;
  readonly message: Message;
}

/** The message that a row completes. */
export function rowMessage(event: RowEvent): PassedMessage | undefined {
  if (event.type === "frame") return event.message && { event, message: event.message };
  if (event.type !== "message") return undefined;
  const { kind, data, omitted = 0, fragments = 1 } = event;
  const wireLength = event.wireLength ?? data.length + omitted;
  const compressed = event.wireLength !== undefined && wireLength < data.length;
  return {
    event,
    message: { kind, data, wireLength, fragments, compressed, cut: omitted > 0 },
  };
}

/** A frame that completes a message as that message; all other events as they are. */
export function asMessage(event: Event): Event {
  if (event.type !== "frame" || !event.message) return event;
  const { conn, at, dir, message } = event;
  const { kind, data, wireLength, fragments, cut } = message;
  // How much is missing of what could not be inflated is not known.
  const omitted = cut ? Math.max(1, wireLength - data.length) : undefined;
  return { type: "message", conn, at, dir, kind, data, omitted, wireLength, fragments };
}
