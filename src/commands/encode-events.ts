import { usageError } from "../errors.ts";
import { applyMask } from "../protocol/mask.ts";
import { Opcode } from "../protocol/opcodes.ts";
import type { FrameEvent, MessageEvent } from "../transport/events.ts";
import type { ReadEvent } from "../transport/read-event-lines.ts";
import type { MaskChoice } from "./encode-flags.ts";

/** What is still to be encoded, or the very bytes of a frame. */
export type Told =
  | { readonly bytes: Uint8Array }
  | { readonly opcode: number; readonly payload: Uint8Array; readonly mask: MaskChoice };

/** So much of messages is held until it is clear that no frames tell of them. */
const MAX_HELD_BYTES = 16 * 1024 * 1024;

/**
 * The frames that events tell of.
 *
 * 1. A frame gives the bytes that it had.
 * 2. A message gives a frame of its own where its connection has no frames: a recording mostly has
 *    both, in either order, and would be doubled. So the first messages are held for a while.
 * 3. What came in was not masked, because a server sent it.
 */
export class FramesOfEvents {
  readonly #mask: MaskChoice;
  /** Connections that have frames, and those that have none. */
  readonly #framed = new Map<string, boolean>();
  #held: { readonly conn: string; readonly told: Told }[] = [];
  #heldBytes = 0;

  constructor(mask: MaskChoice) {
    this.#mask = mask;
  }

  /** @throws FramecatError (usage) where bytes are missing */
  push({ event, where }: ReadEvent): readonly Told[] {
    if (event.type === "frame") return this.#frame(event, where);
    return event.type === "message" ? this.#message(event, where) : [];
  }

  /** There are no more events: what is held is all that there is. */
  end(): readonly Told[] {
    const held = this.#held;
    for (const { conn } of held) this.#framed.set(conn, false);
    this.#held = [];
    this.#heldBytes = 0;
    return held.map(({ told }) => told);
  }

  #frame(event: FrameEvent, where: string): Told[] {
    const { frame, conn } = event;
    if (frame.payloadCut) throw usageError(`${where}: the payload of the frame is not all there`);
    if (!this.#framed.has(conn)) this.#held = this.#held.filter((one) => one.conn !== conn);
    this.#framed.set(conn, true);
    const { headerBytes, payload, header } = frame;
    const bytes = Buffer.concat([headerBytes, payload]);
    if (header.masked) applyMask(bytes, header.maskKey, headerBytes.length);
    return [{ bytes }];
  }

  #message(event: MessageEvent, where: string): readonly Told[] {
    const { conn, dir, kind, data, omitted = 0 } = event;
    const framed = this.#framed.get(conn);
    if (framed === true) return [];
    if (omitted > 0) throw usageError(`${where}: the message is not all there`);
    const mask = dir === "out" ? this.#mask : "none";
    const told: Told = { opcode: Opcode[kind], payload: data, mask };
    if (framed === false) return [told];
    this.#held.push({ conn, told });
    this.#heldBytes += data.length;
    return this.#heldBytes > MAX_HELD_BYTES ? this.end() : [];
  }
}
