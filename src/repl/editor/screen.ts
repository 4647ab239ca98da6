import type { Frame } from "./painter.ts";

/**
 * What to write so that a frame stands at the bottom of what was printed. It knows what is on the
 * screen, and gives each change as one text, so that nothing flickers.
 */
export interface Screen {
  /** Prints lines above, each with its end, and shows the frame below them. */
  show(frame: Frame, above: string): string;
  /** Prints lines with no frame below them. */
  print(lines: string): string;
  /** The terminal has so many columns now, and wraps anew what stands there. */
  resize(columns: number): void;
  /** All is gone from the screen, or no longer ours. */
  forget(): void;
}

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const NO_WRAP = "\u001b[?7l";
const WRAP = "\u001b[?7h";
const CLEAR_ROW = "\u001b[2K";
const CLEAR_ROW_ABOVE = `\u001b[A${CLEAR_ROW}`;

/** @param wrapsAnew whether the terminal wraps again what it shows when it gets narrower */
export function createScreen(wrapsAnew = true): Screen {
  let shown: Frame | undefined;
  /** Rows that the frame takes, and those before the one with the cursor. */
  let height = 0;
  let cursorRow = 0;
  /** Row by row: tmux would scroll a screen away that is cleared from its first place on. */
  const erase = (): string => {
    if (!shown) return "\r";
    return `\r${vertical(height - 1 - cursorRow)}${CLEAR_ROW}${CLEAR_ROW_ABOVE.repeat(height - 1)}`;
  };
  return {
    show: (frame, above) => {
      const still = above === "" && shown && sameRows(shown, frame);
      const text = still
        ? move(cursorRow, frame.cursor)
        : HIDE_CURSOR + erase() + above + drawRows(frame) + toCursor(frame) + SHOW_CURSOR;
      shown = frame;
      cursorRow = frame.cursor.row;
      height = frame.rows.length;
      return text;
    },
    print: (lines) => {
      const text = shown ? erase() + lines : lines;
      shown = undefined;
      return text;
    },
    resize: (columns) => {
      if (!shown) return;
      const { rows, cursor } = shown;
      // What stands there is no longer what was painted.
      shown = { rows: [], cursor };
      if (!wrapsAnew) return;
      const heights = rows.map(({ width }) => Math.ceil(width / columns) || 1);
      cursorRow = sum(heights.slice(0, cursor.row)) + Math.floor(cursor.column / columns);
      height = Math.max(sum(heights), cursorRow + 1);
    },
    forget: () => {
      shown = undefined;
    },
  };
}

/** A frame's rows, from the first column on; the cursor is left in the last. */
export function drawRows({ rows }: Frame): string {
  return NO_WRAP + rows.map((row) => row.shown).join("\r\n") + WRAP;
}

function toCursor({ rows, cursor }: Frame): string {
  return move(rows.length - 1, cursor);
}

/** Most terminals do; of those that tell who they are, these do not. */
export function reflows(env: Readonly<Record<string, string | undefined>>): boolean {
  const console = env.TERM === "linux" || env.STY !== undefined;
  return !console && env.XTERM_VERSION === undefined;
}

function sameRows(a: Frame, b: Frame): boolean {
  return (
    a.rows.length === b.rows.length && a.rows.every((row, i) => row.shown === b.rows[i]?.shown)
  );
}

function move(fromRow: number, { row, column }: Frame["cursor"]): string {
  return `${vertical(row - fromRow)}\u001b[${column + 1}G`;
}

/** @param rows how many down, or up where it is below zero */
function vertical(rows: number): string {
  if (rows === 0) return "";
  return rows < 0 ? `\u001b[${-rows}A` : `\u001b[${rows}B`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
