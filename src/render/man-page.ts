import type { Command, OptionSpec } from "../commands/command.ts";
import { exitRows } from "./help.ts";
import { explainOption, longFlag, valueWords } from "./option-words.ts";

/** Manual pages (man(7)), from the same data that parses the flags. */

type Entries = Readonly<Record<string, { readonly summary: string; load(): Promise<Command> }>>;

/** Every page by its name: that of the program, and one for each command. */
export async function manPages(
  commands: Entries,
  version: string,
): Promise<ReadonlyMap<string, string>> {
  const pages = new Map([[manName(""), mainManPage(commands, version)]]);
  const names = Object.keys(commands);
  for (const [name, entry] of Object.entries(commands)) {
    const related = ["", ...names.filter((other) => areRelated(name, other))];
    pages.set(manName(name), commandManPage(await entry.load(), entry.summary, version, related));
  }
  return pages;
}

/** Commands of two words and that of their first. */
function areRelated(one: string, other: string): boolean {
  return one !== other && one.split(" ")[0] === other.split(" ")[0];
}

/** `framecat bench capacity` is told in framecat-bench-capacity(1). */
function manName(command: string): string {
  return command === "" ? "framecat" : `framecat-${command.replaceAll(" ", "-")}`;
}

/** The page of the program, which leads to those of the commands. */
function mainManPage(commands: Entries, version: string): string {
  const rows = Object.entries(commands).map(([name, { summary }]) =>
    item(bold(`${manName(name)}(1)`), summary),
  );
  return page(manName(""), version, [
    section(
      "NAME",
      `framecat \\- ${roff("talk to WebSocket endpoints, see every frame, test and load them")}`,
    ),
    section("SYNOPSIS", `${bold("framecat")} ${italic("COMMAND")} [${italic("ARGUMENTS")}]`),
    section("COMMANDS", ...rows),
    exitSection(),
  ]);
}

/** The page of one command, with every flag by topic. */
function commandManPage(
  command: Command,
  inShort: string,
  version: string,
  related: readonly string[],
): string {
  const { name, summary, positionals, examples, options } = command;
  const lowered = inShort.charAt(0).toLowerCase() + inShort.slice(1).replace(/\.$/, "");
  return page(manName(name), version, [
    section("NAME", `${roff(manName(name))} \\- ${roff(lowered)}`),
    section("SYNOPSIS", `${bold(`framecat ${name}`)} [${italic("FLAGS")}] ${roff(positionals)}`),
    section("DESCRIPTION", roff(summary)),
    section("EXAMPLES", ...examples.map((example) => item(bold(example.command), example.meaning))),
    ...(options.length > 0 ? [section("OPTIONS", ...topics(options))] : []),
    exitSection(),
    section("SEE ALSO", related.map((other) => `${bold(manName(other))}(1)`).join(", ")),
  ]);
}

function topics(options: readonly OptionSpec[]): string[] {
  const names = [...new Set(options.map(({ topic }) => topic))];
  return names.flatMap((name) => [
    `.SS ${roff(name)}`,
    ...options.filter(({ topic }) => topic === name).map(optionItem),
  ]);
}

function optionItem(option: OptionSpec): string {
  const short = option.alias === undefined ? "" : `${bold(`-${option.alias}`)}, `;
  const value = valueWords(option);
  const shown = value === "" ? "" : ` ${italic(value.trimStart())}`;
  return item(`${short}${bold(longFlag(option))}${shown}`, explainOption(option));
}

function exitSection(): string {
  return section(
    "EXIT STATUS",
    ...exitRows().map(([code, meaning]) => item(bold(`${code}`), meaning)),
  );
}

function page(name: string, version: string, sections: readonly string[]): string {
  const title = `.TH ${name.toUpperCase()} 1 "" "framecat ${version}"`;
  // Without hyphenation: words are to be found, and copied, as they are written.
  return `${[title, ".nh", ".ad l", ...sections].join("\n")}\n`;
}

function section(name: string, ...paragraphs: readonly string[]): string {
  return [`.SH ${name}`, ...paragraphs].join("\n");
}

/** A paragraph that hangs below its tag, which is roff already. */
function item(tag: string, text: string): string {
  return `.TP\n${tag}\n${roff(text)}`;
}

function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`;
}

function italic(text: string): string {
  return `\\fI${roff(text)}\\fR`;
}

/** Text that says nothing to roff, in ASCII; its hyphens are those of a keyboard. */
function roff(text: string): string {
  const said = text.replaceAll("\\", String.raw`\e`).replaceAll("-", String.raw`\-`);
  return said
    .replaceAll("'", String.raw`\(aq`)
    .replace(/^\./, String.raw`\&.`)
    .replaceAll(/[^\0-\x7f]/gu, codePoint);
}

function codePoint(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `\\[u${hex.padStart(4, "0")}]`;
}
