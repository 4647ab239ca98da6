import type { Term } from "../protocol/glossary.ts";
import { displayWidth, wrapWords } from "../width.ts";
import type { Theme } from "./theme.ts";

export interface ExplainLook {
  readonly theme: Theme;
  readonly columns?: number | undefined;
}

const DEFAULT_COLUMNS = 80;
const INDENT = "  ";

/** What a word means: its name, what kind of word it is and where it is written; then the meaning. */
export function termLines(
  { name, topic, meaning, source }: Term,
  { theme, columns = DEFAULT_COLUMNS }: ExplainLook,
): string[] {
  const where = source === undefined ? topic : `${topic} · ${source}`;
  const beside = displayWidth(name) + INDENT.length + displayWidth(where) <= columns;
  const head = beside
    ? [theme.bold(name) + INDENT + theme.dim(where)]
    : [theme.bold(name), ...wrapWords(where, columns - 2).map((line) => INDENT + theme.dim(line))];
  return [...head, ...wrapWords(meaning, columns - INDENT.length).map((line) => INDENT + line)];
}

/** Every word there is, by kind. */
export function termList(
  terms: readonly Term[],
  { theme, columns = DEFAULT_COLUMNS }: ExplainLook,
): string[] {
  const topics = [...new Set(terms.map(({ topic }) => topic))];
  return topics.flatMap((topic, i) => {
    const names = terms.filter((term) => term.topic === topic).map(({ name }) => name);
    return [
      ...(i === 0 ? [] : [""]),
      theme.header(topic),
      ...joined(names, columns - INDENT.length).map((line) => INDENT + line),
    ];
  });
}

/** Names with commas, broken between two of them alone. */
function joined(names: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const [i, name] of names.entries()) {
    const item = i < names.length - 1 ? `${name},` : name;
    const longer = line === "" ? item : `${line} ${item}`;
    if (displayWidth(longer) > columns && line !== "") {
      lines.push(line);
      line = item;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
