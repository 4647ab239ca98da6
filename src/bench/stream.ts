import { SequenceTracker } from "./sequence-tracker.ts";
import type { StreamCounts } from "./result.ts";

/** Counts what all sockets of a worker receive of numbered streams. */
export class Stream {
  received = 0;
  duplicated = 0;
  reordered = 0;
  readonly #trackers = new Set<SequenceTracker>();

  /** Follows a further stream. */
  track(): SequenceTracker {
    const tracker = new SequenceTracker();
    this.#trackers.add(tracker);
    return tracker;
  }

  /** Counts a message; its number is undefined where it has none. */
  take(tracker: SequenceTracker | undefined, number: number | undefined): void {
    const arrival = tracker && number !== undefined ? tracker.take(number) : "next";
    if (arrival === "duplicate") this.duplicated += 1;
    else this.received += 1;
    if (arrival === "late") this.reordered += 1;
  }

  /** What is passed over is missing, and was expected. */
  get counts(): StreamCounts {
    const { received, duplicated, reordered } = this;
    let missing = 0;
    for (const tracker of this.#trackers) missing += tracker.missing;
    return { expected: received + missing, received, missing, duplicated, reordered };
  }
}
