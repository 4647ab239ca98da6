import type { BenchControl } from "../bench/coordinator.ts";
import type { Io } from "../io.ts";
import { benchLive, benchPlainLine } from "../render/bench-live.ts";
import { redrawLines } from "../render/redraw.ts";
import type { Args } from "./command.ts";
import { themeFor } from "./frame-flags.ts";
import type { Sink } from "./sink.ts";

/** How often a line is written where no terminal shows it in place: every so many reports. */
const PLAIN_EVERY = 10;

export interface ProgressWatch {
  readonly show: BenchControl["onProgress"];
  /** Takes away what is shown in place. */
  end(): void;
}

/** Shows a run on stderr: in place on a terminal, else a line every five seconds. */
export function watchProgress(args: Args, io: Io, talk: Sink): ProgressWatch {
  const { stderr } = io;
  if (args.flag("quiet")) return { show: undefined, end: () => undefined };
  const theme = themeFor(args, io, stderr);
  let told = 0;
  let shown = 0;
  const draw = (lines: readonly string[]): void => {
    talk.write(redrawLines(shown, lines));
    shown = lines.length;
  };
  return {
    show: (progress) => {
      told += 1;
      if (stderr.isTTY) {
        const { columns = 80, rows = 24 } = stderr;
        draw(benchLive(progress, { theme, columns: columns - 1, rows }));
      } else if (told % PLAIN_EVERY === 0) {
        talk.write(`${benchPlainLine(progress)}\n`);
      }
    },
    end: () => {
      if (shown > 0) draw([]);
    },
  };
}
