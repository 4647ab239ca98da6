/** A moment: wall-clock time for people, monotonic time for differences. */
export interface Moment {
  /** Microseconds since 1970-01-01 UTC. */
  readonly epochUs: number;
  /** Monotonic nanoseconds from an arbitrary start. */
  readonly ns: bigint;
}

export interface Clock {
  now(): Moment;
}

/** Milliseconds from `start` to `end`. */
export function elapsedMs(start: bigint, end: bigint): number {
  return Number(end - start) / 1e6;
}
