import type { NumberedEvent } from "../rows.ts";
import type { Theme } from "./theme.ts";

/** A form in which a capture is shown: events in, lines out. */
export interface DumpView {
  push(numbered: NumberedEvent): string[];
  /** The input has ended: what was held back. */
  end(): string[];
}

export interface DumpLook {
  readonly theme: Theme;
  /** Columns of the screen; absent, as in a log file: nothing is cut but by `maxPrint`. */
  readonly columns?: number | undefined;
  /** Bytes of payload that are shown of each row. Default 1024. */
  readonly maxPrint?: number;
}

export const DEFAULT_MAX_PRINT = 1024;
