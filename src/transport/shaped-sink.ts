import { type Clock } from "../clock.ts";
import type { FrameSink } from "./ws-parts.ts";

/** How bytes leave that are to leave otherwise than at once. */
export interface Shape {
  /** How long a frame waits before it leaves, asked for each; none overtakes another. */
  readonly latencyMs?: (() => number) | undefined;
  readonly bytesPerSecond?: number | undefined;
  /** The most bytes of one write; the next is for the next turn of the event loop. */
  readonly splitSize?: number | undefined;
  /** What comes within so long leaves in one write. */
  readonly coalesceMs?: number | undefined;
}

type Sent = Parameters<FrameSink["write"]>[1];

/** Bytes that have not left, in the order of the wire. */
interface Waiting {
  readonly bytes: Uint8Array;
  readonly dueMs: number;
  readonly sent: Sent;
  next: Waiting | undefined;
}

/** A limited rate is kept in steps of so long. */
const STEP_MS = 10;
/** A timer that came late is made up for, up to so much; a pipe that was idle gains no more. */
const SLACK_MS = 2 * STEP_MS;

/**
 * A slow pipe before a sink, for faults on purpose.
 *
 * 1. What waits here has not been sent: nobody is told that it was, so that whoever waits for room
 *    waits for the pipe, and its memory is bounded by what its sender may queue.
 * 2. Latency is counted from when a frame is written, and the rate from when bytes leave: so a frame
 *    takes its latency and, behind that, the time that its bytes take.
 * 3. What is long is cut when it leaves, not before.
 */
export class ShapedSink implements FrameSink {
  readonly #sink: FrameSink;
  readonly #shape: Shape;
  readonly #clock: Clock;
  readonly #pieceSize: number;
  #head: Waiting | undefined;
  #tail: Waiting | undefined;
  /** Bytes of the first that have left. */
  #gone = 0;
  #waiting = 0;
  #frameDueMs: number | undefined;
  #windowEndMs = 0;
  /** When the last byte that left has passed a pipe of the rate. */
  #freeAtMs = 0;
  #disarm: (() => void) | undefined;
  #stopped = false;

  constructor(sink: FrameSink, shape: Shape, clock: Clock) {
    const { splitSize = Infinity, bytesPerSecond = Infinity } = shape;
    this.#sink = sink;
    this.#shape = shape;
    this.#clock = clock;
    const stepSize = Math.max(1, Math.floor((bytesPerSecond * STEP_MS) / 1000));
    this.#pieceSize = Math.min(splitSize, stepSize);
  }

  /** Bytes that have not left. */
  get waiting(): number {
    return this.#waiting;
  }

  get destroyed(): boolean {
    return this.#sink.destroyed;
  }

  /** When what is written leaves is not for its writer to say. */
  cork(): void {}
  uncork(): void {}

  write(data: Uint8Array | string, sent?: Sent): void {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    if (this.#stopped) return this.#sink.write(bytes, sent);
    // The sender may write a frame in two, and wants to be told of the last.
    const dueMs = (this.#frameDueMs ??= this.#dueMs());
    if (sent) this.#frameDueMs = undefined;
    this.#push({ bytes, dueMs, sent, next: undefined });
    if (!this.#disarm) this.#arm();
  }

  /** Nothing of what waits will leave. */
  stop(): void {
    this.#stopped = true;
    this.#disarm?.();
    this.#disarm = this.#head = this.#tail = undefined;
    this.#waiting = 0;
  }

  #dueMs(): number {
    const { latencyMs, coalesceMs } = this.#shape;
    const leavesMs = this.#nowMs() + (latencyMs?.() ?? 0);
    if (coalesceMs === undefined) return leavesMs;
    if (leavesMs > this.#windowEndMs) this.#windowEndMs = leavesMs + coalesceMs;
    return this.#windowEndMs;
  }

  #push(waiting: Waiting): void {
    if (this.#tail) this.#tail.next = waiting;
    else this.#head = waiting;
    this.#tail = waiting;
    this.#waiting += waiting.bytes.length;
  }

  #arm(): void {
    this.#disarm = undefined;
    if (!this.#head) return;
    const waitMs = this.#waitMs(this.#head);
    const pump = (): void => this.#pump();
    if (waitMs > 0) {
      const timer = setTimeout(pump, Math.ceil(waitMs));
      this.#disarm = () => clearTimeout(timer);
    } else {
      const immediate = setImmediate(pump);
      this.#disarm = () => clearImmediate(immediate);
    }
  }

  #pump(): void {
    this.#sink.cork();
    while (this.#head && this.#waitMs(this.#head) <= 0) {
      this.#leave(this.#head);
      if (this.#shape.splitSize !== undefined) break;
    }
    this.#sink.uncork();
    if (!this.#stopped) this.#arm();
  }

  #waitMs({ dueMs }: Waiting): number {
    return Math.max(dueMs, this.#freeAtMs) - this.#nowMs();
  }

  /** The next piece of the first leaves. */
  #leave({ bytes, sent, next }: Waiting): void {
    const end = Math.min(bytes.length, this.#gone + this.#pieceSize);
    const piece = bytes.subarray(this.#gone, end);
    this.#waiting -= piece.length;
    this.#gone = end;
    this.#occupy(piece.length);
    if (end < bytes.length) return this.#sink.write(piece);
    this.#gone = 0;
    this.#head = next;
    if (!next) this.#tail = undefined;
    this.#sink.write(piece, sent);
  }

  #occupy(length: number): void {
    const { bytesPerSecond } = this.#shape;
    if (bytesPerSecond === undefined) return;
    const startMs = Math.max(this.#freeAtMs, this.#nowMs() - SLACK_MS);
    this.#freeAtMs = startMs + (length * 1000) / bytesPerSecond;
  }

  #nowMs(): number {
    return Number(this.#clock.now().ns) / 1e6;
  }
}
