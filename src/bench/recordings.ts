import { Recorder, type SparseCounts } from "./recorder.ts";
import type { HistogramName } from "./result.ts";

/** What was recorded under each name since it was last taken. */
export type Recorded = { readonly [name in HistogramName]?: SparseCounts };

/** Recorders by name, each made when its first value comes. */
export class Recordings {
  readonly #recorders = new Map<HistogramName, Recorder>();

  of(name: HistogramName): Recorder {
    let recorder = this.#recorders.get(name);
    if (!recorder) {
      recorder = new Recorder();
      this.#recorders.set(name, recorder);
    }
    return recorder;
  }

  /** Gives all that is recorded, and starts anew. */
  take(): Recorded {
    const taken: { [name in HistogramName]?: SparseCounts } = {};
    for (const [name, recorder] of this.#recorders) {
      if (recorder.total > 0) taken[name] = recorder.take();
    }
    return taken;
  }

  add(recorded: Recorded): void {
    for (const [name, counts] of Object.entries(recorded)) {
      this.of(name as HistogramName).add(counts);
    }
  }

  /** All that is recorded, which stays. */
  sparse(): Recorded {
    const all: { [name in HistogramName]?: SparseCounts } = {};
    for (const [name, recorder] of this.#recorders) {
      if (recorder.total > 0) all[name] = recorder.sparse();
    }
    return all;
  }

  names(): HistogramName[] {
    return [...this.#recorders.keys()];
  }
}
