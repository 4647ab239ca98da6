import type { Trial } from "../bench/capacity-search.ts";
import type { CapacityTrial, Vary } from "../bench/capacity-trial.ts";
import type { BenchProgress } from "../bench/progress-state.ts";
import type { Io } from "../io.ts";
import { benchPlainLine } from "../render/bench-live.ts";
import { loadText, trialLine } from "../render/capacity-words.ts";
import { escapeControl } from "../render/escape.ts";
import { redrawLines } from "../render/redraw.ts";
import { truncate } from "../width.ts";
import type { Sink } from "./sink.ts";

export interface CapacityProgress {
  readonly began: (trial: Trial) => void;
  readonly goesOn: (progress: BenchProgress) => void;
  readonly ended: (trial: CapacityTrial) => void;
  /** Takes away what is shown in place. */
  readonly close: () => void;
}

/** Shows a search on stderr: a line for each trial that is over, and on a terminal the current one. */
export function watchCapacity(
  vary: Vary,
  { stderr }: Pick<Io, "stderr">,
  talk: Sink,
): CapacityProgress {
  let number = 0;
  let current = "";
  let shown = 0;
  const draw = (lines: readonly string[]): void => {
    if (!stderr.isTTY) return;
    const { columns = 80 } = stderr;
    talk.write(
      redrawLines(
        shown,
        lines.map((line) => truncate(line, columns - 1)),
      ),
    );
    shown = lines.length;
  };
  return {
    began: ({ load, repeat }) => {
      number += 1;
      const again = repeat > 1 ? ", again" : "";
      current = `trial ${number}: ${loadText(load, vary)}${again}`;
      draw([current]);
    },
    goesOn: (progress) => draw([`${current} · ${benchPlainLine(progress)}`]),
    ended: (trial) => {
      draw([]);
      talk.write(`${escapeControl(trialLine(trial, number, vary))}\n`);
    },
    close: () => {
      if (shown > 0) draw([]);
    },
  };
}
