import { type Markup, markup } from "./markup.ts";

/** Pieces that pages are made of. */

export type Tone = "plain" | "good" | "warn" | "bad";

export interface Card {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
  readonly more?: Markup;
  readonly tone?: Tone;
}

export function cards(list: readonly Card[]): Markup {
  const items = list.map(
    ({ label, value, unit, more, tone = "plain" }) => markup`<div><dt>${label}</dt>
<dd class="value ${tone}">${value}${unit === undefined ? "" : markup`<small>${unit}</small>`}</dd>
${more === undefined ? "" : markup`<dd class="more">${more}</dd>\n`}</div>
`,
  );
  return markup`<dl class="cards">\n${items}</dl>\n`;
}

/** What has to be read before anything else. */
export function banner(title: string, lines: readonly string[], tone: "warn" | "bad"): Markup {
  const items = lines.map((line) => markup`<li>${line}</li>`);
  return markup`<div class="banner ${tone}" role="alert"><strong>${title}</strong><ul>${items}</ul></div>\n`;
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly TableRow[];
  /** Columns of text, from 0; all others but the first are of numbers. */
  readonly words?: readonly number[];
  /** As wide as it has to be; default: as the page. */
  readonly narrow?: boolean;
}

export interface TableRow {
  readonly cells: readonly (string | Markup)[];
  /** True for what is a part of the row above. */
  readonly part?: boolean;
}

/** Wider than a phone it can be scrolled, its first column staying in sight. */
export function table({ head, rows, words = [], narrow = false }: Table): Markup {
  const kind = (column: number) => (words.includes(column) ? markup` class="words"` : "");
  const heads = head.map((text, i) => markup`<th scope="col"${kind(i)}>${text}</th>`);
  const lines = rows.map(({ cells: [first = "", ...rest], part = false }) => {
    const others = rest.map((cell, i) => markup`<td${kind(i + 1)}>${cell}</td>`);
    return markup`<tr${part ? markup` class="part"` : ""}><th scope="row">${first}</th>${others}</tr>\n`;
  });
  return markup`<div class="scroll"><table${narrow ? markup` class="narrow"` : ""}>
<thead><tr>${heads}</tr></thead>
<tbody>
${lines}</tbody>
</table></div>
`;
}

/** Facts by what they are of. */
export function factList(
  list: readonly { readonly title: string; readonly facts: readonly string[] }[],
): Markup {
  const items = list.map(
    ({ title, facts }) => markup`<dt>${title}</dt>\n<dd class="facts">${facts.join(" · ")}</dd>\n`,
  );
  return markup`<dl class="sums">\n${items}</dl>\n`;
}

export interface Term {
  readonly count: string;
  readonly label: string;
  readonly tone?: Tone | "none";
}

/** `total = part + part`, as it is to be checked. */
export interface Sum {
  readonly title: string;
  readonly total: Term;
  readonly parts: readonly Term[];
}

export function sums(list: readonly Sum[]): Markup {
  const items = list.map(
    ({ title, total, parts }) => markup`<dt>${title}</dt>
<dd>${term(total)}${parts.map((part, i) => signed(i === 0 ? "=" : "+", part))}</dd>
`,
  );
  return markup`<dl class="sums">\n${items}</dl>\n`;
}

function signed(sign: string, part: Term): Markup {
  return markup` <span class="term"><span class="sign">${sign}</span> ${term(part)}</span>`;
}

function term({ count, label, tone = "plain" }: Term): Markup {
  return markup`<span class="term ${tone}"><b>${count}</b> ${label}</span>`;
}
