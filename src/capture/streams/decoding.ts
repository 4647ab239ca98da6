import type { FrameParser } from "../../protocol/parser.ts";
import type { Direction, Event } from "../../transport/events.ts";
import { type ConnectionCounts, newConnectionCounts } from "./connection-counts.ts";
import { MemoryBudget } from "./memory-budget.ts";
import { PacketTime } from "./packet-time.ts";
import { WholeFrames } from "./whole-frames.ts";
import { WindowMemory } from "./window-memory.ts";

/** How one direction ended: its sender said so, or broke it off; or only the record of it ends. */
export type DirectionEnd = "fin" | "reset" | "cut";

/**
 * Watches what is decoded while it is decoded, in its order. For who judges a conversation, which
 * takes more than its events: what is missing, and how it ended.
 */
export interface CaptureWatcher {
  event(event: Event): void;
  /** The client sent so many bytes between its request and the response. */
  bytesBeforeResponse(conn: string, count: number): void;
  /** Bytes of this direction are missing. */
  gap(conn: string, dir: Direction): void;
  /**
   * A direction of a WebSocket connection has ended.
   * @param rest what the parser says of the bytes after the last whole frame. A frame in it is told
   *   here instead of by `event`.
   */
  directionEnd(
    conn: string,
    dir: Direction,
    how: DirectionEnd,
    rest: ReturnType<FrameParser["end"]>,
  ): void;
  /** Nothing more comes of this connection. */
  connectionEnd(conn: string): void;
}

/** What all connections of a capture share. */
export interface Decoding {
  readonly time: PacketTime;
  readonly budget: MemoryBudget;
  readonly whole: WholeFrames;
  readonly windows: WindowMemory;
  readonly counts: ConnectionCounts;
  watcher: CaptureWatcher | undefined;
  /** permessage-deflate is to be tried where the handshake is not in the capture. */
  readonly deflate: boolean;
  /** Ports on which connections without a handshake are WebSocket. */
  readonly assumeWebSocket: ReadonlySet<number>;
  emit(event: Event): void;
  /** Tells an event of which the watcher learns in another way. */
  emitUnwatched(event: Event): void;
}

/** What a capture is decoded with. */
export interface DecodingOptions {
  readonly take: (event: Event) => void;
  readonly watcher?: CaptureWatcher | undefined;
  readonly deflate?: boolean | undefined;
  readonly assumeWebSocket?: readonly number[] | undefined;
}

export function createDecoding(options: DecodingOptions): Decoding {
  const { take, watcher, deflate = false, assumeWebSocket } = options;
  const decoding: Decoding = {
    time: new PacketTime(),
    budget: new MemoryBudget(),
    whole: new WholeFrames(),
    windows: new WindowMemory(),
    counts: newConnectionCounts(),
    watcher,
    deflate,
    assumeWebSocket: new Set(assumeWebSocket),
    emit: (event) => {
      take(event);
      decoding.watcher?.event(event);
    },
    emitUnwatched: take,
  };
  return decoding;
}
