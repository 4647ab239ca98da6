import type { Clock } from "../../clock.ts";
import { MessageAssembler } from "../../protocol/assembler.ts";
import type { DeflateParams } from "../../protocol/deflate.ts";
import { FrameParser } from "../../protocol/parser.ts";
import type { Direction, EventListener, FrameEvent } from "../events.ts";
import { WireTap } from "../wire-tap.ts";

export interface RelayWatchOptions {
  readonly conn: string;
  readonly deflate: DeflateParams | undefined;
  readonly clock: Clock;
  readonly onEvent: EventListener;
}

/** Tells the frames and messages of a relayed connection: as they come, and what the relay makes. */
export class RelayWatch {
  readonly #options: RelayWatchOptions;
  readonly #tap: WireTap;
  #frames: FrameEvent[] = [];
  readonly #position = { in: 0, out: 0 };

  constructor(options: RelayWatchOptions) {
    const { deflate, clock } = options;
    this.#options = options;
    const emit = (frame: Omit<FrameEvent, "conn" | "at">): void => {
      this.#frames.push(this.#tell(frame));
    };
    this.#tap = new WireTap({ role: "client", deflate, clock, emit });
  }

  /** Bytes have come. @returns the frames that they complete, which have been told */
  push(dir: Direction, bytes: Uint8Array): readonly FrameEvent[] {
    this.#tap.push(dir, bytes);
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  /** The relay has sent a whole frame of its own. */
  made(dir: Direction, bytes: Uint8Array): void {
    const sender = dir === "out" ? "client" : "server";
    const parser = new FrameParser({ sender, position: this.#position[dir] });
    const assembler = new MessageAssembler();
    this.#position[dir] += bytes.length;
    for (const frame of parser.push(bytes)) {
      const { violations, ...assembled } = assembler.push(frame);
      const all = [...frame.violations, ...violations];
      this.#tell({ type: "frame", dir, frame, ...assembled, violations: all });
    }
  }

  #tell(frame: Omit<FrameEvent, "conn" | "at">): FrameEvent {
    const { conn, clock, onEvent } = this.#options;
    const event = { ...frame, conn, at: clock.now() };
    onEvent(event);
    const { dir, message } = event;
    if (!message) return event;
    const { kind, data, wireLength, fragments } = message;
    const { at } = event;
    onEvent({ type: "message", conn, at, dir, kind, data, wireLength, fragments });
    return event;
  }
}
