import { usageError } from "../errors.ts";

/**
 * The formats of Python's `struct` module, with names: `>H:magic B:version 4s:tag *:data`.
 *
 * 1. The first character may say the order of bytes: `<` little, `>` and `!` big, `=` little too,
 *    each with standard sizes and no gaps. Without it, or with `@`, sizes and gaps are those of C on
 *    64-bit Linux: `l` and `L` have 8 bytes, and a value of n bytes begins at a multiple of n.
 * 2. A letter may have a count before it, which is the length of `s` and `p`, and a name after it,
 *    up to the next space. White space is free. `*` is all that is left.
 */
export interface StructFormat {
  readonly littleEndian: boolean;
  readonly fields: readonly StructField[];
}

export interface StructField {
  readonly letter: Letter;
  /** How many values, or how many bytes of `s` and `p`; undefined for one value alone. */
  readonly count: number | undefined;
  readonly name: string | undefined;
  /** Bytes of one value; of `s`, `p` and `*` 1. */
  readonly size: Size;
  /** The field begins at a multiple of this. */
  readonly alignment: number;
}

type Size = 1 | 2 | 4 | 8;

const STANDARD = {
  x: 1,
  c: 1,
  b: 1,
  B: 1,
  "?": 1,
  h: 2,
  H: 2,
  i: 4,
  I: 4,
  l: 4,
  L: 4,
  q: 8,
  Q: 8,
  e: 2,
  f: 4,
  d: 8,
  s: 1,
  p: 1,
  "*": 1,
} as const satisfies Readonly<Record<string, Size>>;
/** The letters whose size depends on the machine. */
const NATIVE = { l: 8, L: 8, n: 8, N: 8, P: 8 } as const;

export type Letter = keyof typeof STANDARD | keyof typeof NATIVE;

const ITEM = /(\d*)([a-zA-Z?*])(?::(\S*))?/y;
const MAX_COUNT = 2 ** 31;

/** @param where begins messages. @throws FramecatError (usage) naming the position, from 1 on */
export function parseStructFormat(text: string, where: string): StructFormat {
  const order = /^[@=<>!]/.exec(text)?.[0] ?? "";
  const fields: StructField[] = [];
  for (let at = order.length; at < text.length;) {
    const space = /^\s+/.exec(text.slice(at))?.[0] ?? "";
    at += space.length;
    if (at === text.length) break;
    const wrong = (message: string) => usageError(`${where}, position ${at + 1}: ${message}`);
    if (fields.at(-1)?.letter === "*") throw wrong("nothing is left after *");
    const item = itemAt(text, at);
    if (!item) throw wrong(`${JSON.stringify(text[at])} begins no field`);
    const field = fieldOf(item, order === "" || order === "@");
    if (typeof field === "string") throw wrong(field);
    fields.push(field);
    at += item[0].length;
  }
  if (fields.length === 0) throw usageError(`${where}: the format has no fields`, EXAMPLE);
  return { littleEndian: order !== ">" && order !== "!", fields };
}

const EXAMPLE = "As in struct:'>H:magic B:version I:length *:data'.";

function itemAt(text: string, at: number): RegExpExecArray | null {
  ITEM.lastIndex = at;
  return ITEM.exec(text);
}

/** What is wrong with it in words, where something is. */
function fieldOf([, digits, letter = "", name]: RegExpExecArray, native: boolean) {
  if (name === "") return "a name was to follow the colon";
  const count = digits ? Number(digits) : undefined;
  if (count !== undefined && count > MAX_COUNT) return `${digits} is too many`;
  if (letter === "*" && count !== undefined) return "* takes no count";
  if (letter === "x" && name !== undefined) return "x is a gap, and has no name";
  const size = sizeOf(letter, native);
  if (size !== undefined)
    return { letter: letter as Letter, count, name, size, alignment: native ? size : 1 };
  if (Object.hasOwn(NATIVE, letter)) return `${letter} has a size only without an order of bytes`;
  return `${JSON.stringify(letter)} is no letter of Python's struct`;
}

function sizeOf(letter: string, native: boolean): Size | undefined {
  const sizes: Readonly<Record<string, Size>> = native ? { ...STANDARD, ...NATIVE } : STANDARD;
  return Object.hasOwn(sizes, letter) ? sizes[letter] : undefined;
}
