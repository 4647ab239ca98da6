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
const CLEAR_BELOW = "\u001b[J";

/** @param reflows whether the terminal wraps anew what it shows when it gets narrower */
export function createScreen(reflows = true): Screen {
  let shown: Frame | undefined;
  /** Rows from the first of the frame to the cursor. */
  let cursorRow = 0;
  const erase = (): string => {
    const up = shown && cursorRow > 0 ? `\u001b[${cursorRow}A` : "";
    return `${up}\r${CLEAR_BELOW}`;
  };
  const draw = (frame: Frame): string => {
    const rows = frame.rows.map((row) => row.shown).join("\r\n");
    return NO_WRAP + rows + WRAP + move(frame.rows.length - 1, frame.cursor);
  };
  return {
    show: (frame, above) => {
      const still = above === "" && shown && sameRows(shown, frame);
      const text = still
        ? move(cursorRow, frame.cursor)
        : HIDE_CURSOR + erase() + above + draw(frame) + SHOW_CURSOR;
      shown = frame;
      cursorRow = frame.cursor.row;
      return text;
    },
    print: (lines) => {
      const text = shown ? erase() + lines : lines;
      shown = undefined;
      return text;
    },
    resize: (columns) => {
      if (!shown || !reflows) return;
      const { rows, cursor } = shown;
      const above = rows.slice(0, cursor.row).map(({ width }) => Math.ceil(width / columns) || 1);
      cursorRow = above.reduce((sum, height) => sum + height, Math.floor(cursor.column / columns));
      // What stands there is no longer what was painted.
      shown = { rows: [], cursor };
    },
    forget: () => {
      shown = undefined;
    },
  };
}

function sameRows(a: Frame, b: Frame): boolean {
  return (
    a.rows.length === b.rows.length && a.rows.every((row, i) => row.shown === b.rows[i]?.shown)
  );
}

function move(fromRow: number, { row, column }: Frame["cursor"]): string {
  const rows = row - fromRow;
  const vertical = rows < 0 ? `\u001b[${-rows}A` : rows > 0 ? `\u001b[${rows}B` : "";
  return `${vertical}\u001b[${column + 1}G`;
}
