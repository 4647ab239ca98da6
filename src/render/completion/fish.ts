import { type Completable, type CompletableFlag, type Value } from "./completable.ts";

/** Completion for fish: a line for each flag, with the command that it belongs to as its condition. */
export function fishCompletion(commands: readonly Completable[]): string {
  const first = commands.filter(({ name }) => !name.includes(" "));
  const ofTwo = commands.filter(({ name }) => name.includes(" "));
  return [
    "# Completion of framecat for fish: framecat completion fish | source",
    "function __framecat_command",
    "    set -l typed (commandline -opc)",
    `    if contains -- "$typed[2..3]" ${ofTwo.map(({ name }) => quoted(name)).join(" ")}`,
    '        echo "$typed[2..3]"',
    "    else",
    '        echo "$typed[2]"',
    "    end",
    "end",
    "",
    "complete -c framecat -f",
    ...first.map(({ name, summary }) => line("", `-a ${name}`, summary)),
    ...commands.flatMap(commandLines),
    "",
  ].join("\n");
}

function commandLines({ name, flags, argument, subcommands }: Completable): string[] {
  return [
    "",
    ...subcommands.map((word) => line(name, `-a ${word}`)),
    ...(argument.kind === "none" ? [] : [line(name, given(argument))]),
    ...flags.map((flag) => flagLine(name, flag)),
  ];
}

function flagLine(command: string, { long, short, description, value }: CompletableFlag): string {
  const letter = short === undefined ? "" : `-s ${short.slice(1)} `;
  return line(command, `${letter}-l ${long.slice(2)} ${given(value)}`.trimEnd(), description);
}

/** How fish is told what comes: `-x` requires something that is no file, `-r -F` a file. */
function given(value: Value): string {
  switch (value.kind) {
    case "none":
      return "";
    case "words":
      return `-x -a ${quoted(value.words.join(" "))}`;
    case "files":
      return "-r -F";
    default:
      return "-x";
  }
}

function line(command: string, what: string, description = ""): string {
  const told = description === "" ? "" : ` -d ${quoted(description)}`;
  return `complete -c framecat -n ${quoted(`test (__framecat_command) = "${command}"`)} ${what}${told}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}
