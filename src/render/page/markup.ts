import { escapeControl } from "../escape.ts";

/** Text that may stand in a page as it is. */
export interface Markup {
  readonly markup: string;
}

export type MarkupValue = Markup | string | number | readonly Markup[];

/**
 * A template of HTML in which every string is escaped: what is to stand as markup has to be made by
 * this function too, so nothing that came from outside can be forgotten.
 */
export function markup(parts: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  const texts = parts.map((part, i) => part + (i < values.length ? textOf(values[i] ?? "") : ""));
  return { markup: texts.join("") };
}

/** The same text as markup, where it is known to be one: our own styling and script. */
export function trusted(text: string): Markup {
  return { markup: text };
}

function textOf(value: MarkupValue): string {
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  return "markup" in value ? value.markup : value.map((item) => item.markup).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for a page and for its quoted attributes; what would be hidden in it is made visible. */
export function escapeHtml(text: string): string {
  return escapeControl(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/**
 * A value as JSON that can stand in a script element: nothing in it ends the element or opens a
 * comment, and no character in it ends a line of JavaScript or turns the direction of the source.
 */
export function scriptJson(value: unknown): Markup {
  const json = JSON.stringify(value).replace(
    /[<\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return { markup: json };
}
