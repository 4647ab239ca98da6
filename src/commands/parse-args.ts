import yargs from "yargs";
import { messageOf, usageError } from "../errors.ts";
import { slipsOf } from "../protocol/slips.ts";
import type { Args, Command, OptionSpec } from "./command.ts";

const PARSER = {
  "camel-case-expansion": false,
  "dot-notation": false,
  "duplicate-arguments-array": true,
  "greedy-arrays": false,
  "parse-numbers": false,
  "parse-positional-numbers": false,
  "strip-aliased": true,
};

/**
 * Parses a command's arguments.
 * @throws FramecatError (usage) for an unknown flag, a missing or surplus value, a wrong choice
 */
export function parseArgs(command: Command, argv: readonly string[]): Args {
  const see = `See \`framecat ${command.name} --help\`.`;
  const parser = yargs()
    .locale("en")
    .exitProcess(false)
    .help(false)
    .version(false)
    .parserConfiguration(PARSER)
    .strictOptions()
    .fail((message: string | null, error?: Error) => {
      // What yargs finds wrong comes as a message or as a YError; anything else is a defect of ours.
      if (error && error.name !== "YError") throw error;
      const wrong = reword(message ?? messageOf(error));
      throw usageError(wrong, `${meantFlags(wrong, command.options)}${see}`);
    });
  for (const option of command.options) parser.option(option.name, yargsOption(option));
  const misused = misusedFlag(command.options, argv);
  if (misused !== undefined) throw usageError(misused, see);
  const parsed: Record<string, unknown> = parser.parseSync(detachValues(command.options, argv));
  const positionals = Array.isArray(parsed._) ? parsed._.map(String) : [];
  const surplus = positionals[command.maxPositionals];
  if (surplus !== undefined) {
    throw usageError(`unexpected argument ${JSON.stringify(surplus)}`, see);
  }
  return accessors(command.options, parsed, positionals);
}

/** What yargs would take in silence: a value for a flag that has none, `--no-` for one that has. */
function misusedFlag(options: readonly OptionSpec[], argv: readonly string[]): string | undefined {
  const end = argv.indexOf("--");
  for (const arg of end === -1 ? argv : argv.slice(0, end)) {
    const [, no, name, equals] = /^--?(no-)?([^=]+)(=)?/.exec(arg) ?? [];
    const option = options.find((one) => one.name === name || one.alias === name);
    if (no && option?.kind !== "flag") return `unknown flag --no-${name}`;
    if (equals && option && isSwitch(option)) return `flag ${dashed(name ?? "")} takes no value`;
  }
  return undefined;
}

/** Takes `-d5s` for `-d 5s`, as other tools do; what follows `--` stays as it is. */
function detachValues(options: readonly OptionSpec[], argv: readonly string[]): string[] {
  const end = argv.indexOf("--");
  return argv.map((arg, i) => {
    const [, letter, value] = /^-([a-z])(.+)$/is.exec(arg) ?? [];
    const option = options.find(({ alias }) => alias === letter);
    if (letter === undefined || !option || isSwitch(option) || (end !== -1 && i > end)) return arg;
    return `--${option.name}=${value?.replace(/^=/, "")}`;
  });
}

function isSwitch({ kind }: OptionSpec): boolean {
  return kind === "flag" || kind === "count";
}

function yargsOption({ alias, kind, choices, onByDefault }: OptionSpec) {
  return {
    ...(alias !== undefined && { alias }),
    ...(choices && { choices }),
    ...(kind === "flag" && { boolean: true, default: onByDefault === true }),
    ...(kind === "count" && { count: true }),
    ...((kind === "text" || kind === "list") && { string: true, requiresArg: true }),
    ...(kind === "list" && { array: true }),
  };
}

/** yargs's words, in ours. */
function reword(message: string): string {
  const unknown = /^Unknown arguments?: (.+)$/m.exec(message)?.[1];
  if (unknown !== undefined) return `unknown flag ${unknown.split(", ").map(dashed).join(", ")}`;
  const missing = /^Not enough arguments following: (.+)$/m.exec(message)?.[1];
  if (missing !== undefined) return `flag ${dashed(missing)} needs a value`;
  const choice = /Argument: (\S+), Given: "?(.*?)"?, Choices: (.+)$/m.exec(message);
  if (choice) {
    const [, name = "", given = "", choices = ""] = choice;
    return `${dashed(name)} must be one of ${choices.replaceAll('"', "")}, not "${given}"`;
  }
  return message.split("\n")[0] ?? message;
}

/** `Did you mean --duration? ` where an unknown flag is a slip for one that there is, or begins it. */
function meantFlags(wrong: string, options: readonly OptionSpec[]): string {
  if (!wrong.startsWith("unknown flag ")) return "";
  const names = options.map(({ name }) => name);
  const meant = [...wrong.matchAll(/--([\w-]+)/g)].flatMap(([, word = ""]) => {
    const slips = slipsOf(word, names);
    return slips.length > 0 ? slips : names.filter((name) => name.startsWith(word));
  });
  if (meant.length === 0 || meant.length > MAX_MEANT) return "";
  return `Did you mean ${meant.map(dashed).join(" or ")}? `;
}

/** More of them are no help. */
const MAX_MEANT = 3;

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

function accessors(
  options: readonly OptionSpec[],
  parsed: Readonly<Record<string, unknown>>,
  positionals: readonly string[],
): Args {
  const value = (name: string, kind: OptionSpec["kind"]): unknown => {
    if (!options.some((option) => option.name === name && option.kind === kind)) {
      throw new Error(`the command has no ${kind} --${name}`);
    }
    return parsed[name];
  };
  return {
    positionals,
    flag: (name) => {
      const given = value(name, "flag");
      return Array.isArray(given) ? given.at(-1) === true : given === true;
    },
    count: (name) => Number(value(name, "count") ?? 0),
    text: (name) => {
      const given = value(name, "text");
      if (Array.isArray(given)) throw usageError(`flag ${dashed(name)} is given twice`);
      return typeof given === "string" ? given : undefined;
    },
    list: (name) => {
      const given = value(name, "list");
      return Array.isArray(given) ? given.map(String) : [];
    },
  };
}
