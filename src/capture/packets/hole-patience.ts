export interface PatienceLimits {
  /** Seconds of capture time for a hole that the peer has acknowledged. Default 1. */
  readonly acknowledgedPatience: number;
  /** Seconds of capture time for any hole. Default 60. */
  readonly patience: number;
}

/** What is known of a hole beside its age. */
export interface HoleState {
  /** Segments held behind it. */
  readonly pieces: number;
  /** The peer has got what is missing: it was not captured, or will turn up soon. */
  readonly acknowledged: boolean;
}

/** Segments held behind a hole that the peer has acknowledged: captures are not that disordered. */
const ACKNOWLEDGED_PIECES = 64;

/** How long one direction waits for a hole at its next byte. Times are in seconds of the capture. */
export class HolePatience {
  readonly #limits: PatienceLimits;
  /** The hole that is waited for, since when, and since when the peer has acknowledged it. */
  #position = -Infinity;
  #since = 0;
  #acknowledgedSince = Infinity;

  constructor(limits: PatienceLimits) {
    this.#limits = limits;
  }

  /** Seconds since the hole at this position was first asked about. */
  waited(position: number, time: number): number {
    if (position !== this.#position) {
      this.#position = position;
      this.#since = time;
      this.#acknowledgedSince = Infinity;
    }
    return time - this.#since;
  }

  /** Whether the hole at this position need not be waited for any longer. */
  isOver(position: number, time: number, { pieces, acknowledged }: HoleState): boolean {
    if (this.waited(position, time) > this.#limits.patience) return true;
    if (!acknowledged) return false;
    this.#acknowledgedSince = Math.min(this.#acknowledgedSince, time);
    const since = time - this.#acknowledgedSince;
    return pieces > ACKNOWLEDGED_PIECES || since > this.#limits.acknowledgedPatience;
  }
}
