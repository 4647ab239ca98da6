/** Escape sequences for lines that are drawn again in the same place. */

const ERASE_LINE = "\u001b[2K";
const ERASE_BELOW = "\u001b[J";

/**
 * Draws lines over those drawn before, however many either are. Before and after, the cursor is at
 * the start of the line below the last one.
 * @param before how many lines were drawn last; 0 the first time
 * @param lines none of them wider than the terminal, and fewer than it has rows
 */
export function redrawLines(before: number, lines: readonly string[]): string {
  const up = before > 0 ? `\r\u001b[${before}A` : "\r";
  const drawn = lines.map((line) => `${ERASE_LINE}${line}\n`).join("");
  return `${up}${drawn}${ERASE_BELOW}`;
}
