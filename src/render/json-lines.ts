import { escapeControl } from "./escape.ts";
import { type Span, span } from "./span.ts";
import type { Theme } from "./theme.ts";

/**
 * JSON for people, without reading it into values:
 *
 * 1. The text is cut into tokens, and each token is shown as it stood: a number keeps its digits, a
 *    string its escapes, an object all of its keys.
 * 2. Tokens are taken only in an order that JSON allows. Text that is not JSON gives no lines.
 * 3. Of a text that was cut the lines end where it does.
 */
export interface JsonOptions {
  readonly theme: Theme;
  /** The text is the beginning of a longer one. */
  readonly cut: boolean;
}

type TokenKind = "string" | "number" | "literal" | "mark";

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/** What may come next; an element begins a line, a value goes on with one. */
type Expected =
  "value" | "element" | "element or end" | "key" | "key or end" | "colon" | "comma or end" | "end";

const INDENT = 2;
/** Deeper levels are not indented further, or a line would be all indentation. */
const MAX_INDENT = 40;
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
/** What is left of a number or a literal where the text was cut within it; digits before stand alone. */
const CUT_TOKEN = /^(?:-|\.|[eE][-+]?|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?)$/;
const CUT_ESCAPE = /^\\(?:u[\da-fA-F]{0,3})?$/;

/** The lines of the JSON text, indented and colored; undefined where it is not JSON. */
export function jsonLines(text: string, { theme, cut }: JsonOptions): Span[][] | undefined {
  const layout = new Layout(theme);
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const token = tokenAt(text, at);
    if (!token) return cut && mayBeCut(text, at) ? layout.end(text.slice(at)) : undefined;
    if (!layout.take(token)) return undefined;
    at += token.text.length;
  }
  return cut || layout.complete ? layout.end("") : undefined;
}

function skipSpace(text: string, at: number): number {
  return at + (match(SPACE, text, at)?.length ?? 0);
}

function tokenAt(text: string, at: number): Token | undefined {
  const char = text[at] ?? "";
  if ("{}[],:".includes(char)) return { kind: "mark", text: char };
  if (char === '"') {
    const end = stringEnd(text, at);
    return text[end] === '"' ? { kind: "string", text: text.slice(at, end + 1) } : undefined;
  }
  const literal = match(LITERAL, text, at);
  if (literal !== undefined) return { kind: "literal", text: literal };
  const number = match(NUMBER, text, at);
  return number === undefined ? undefined : { kind: "number", text: number };
}

/** Where the closing quote is, or what a string cannot hold, or the text ends. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"' && text.charCodeAt(at) >= 0x20) {
    if (text[at] !== "\\") {
      at += 1;
      continue;
    }
    const escape = match(ESCAPE, text, at);
    if (escape === undefined) return at;
    at += escape.length;
  }
  return at;
}

/** A token that is wrong because the text ends within it. */
function mayBeCut(text: string, at: number): boolean {
  if (text[at] !== '"') return CUT_TOKEN.test(text.slice(at));
  const end = stringEnd(text, at);
  return end === text.length || CUT_ESCAPE.test(text.slice(end));
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

class Layout {
  readonly #theme: Theme;
  readonly #lines: Span[][] = [[]];
  readonly #open: ("{" | "[")[] = [];
  #expected: Expected = "value";

  constructor(theme: Theme) {
    this.#theme = theme;
  }

  get complete(): boolean {
    return this.#expected === "end";
  }

  /** @param rest what is left of a text that was cut */
  end(rest: string): Span[][] {
    if (rest !== "" && !this.#beginKey()) this.#beginElement();
    if (rest !== "") this.#append(rest, this.#theme.string);
    return this.#lines;
  }

  /** False where no such token may come. */
  take(token: Token): boolean {
    if (token.kind !== "mark") return this.#value(token);
    if (token.text === "{" || token.text === "[") return this.#begin(token.text);
    if (token.text === "}" || token.text === "]") return this.#close(token.text);
    return this.#separate(token.text);
  }

  #value({ kind, text }: Token): boolean {
    if (kind === "string" && this.#beginKey()) {
      this.#append(text, this.#theme.key);
      this.#expected = "colon";
      return true;
    }
    if (!this.#beginElement()) return false;
    this.#append(text, kind === "mark" ? this.#theme.dim : this.#theme[kind]);
    this.#valueDone();
    return true;
  }

  #begin(mark: "{" | "["): boolean {
    if (!this.#beginElement()) return false;
    this.#append(mark, this.#theme.dim);
    this.#open.push(mark);
    this.#expected = mark === "{" ? "key or end" : "element or end";
    return true;
  }

  #close(mark: string): boolean {
    const empty = this.#expected === (mark === "}" ? "key or end" : "element or end");
    if (!empty && this.#expected !== "comma or end") return false;
    if (this.#open.pop() !== (mark === "}" ? "{" : "[")) return false;
    if (!empty) this.#newLine();
    this.#append(mark, this.#theme.dim);
    this.#valueDone();
    return true;
  }

  #separate(mark: string): boolean {
    if (this.#expected !== (mark === "," ? "comma or end" : "colon")) return false;
    this.#append(mark === "," ? "," : ": ", this.#theme.dim);
    if (mark === ":") this.#expected = "value";
    else this.#expected = this.#open.at(-1) === "{" ? "key" : "element";
    return true;
  }

  #beginKey(): boolean {
    if (this.#expected !== "key" && this.#expected !== "key or end") return false;
    this.#newLine();
    return true;
  }

  /** False where no value may come. */
  #beginElement(): boolean {
    if (this.#expected === "value") return true;
    if (this.#expected !== "element" && this.#expected !== "element or end") return false;
    this.#newLine();
    return true;
  }

  #valueDone(): void {
    this.#expected = this.#open.length === 0 ? "end" : "comma or end";
  }

  #newLine(): void {
    const indent = Math.min(this.#open.length * INDENT, MAX_INDENT);
    this.#lines.push(indent === 0 ? [] : [span(" ".repeat(indent))]);
  }

  #append(text: string, style: Span["style"]): void {
    this.#lines.at(-1)?.push(span(escapeControl(text), style));
  }
}
