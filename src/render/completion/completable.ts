import type { Command, OptionSpec } from "../../commands/command.ts";
import { longFlag } from "../option-words.ts";

/** What may follow a flag, or stand where a command takes its arguments. */
export type Value =
  | { readonly kind: "none" }
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "files" }
  /** What nobody but the user knows; how help calls it. */
  | { readonly kind: "unknown"; readonly name: string };

export interface CompletableFlag {
  /** With its dashes. */
  readonly long: string;
  readonly short: string | undefined;
  readonly description: string;
  readonly value: Value;
  readonly isRepeatable: boolean;
}

/** What a shell is to know of a command. */
export interface Completable {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletableFlag[];
  /** Its arguments that are no flags. */
  readonly argument: Value;
  /** The second words of commands that begin with it. */
  readonly subcommands: readonly string[];
}

const FILE_VALUES = new Set(["FILE", "DIR", "BASE"]);
const HELP: CompletableFlag = {
  long: "--help",
  short: "-h",
  description: "show the flags that most people need, or all",
  value: { kind: "words", words: ["all"] },
  isRepeatable: false,
};

/** What a shell is to know, from the data that parses the flags. */
export function completable(
  command: Pick<Command, "name" | "positionals" | "options">,
  summary: string,
  names: readonly string[],
): Completable {
  const { name, positionals, options } = command;
  return {
    name,
    summary,
    flags: [...options.map(flagOf), HELP],
    argument: argumentOf(positionals),
    subcommands: names.filter((other) => other.startsWith(`${name} `)).map(secondWord),
  };
}

function secondWord(name: string): string {
  return name.slice(name.indexOf(" ") + 1);
}

function flagOf(option: OptionSpec): CompletableFlag {
  const { alias, description, kind } = option;
  return {
    long: longFlag(option),
    short: alias === undefined ? undefined : `-${alias}`,
    description,
    value: valueOf(option),
    isRepeatable: kind === "list" || kind === "count",
  };
}

function valueOf({ kind, choices, value = "" }: OptionSpec): Value {
  if (kind === "flag" || kind === "count") return { kind: "none" };
  if (choices) return { kind: "words", words: choices };
  return FILE_VALUES.has(value) ? { kind: "files" } : { kind: "unknown", name: value };
}

/** `[FILE | HEX…]` takes files, `bash|zsh|fish` one of three words. */
function argumentOf(positionals: string): Value {
  const words = positionals.split(/[^\w-]+/).filter((word) => word !== "");
  if (words.some((word) => FILE_VALUES.has(word))) return { kind: "files" };
  const choices = words.filter((word) => word === word.toLowerCase());
  return choices.length > 0 ? { kind: "words", words: choices } : { kind: "none" };
}

/** As they are typed, the short one first. */
export function namesOf({ long, short }: CompletableFlag): string[] {
  return short === undefined ? [long] : [short, long];
}

/** One word of bash and zsh, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
