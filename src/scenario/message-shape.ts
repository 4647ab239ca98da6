import { usageError } from "../errors.ts";

/** What placeholders are filled with. */
export type Values = Readonly<Record<string, string>>;

/** Gives a message of the shape. */
export type MessageShape = (values: Values) => string;

/** An escape, or a placeholder whose end may be missing; as in the templates of messages. */
const TOKEN = /\{\{\{\{|\{\{(?!\{)([^{}]*)(\}\})?/g;
const ESCAPE = "{{{{";

/**
 * A message with named places: `{"op":"{{type}}","args":{{params}}}`. `{{name}}` is replaced by the
 * text as it is, `{{json name}}` by a JSON string of it; `{{{{` stands for `{{`.
 * @param names that there are, all of which but those in `optional` the text has to hold
 * @throws FramecatError (usage) naming `flag`, the placeholder and its position
 */
export function compileShape(
  text: string,
  flag: string,
  names: readonly string[],
  optional: readonly string[] = [],
): MessageShape {
  const used = new Set<string>();
  for (const { index, 0: written, 1: content = "", 2: end } of text.matchAll(TOKEN)) {
    if (written === ESCAPE) continue;
    const [, , name = ""] = nameOf(content);
    used.add(name);
    if (end !== undefined && names.includes(name)) continue;
    const problem = end === undefined ? "has no end" : "is no placeholder";
    throw usageError(`${flag}, character ${index + 1}: ${written} ${problem}`, known(names));
  }
  const missing = names.find((name) => !used.has(name) && !optional.includes(name));
  if (missing !== undefined) throw usageError(`${flag} needs {{${missing}}}`, known(names));
  return (values) =>
    text.replace(TOKEN, (written, content: string) => fill(written, content, values));
}

function fill(written: string, content: string, values: Values): string {
  if (written === ESCAPE) return "{{";
  const [, json, name = ""] = nameOf(content);
  const value = values[name] ?? "";
  return json === undefined ? value : JSON.stringify(value);
}

function nameOf(content: string): readonly (string | undefined)[] {
  return /^\s*(json\s+)?(.*?)\s*$/s.exec(content) ?? [];
}

function known(names: readonly string[]): string {
  return `Placeholders are ${names.map((name) => `{{${name}}}`).join(", ")}; {{json ${names[0] ?? ""}}} makes a JSON string of one.`;
}
