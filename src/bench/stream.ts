import type { StreamCounts } from "./result.ts";
import type { Arrival, SequenceTracker } from "../scenario/sequence-tracker.ts";

/** Counts what all sockets of a worker receive of numbered streams, each followed by its own tracker. */
export class Stream {
  received = 0;
  #missing = 0;
  #duplicated = 0;
  #reordered = 0;

  /** Counts a message; one that came before is no delivery. */
  take(tracker: SequenceTracker, number: number): Arrival {
    const before = tracker.missing;
    const arrival = tracker.take(number);
    this.#missing += tracker.missing - before;
    if (arrival === "duplicate") this.#duplicated += 1;
    else this.received += 1;
    if (arrival === "late") this.#reordered += 1;
    return arrival;
  }

  /** Counts a message that has no number. */
  takeUnnumbered(): void {
    this.received += 1;
  }

  /** What is passed over is missing, and was expected. */
  get counts(): StreamCounts {
    return {
      expected: this.received + this.#missing,
      received: this.received,
      missing: this.#missing,
      duplicated: this.#duplicated,
      reordered: this.#reordered,
    };
  }
}
