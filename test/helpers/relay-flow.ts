import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { systemClock } from "../../src/io.ts";
import type { DeflateParams } from "../../src/protocol/deflate.ts";
import type { Direction, Event } from "../../src/transport/events.ts";
import type { Breach, FrameGate } from "../../src/transport/relay/frame-gate.ts";
import type { Interception } from "../../src/transport/relay/passing.ts";
import { RelayFlow } from "../../src/transport/relay/relay-flow.ts";
import { RelayWatch } from "../../src/transport/relay/relay-watch.ts";

/** A socket that is read by whoever emits `data`, and keeps what is written. */
export class FakeSocket extends EventEmitter {
  readonly #written: Buffer[] = [];
  writtenLength = 0;
  writable = true;
  writableNeedDrain = false;
  isPaused = false;
  isEnded = false;

  get written(): Buffer {
    return Buffer.concat(this.#written);
  }

  write(bytes: Uint8Array): boolean {
    this.#written.push(Buffer.from(bytes));
    this.writtenLength += bytes.length;
    return !this.writableNeedDrain;
  }

  end(): void {
    this.isEnded = true;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  /** It takes no more, or again. */
  congest(full: boolean): void {
    this.writableNeedDrain = full;
    if (!full) this.emit("drain");
  }
}

export interface FlowTestOptions {
  readonly dir?: Direction;
  readonly interception?: Interception;
  readonly deflate?: DeflateParams;
  /** Whether frames are looked at. Default true. */
  readonly watched?: boolean;
  readonly maxWaiting?: number;
  readonly gate?: FrameGate;
  readonly onBreach?: (breach: Breach, flow: RelayFlow) => void;
}

/** One direction between two sockets that are none. */
export function flowOf({ dir = "in", watched = true, ...options }: FlowTestOptions = {}) {
  const [source, sink] = [new FakeSocket(), new FakeSocket()];
  const events: Event[] = [];
  const notes: string[] = [];
  const stuck: string[] = [];
  const watch = new RelayWatch({
    conn: "1",
    deflate: options.deflate,
    clock: systemClock,
    onEvent: (event) => events.push(event),
  });
  const { deflate } = options;
  const noTakeover =
    dir === "out" ? deflate?.clientNoContextTakeover : deflate?.serverNoContextTakeover;
  const flow: RelayFlow = new RelayFlow({
    conn: "1",
    dir,
    source: source as unknown as Socket,
    sink: sink as unknown as Socket,
    interception: options.interception,
    maxWaiting: options.maxWaiting,
    gate: options.gate,
    onBreach: (breach) => options.onBreach?.(breach, flow),
    contextTakeover: noTakeover !== true,
    random: () => Uint8Array.of(1, 2, 3, 4),
    watch: watched ? (bytes) => watch.push(dir, bytes) : undefined,
    onClose: () => notes.push("close"),
    onMade: (bytes) => watch.made(dir, bytes),
    note: (message) => notes.push(message),
    onStuck: (message) => stuck.push(message),
  });
  flow.start();
  return {
    flow,
    source,
    sink,
    events,
    notes,
    stuck,
    push: (bytes: Uint8Array) => void source.emit("data", Buffer.from(bytes)),
  };
}

/** Rules that hold for everything. @param judge what becomes of it */
export function rulesOf(judge: Interception["judge"]): Interception {
  return { isActive: () => true, judge };
}
