/** `undefined` is an empty cell: there is no value, as opposed to a value of 0. */
export type CsvCell = string | number | boolean | undefined;

/**
 * A table as CSV (RFC 4180): a cell with a comma, a quote or a line break is put in quotes. Lines
 * end with LF, not with CRLF: what cuts columns out of a file on Unix would find the CR in the last.
 */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((cells) => `${cells.map(csvCell).join(",")}\n`).join("");
}

function csvCell(cell: CsvCell): string {
  const text = String(cell ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
