import { describeCloseCode, PEACEFUL_CODES } from "../protocol/close-codes.ts";
import { describeOpcode } from "../protocol/opcodes.ts";
import { displayWidth, padEnd, wrapWords } from "../width.ts";
import { plain, type Style, type Theme } from "./theme.ts";

export interface TableLook {
  readonly theme: Theme;
  readonly columns?: number | undefined;
}

/** Cells of a row; the last one is a sentence that may take several lines. */
interface Row {
  readonly cells: readonly string[];
  readonly style: Style;
}

const DEFAULT_COLUMNS = 80;
const GAP = "  ";
/** A code in each of the ranges that no registration fills (section 7.4.2). */
const RANGES: readonly [name: string, code: number][] = [
  ["3xxx", 3999],
  ["4xxx", 4999],
];

/** Every registered close code and what it means, and the ranges that are free to use. */
export function closeCodeTable(look: TableLook): string[] {
  const { theme } = look;
  const registered = Array.from({ length: 4000 }, (_, code) => describeCloseCode(code))
    // What is known of a code by its range alone is not registered.
    .filter(({ source }) => source !== "7.4.2")
    .map(({ code, name, meaning, mayTravel }) => ({
      cells: [String(code), name, meaning],
      style: !mayTravel ? theme.dim : PEACEFUL_CODES.has(code) ? theme.good : plain,
    }));
  const ranges = RANGES.map(([range, code]) => {
    const { name, meaning } = describeCloseCode(code);
    return { cells: [range, name, meaning], style: plain };
  });
  return tableLines(["close", "name", "meaning"], [...registered, ...ranges], look);
}

/** Every opcode that RFC 6455 defines, and the ranges it reserves. */
export function opcodeTable(look: TableLook): string[] {
  const opcodes = Array.from({ length: 16 }, (_, opcode) => describeOpcode(opcode));
  const defined = opcodes
    .filter(({ reserved }) => !reserved)
    .map(({ opcode, name, meaning }) => ({
      cells: [hexDigit(opcode), name, meaning],
      style: plain,
    }));
  const reserved = (["data", "control"] as const).map((kind) => {
    const found = opcodes.filter((one) => one.reserved && one.kind === kind);
    const [first, last] = [found.at(0)?.opcode ?? 0, found.at(-1)?.opcode ?? 0];
    const cells = [`${hexDigit(first)}–${hexDigit(last)}`, "reserved", found[0]?.meaning ?? ""];
    return { cells, style: look.theme.dim };
  });
  return tableLines(["opcode", "name", "meaning"], [...defined, ...reserved], look);
}

function hexDigit(opcode: number): string {
  return `0x${opcode.toString(16)}`;
}

function tableLines(
  head: readonly string[],
  rows: readonly Row[],
  { theme, columns = DEFAULT_COLUMNS }: TableLook,
): string[] {
  const all = [{ cells: head, style: theme.header }, ...rows];
  const widths = head
    .slice(0, -1)
    .map((_, i) => Math.max(...all.map(({ cells }) => displayWidth(cells[i] ?? ""))));
  const before = widths.reduce((sum, width) => sum + width + GAP.length, 0);
  return all.flatMap(({ cells, style }) => {
    const start = widths.map((width, i) => padEnd(cells[i] ?? "", width) + GAP).join("");
    return wrapWords(cells.at(-1) ?? "", columns - before).map((line, i) =>
      style(`${i === 0 ? start : " ".repeat(before)}${line}`),
    );
  });
}
