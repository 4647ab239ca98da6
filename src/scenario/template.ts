import { usageError } from "../errors.ts";
import type { Row } from "./data-rows.ts";
import { uuidV4 } from "./uuid.ts";

/**
 * Messages with placeholders, compiled once and filled for every message.
 *
 * 1. `{{name}}` is replaced by the text of that placeholder, as it is. `{{json name}}` gives the same
 *    text as a JSON string, quotes and all.
 * 2. `{{{{` stands for `{{` itself. Single braces and `}}` are nothing special, so that JSON needs no
 *    escapes: in `{"n":{{seq}}}` the first `}}` ends the placeholder.
 * 3. Time and chance come from the context, so a test can decide them.
 */
export interface Template {
  /** The same text for every message. */
  readonly isConstant: boolean;
  /** What it takes from the context. */
  readonly uses: ReadonlySet<Fact>;
  readonly fill: (context: TemplateContext) => string;
}

/** What a message is filled from. */
export interface TemplateContext {
  /** Number of the message on its socket. */
  readonly seq: number;
  /** Number of the socket. */
  readonly socket: number;
  /** The row that belongs to the socket, where there is a data file. */
  readonly row?: Row | undefined;
  /** Uniform, from 0 to below 1. */
  readonly random: () => number;
  /** Milliseconds since 1970, with a fraction. */
  readonly nowMs: () => number;
}

export type Fact = keyof TemplateContext;

/** Gives a placeholder's text. */
type Source = (context: TemplateContext) => string;

interface Placeholder {
  readonly fact: Fact;
  readonly source: Source;
}

const SIMPLE: ReadonlyMap<string, Placeholder> = new Map<string, Placeholder>([
  ["seq", { fact: "seq", source: ({ seq }) => String(seq) }],
  ["socket", { fact: "socket", source: ({ socket }) => String(socket) }],
  ["uuid", { fact: "random", source: ({ random }) => uuidV4(random) }],
  ["now", { fact: "nowMs", source: isoClock() }],
  ["now ms", { fact: "nowMs", source: ({ nowMs }) => String(Math.floor(nowMs())) }],
  ["now ns", { fact: "nowMs", source: ({ nowMs }) => nanoseconds(nowMs()) }],
]);

/** An escape, or a placeholder whose end may be missing. */
const TOKEN = /\{\{\{\{|\{\{(?!\{)([^{}]*)(\}\})?/g;
const ESCAPE = "{{{{";
const JSON_WORD = /^json\s+/;
const RANDOM = /^random\s+(-?\d+)\s+(-?\d+)$/;
const COLUMN = /^(?:row|csv)\.(.+)$/s;
const KNOWN =
  "Placeholders are {{seq}}, {{socket}}, {{uuid}}, {{now}}, {{now ms}}, {{now ns}}, {{random 1 6}} and" +
  " {{row.COLUMN}} or {{csv.COLUMN}}; {{json seq}} makes a JSON string of one; {{{{ stands for {{.";

/**
 * @param columns of the data file, where there is one
 * @throws FramecatError (usage) naming `flag`, the placeholder and its position
 */
export function compileTemplate(
  text: string,
  flag: string,
  columns: readonly string[] = [],
): Template {
  const uses = new Set<Fact>();
  const sources: Source[] = [];
  /** What stands before the first source, and after each one. */
  const literals = [""];
  for (const segment of segments(text, flag, columns)) {
    if (typeof segment === "string") {
      literals[sources.length] += segment;
    } else {
      uses.add(segment.fact);
      sources.push(segment.source);
      literals.push("");
    }
  }
  return { isConstant: sources.length === 0, uses, fill: filler(literals, sources) };
}

function filler(literals: readonly string[], sources: readonly Source[]): Source {
  const [head = "", ...tails] = literals;
  const parts = sources.map((source, index) => ({ source, tail: tails[index] ?? "" }));
  return (context) => {
    let filled = head;
    for (const { source, tail } of parts) filled += source(context) + tail;
    return filled;
  };
}

/** The text cut into what stands for itself, and placeholders. */
function* segments(
  text: string,
  flag: string,
  columns: readonly string[],
): Generator<string | Placeholder> {
  let from = 0;
  for (const token of text.matchAll(TOKEN)) {
    yield text.slice(from, token.index);
    from = token.index + token[0].length;
    const [written, name = "", end] = token;
    const wrong = (reason: string) => misplaced(text, token.index, flag, `${written} ${reason}`);
    if (written === ESCAPE) yield "{{";
    else if (end === undefined) throw wrong("has no end");
    else yield placeholder(name.trim(), columns, wrong);
  }
  yield text.slice(from);
}

type Wrong = (reason: string) => Error;

function placeholder(name: string, columns: readonly string[], wrong: Wrong): Placeholder {
  if (JSON_WORD.test(name)) {
    const { fact, source } = placeholder(name.replace(JSON_WORD, ""), columns, wrong);
    return { fact, source: (context) => JSON.stringify(source(context)) };
  }
  const column = COLUMN.exec(name)?.[1];
  if (column !== undefined) return columnValue(column, columns, wrong);
  if (/^random\b/.test(name)) return randomInteger(name, wrong);
  const simple = SIMPLE.get(name.replace(/\s+/, " "));
  if (simple === undefined) throw wrong("is no placeholder");
  return simple;
}

function columnValue(column: string, columns: readonly string[], wrong: Wrong): Placeholder {
  const index = columns.indexOf(column);
  if (columns.length === 0) throw wrong("needs a data file");
  if (index === -1) throw wrong(`is no column of the data file, which has ${columns.join(", ")}`);
  return { fact: "row", source: ({ row }) => row?.[index] ?? "" };
}

function randomInteger(name: string, wrong: Wrong): Placeholder {
  const [, low, high] = RANDOM.exec(name) ?? [];
  const [min, max] = [Number(low), Number(high)];
  const count = max - min + 1;
  if (!(count >= 1)) throw wrong("needs two whole numbers, the smaller one first");
  if (![min, max, count].every(Number.isSafeInteger)) throw wrong("has numbers beyond 2^53");
  return { fact: "random", source: ({ random }) => String(min + Math.floor(random() * count)) };
}

/** The ISO time, written once a millisecond: it takes longer than the rest of most messages. */
function isoClock(): Source {
  let [writtenMs, written] = [Number.NaN, ""];
  return ({ nowMs }) => {
    const ms = Math.floor(nowMs());
    if (ms !== writtenMs) [writtenMs, written] = [ms, new Date(ms).toISOString()];
    return written;
  };
}

/** Nanoseconds do not fit a double: the whole milliseconds, then the rest in six digits. */
function nanoseconds(ms: number): string {
  const whole = Math.floor(ms);
  return `${whole}${String(Math.floor((ms - whole) * 1e6)).padStart(6, "0")}`;
}

function misplaced(text: string, index: number, flag: string, problem: string): Error {
  const lines = text.slice(0, index).split("\n");
  const column = (lines.at(-1) ?? "").length + 1;
  return usageError(`${flag}, line ${lines.length}, column ${column}: ${problem}`, KNOWN);
}
