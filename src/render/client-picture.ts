import type { ClientRow } from "../server/client-row.ts";
import type { ServerFigures } from "../server/figures.ts";
import { truncate } from "../width.ts";
import { clientTable } from "./client-table.ts";
import type { FieldOptions } from "./fields.ts";
import { formatCount } from "./format.ts";
import { serverFigures } from "./server-figures.ts";

export interface ClientPicture {
  readonly figures: ServerFigures;
  /** In the order in which they are shown. */
  readonly clients: readonly ClientRow[];
  /** In the words of the line at the bottom. */
  readonly order: string;
  /** How many are above those that are shown; fewer where that would leave room below. */
  readonly above: number;
}

export interface PictureOptions extends FieldOptions {
  /** Rows of the terminal. */
  readonly rows: number;
}

/** A screen of clients: how the server stands, as many as there is room for, and what keys do. */
export function clientPicture(picture: ClientPicture, options: PictureOptions): string[] {
  const { theme, columns, rows } = options;
  const head = [...serverFigures(picture.figures, options), ""].slice(0, Math.max(0, rows - 5));
  // A line for the headings, a line below the table, and one for the keys.
  const room = Math.max(1, rows - head.length - 3);
  const { clients } = picture;
  const above = Math.max(0, Math.min(picture.above, clients.length - room));
  const shown = clients.slice(above, above + room);
  const table = clientTable(shown, options).slice(0, room + 1);
  const blank = Array.from({ length: rows - head.length - table.length - 1 }, () => "");
  const hidden = clients.length > shown.length;
  const place = hidden
    ? `${above + 1}–${above + shown.length} of ${formatCount(clients.length)}`
    : "";
  const keys = [place, `s sorts (${picture.order})`, "p pings all", hidden ? "↑↓" : "", "q back"];
  const foot = truncate(keys.filter((text) => text !== "").join(" · "), columns);
  return [...head, ...table, ...blank, theme.dim(foot)];
}
