import type { Flow } from "./flow.ts";
import { toSeconds } from "./packet.ts";
import type { TcpSegment } from "./tcp-segment.ts";

/** A segment that waits, and who sent it. */
export interface WaitingSegment {
  readonly flow: Flow;
  readonly segment: TcpSegment;
}

/** Segments that wait for the SYN, and for how long, in seconds: captures are not more disordered. */
const MAX_SEGMENTS = 32;
const PATIENCE = 1;
/** Memory of a segment beside its payload. */
const OVERHEAD = 512;

/**
 * The first segments of a connection, as captured, until it is known where both directions begin: a
 * capture in disorder may have the SYN behind what it begins.
 */
export class Opening {
  #segments: WaitingSegment[] = [];
  #since = 0;
  #memory = 0;

  /** Bytes of memory taken, roughly. */
  get memory(): number {
    return this.#memory;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  /** Keeps a copy. */
  add(flow: Flow, segment: TcpSegment): void {
    if (this.isEmpty) this.#since = toSeconds(segment);
    this.#segments.push({ flow, segment: segment.copy() });
    this.#memory += OVERHEAD + segment.end - segment.start;
  }

  get isFull(): boolean {
    return this.#segments.length >= MAX_SEGMENTS;
  }

  /** Whether a SYN that did not come by then does not come any more. */
  isOver(now: TcpSegment): boolean {
    return !this.isEmpty && toSeconds(now) - this.#since > PATIENCE;
  }

  /** Gives all that has waited, in the order of the capture. */
  take(): readonly WaitingSegment[] {
    const segments = this.#segments;
    this.#segments = [];
    this.#memory = 0;
    return segments;
  }
}
