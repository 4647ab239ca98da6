import { displayWidth, padStart } from "../width.ts";
import { plain, type Style } from "./theme.ts";

export interface HistogramRow {
  readonly label: string;
  readonly value: number;
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;
const AXIS = "▏";

/**
 * A horizontal bar for each row, the longest over the whole width. A value above zero always
 * shows: at least an eighth of a block.
 * @param width columns of a line, labels included
 */
export function drawHistogram(
  rows: readonly HistogramRow[],
  width: number,
  style: Style = plain,
): string[] {
  const labels = Math.max(0, ...rows.map(({ label }) => displayWidth(label)));
  const room = Math.max(1, width - labels - 2);
  const largest = Math.max(0, ...rows.map(({ value }) => value));
  return rows.map(({ label, value }) => {
    const bar = largest > 0 ? drawBar(value / largest, room) : "";
    return `${padStart(label, labels)} ${AXIS}${style(bar)}`;
  });
}

/** A bar over `share` (0–1) of `columns`. */
export function drawBar(share: number, columns: number): string {
  if (!(share > 0)) return "";
  const eighths = Math.max(1, Math.round(Math.min(share, 1) * columns * 8));
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}
