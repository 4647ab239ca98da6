import { messageOf, usageError } from "../errors.ts";

/** A row's values, in the order of the columns. */
export type Row = readonly string[];

/** What a data file holds. */
export interface Rows {
  readonly columns: readonly string[];
  /** At least one. */
  readonly count: number;
  /** Row `index`, counted from 0; after the last one it begins anew. */
  at(index: number): Row;
}

/**
 * Reads a data file: CSV with a header row (TSV where it is called so), or NDJSON, one object a line.
 * It is NDJSON where its name says so, or where no name says otherwise and it begins with a brace.
 *
 * Every row has the same columns. In NDJSON, strings stand for themselves; all else is written as JSON.
 * @throws FramecatError (usage) naming the file and the line
 */
export async function parseRows(text: string, name: string): Promise<Rows> {
  const content = text.startsWith("\ufeff") ? text.slice(1) : text;
  if (content.trim() === "") throw usageError(`${name} is empty`);
  const rows = isNdjson(content, name) ? parseNdjson(content, name) : await parseCsv(content, name);
  const [columns = [], ...values] = rows;
  checkColumns(columns, name);
  if (values.length === 0) throw usageError(`${name} has a header and no rows`);
  return { columns, count: values.length, at: (index) => values[index % values.length] ?? [] };
}

function isNdjson(content: string, name: string): boolean {
  if (/\.(?:ndjson|jsonl)$/i.test(name)) return true;
  return !/\.[ct]sv$/i.test(name) && content.trimStart().startsWith("{");
}

function checkColumns(columns: Row, name: string): void {
  if (columns.length === 0) throw usageError(`${name} has no columns`);
  if (columns.includes("")) throw usageError(`${name} has a column without a name`);
  const twice = columns.find((column, index) => columns.indexOf(column) < index);
  if (twice !== undefined) throw usageError(`${name} has the column ${quote(twice)} twice`);
}

/** The header and the rows. */
async function parseCsv(content: string, name: string): Promise<Row[]> {
  const { parse } = await import("csv-parse/sync");
  const delimiter = /\.tsv$/i.test(name) ? "\t" : ",";
  try {
    // Named, because otherwise the first line's ending is taken for that of all.
    const options = { delimiter, record_delimiter: ["\r\n", "\n"], skip_empty_lines: true };
    const [header = [], ...rows]: Row[] = parse(content, options);
    return [header.map((column) => column.trim()), ...rows];
  } catch (thrown) {
    const line = thrown instanceof Error && "lines" in thrown ? Number(thrown.lines) : 1;
    const reason = messageOf(thrown).replace(/ (?:on|at) line \d+/, "");
    throw usageError(`${name}, line ${line}: ${reason}`);
  }
}

/** The first object's keys, and each object's values in their order. */
function parseNdjson(content: string, name: string): Row[] {
  const rows: Row[] = [];
  let columns: Row | undefined;
  for (const [index, line] of content.split("\n").entries()) {
    if (line.trim() === "") continue;
    const where = `${name}, line ${index + 1}`;
    const values = parseObject(line, where);
    columns ??= [...values.keys()];
    rows.push(inOrder(values, columns, where));
  }
  return columns ? [columns, ...rows] : [];
}

function parseObject(line: string, where: string): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (thrown) {
    throw usageError(`${where}: ${messageOf(thrown)}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return new Map(Object.entries(value));
  }
  throw usageError(`${where}: not a JSON object`);
}

function inOrder(values: ReadonlyMap<string, unknown>, columns: Row, where: string): Row {
  const surplus = [...values.keys()].find((key) => !columns.includes(key));
  if (surplus !== undefined) throw unlikeFirst(`${where}: ${quote(surplus)} is new`);
  const missing = columns.find((column) => !values.has(column));
  if (missing !== undefined) throw unlikeFirst(`${where}: ${quote(missing)} is missing`);
  return columns.map((column) => asText(values.get(column)));
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function unlikeFirst(message: string): Error {
  return usageError(message, "Every object needs the keys of the first one.");
}

function quote(text: string): string {
  return JSON.stringify(text);
}
