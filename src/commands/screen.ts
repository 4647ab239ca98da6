import type { Sink } from "./sink.ts";

/** An output at whose bottom something may stand: what is written goes above that, while it is there. */
export interface Screen extends Sink {
  /** Has what is written shown by something else; undefined has it written plainly again. */
  showBy(show: ((lines: readonly string[]) => void) | undefined): void;
}

export function createScreen(sink: Sink): Screen {
  let show: ((lines: readonly string[]) => void) | undefined;
  return {
    showBy: (other) => {
      show = other;
    },
    write: (data) => {
      if (!show) return sink.write(data);
      const text = typeof data === "string" ? data : Buffer.from(data).toString();
      show([text.replace(/\n$/, "")]);
    },
    get congested() {
      return sink.congested;
    },
    get queued() {
      return sink.queued;
    },
    drained: () => sink.drained(),
    flushed: () => sink.flushed(),
    broken: sink.broken,
    giveUp: () => sink.giveUp(),
    get isBroken() {
      return sink.isBroken;
    },
    get failure() {
      return sink.failure;
    },
  };
}
