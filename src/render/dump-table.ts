import { elapsedMs } from "../clock.ts";
import { isRow, type NumberedEvent, type RowEvent } from "../rows.ts";
import { displayWidth, padEnd, padStart, truncate } from "../width.ts";
import { rowPreview, RowClock, RowReader, type DumpLook, type DumpView } from "./dump-row.ts";
import { DEFAULT_MAX_PRINT } from "./frame-line.ts";
import { escapeControl } from "./escape.ts";
import type { Theme } from "./theme.ts";

export interface DumpTableOptions extends DumpLook {
  /** Rows that are held back to find the widths of the columns. Default 1000; 0 for a live source. */
  readonly holdRows?: number;
}

/** What stands in the columns, as plain text that is escaped. */
interface TableRow {
  readonly cells: readonly string[];
  /** The rules that it breaks, and the beginning of its payload. */
  readonly text: string;
  readonly dir: RowEvent["dir"];
  readonly broken: boolean;
}

interface Column {
  readonly head: string;
  readonly align: "left" | "right";
  /** What repeats. */
  readonly quiet?: boolean;
}

const COLUMNS: readonly Column[] = [
  { head: "no", align: "right", quiet: true },
  { head: "seconds", align: "right", quiet: true },
  { head: "delta", align: "right", quiet: true },
  { head: "conn", align: "left" },
  { head: "", align: "left" },
  { head: "opcode", align: "left" },
  { head: "fin", align: "left", quiet: true },
  { head: "rsv", align: "left" },
  { head: "mask", align: "left", quiet: true },
  { head: "length", align: "right" },
  { head: "offset", align: "right", quiet: true },
];
const DIRECTION = 4;
const DEFAULT_HOLD_ROWS = 1000;
const GAP = " ";
/** Wide enough to tell one payload from another. */
const LEAST_PREVIEW = 8;

/**
 * Rows under a heading, every value in a column of its own; nothing but rows.
 *
 * The widths are those of the first rows, which are held back until they are known. A later value
 * that needs more makes its column wider from there on. A column that none of the first rows has a
 * value for is left out, unless a later one brings it.
 */
export function createDumpTable(options: DumpTableOptions): DumpView {
  const table = new DumpTable(options);
  return { push: (numbered) => table.push(numbered), end: () => table.end() };
}

class DumpTable {
  readonly #options: DumpTableOptions;
  readonly #clock = new RowClock();
  readonly #reader = new RowReader();
  readonly #widths = COLUMNS.map(() => 0);
  #held: TableRow[] | undefined = [];

  constructor(options: DumpTableOptions) {
    this.#options = options;
  }

  push({ event, number }: NumberedEvent): string[] {
    const delta = this.#clock.pass(event);
    if (event.type === "handshake" || event.type === "close") this.#reader.forget(event.conn);
    if (!isRow(event)) return [];
    const row = this.#row(event, number, delta);
    this.#measure(row);
    if (!this.#held) return [this.#line(row)];
    this.#held.push(row);
    const { holdRows = DEFAULT_HOLD_ROWS } = this.#options;
    return this.#held.length >= holdRows ? this.end() : [];
  }

  end(): string[] {
    const held = this.#held;
    this.#held = undefined;
    if (!held || held.length === 0) return [];
    COLUMNS.forEach(({ head }, i) => {
      const width = this.#widths[i] ?? 0;
      if (width > 0) this.#widths[i] = Math.max(width, head.length);
    });
    return [this.#head(), ...held.map((row) => this.#line(row))];
  }

  #row(event: RowEvent, number: number, delta: string): TableRow {
    const { maxPrint = DEFAULT_MAX_PRINT } = this.#options;
    const facts = this.#reader.read(event);
    const timed = this.#clock.isTimed;
    const cells = [
      String(number),
      timed ? this.#seconds(event.at.ns) : "",
      delta,
      timed ? escapeControl(event.conn) : "",
      event.dir === "out" ? "→" : "←",
      facts.opcode,
      facts.fin,
      facts.reserved.replaceAll(/RSV| /g, ""),
      facts.mask,
      facts.length,
      facts.offset,
    ];
    const broken = event.type === "frame" && event.violations.length > 0;
    const rules = event.type === "frame" ? event.violations.map(({ rule }) => rule).join(", ") : "";
    const { columns = Number.POSITIVE_INFINITY } = this.#options;
    // Not the event itself is held, whose payload may be large.
    const preview = rowPreview(event, facts.place, { columns, maxPrint });
    const text = rules === "" ? preview : `! ${rules}  ${preview}`;
    return { cells, text: text.trimEnd(), dir: event.dir, broken };
  }

  #seconds(ns: bigint): string {
    return (elapsedMs(this.#clock.first ?? ns, ns) / 1000).toFixed(6);
  }

  #measure({ cells }: TableRow): void {
    cells.forEach((cell, i) => {
      this.#widths[i] = Math.max(this.#widths[i] ?? 0, displayWidth(cell));
    });
  }

  #head(): string {
    const cells = this.#aligned(COLUMNS.map(({ head }) => head));
    return this.#options.theme.header([...cells, "payload"].join(GAP));
  }

  #line({ cells, text, dir, broken }: TableRow): string {
    const { theme, columns } = this.#options;
    const aligned = this.#aligned(cells);
    const used = aligned.reduce((sum, cell) => sum + displayWidth(cell) + GAP.length, 0);
    const room = columns === undefined ? Number.POSITIVE_INFINITY : columns - used;
    const shown = truncate(text, Math.max(room, LEAST_PREVIEW)).trimEnd();
    const styles = COLUMNS.map((column, i) => cellStyle(column, i, dir, theme)).filter(
      (_, i) => (this.#widths[i] ?? 0) > 0,
    );
    const styled = aligned.map((cell, i) => styles[i]?.(cell) ?? cell);
    const line = [...styled, broken ? theme.bad(shown) : shown].join(GAP);
    return shown === "" ? line.trimEnd() : line;
  }

  #aligned(cells: readonly string[]): string[] {
    return COLUMNS.flatMap(({ align }, i) => {
      const width = this.#widths[i] ?? 0;
      if (width === 0) return [];
      return [(align === "right" ? padStart : padEnd)(cells[i] ?? "", width)];
    });
  }
}

function cellStyle({ quiet }: Column, index: number, dir: RowEvent["dir"], theme: Theme) {
  if (index === DIRECTION || index === DIRECTION + 1) return dir === "out" ? theme.out : theme.in;
  return quiet ? theme.dim : (text: string) => text;
}
