import type { Command } from "./commands/command.ts";
import { COMMANDS } from "./commands/index.ts";
import { EXIT_DEFECT, EXIT_DONE, FramecatError, messageOf, usageError } from "./errors.ts";
import type { Io } from "./io.ts";
import { escapeControl } from "./render/escape.ts";
import { version } from "./version.ts";

/**
 * Runs one command line. The exit code is the value; nothing here ends the process.
 * @param argv the arguments after the program's name
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  // A reader that goes away, as of `| head`, is no defect: what is written to it is dropped.
  for (const stream of [io.stdout, io.stderr]) stream.on("error", () => undefined);
  try {
    return await dispatch(argv, io);
  } catch (thrown) {
    return report(thrown, io);
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [first = "--help", ...rest] = argv;
  if (first === "--version" || first === "-V") return print(io, `${version()}\n`);
  if (first === "--help" || first === "-h" || first === "help") {
    const asked = rest.length === 0 ? undefined : await find(rest);
    const { mainHelp, commandHelp } = await import("./render/help.ts");
    const help = asked ? commandHelp(asked.command, "common", COMMANDS) : mainHelp(COMMANDS);
    return print(io, help);
  }
  const { command, rest: args } = await find(argv);
  try {
    return await runCommand(command, args, io);
  } catch (thrown) {
    throw await withMeant(thrown, command, args);
  }
}

/** `bench capcity` is a host to be found: where it is not, a slip for a command of two words is told. */
async function withMeant(
  thrown: unknown,
  { name }: Command,
  [word = ""]: readonly string[],
): Promise<unknown> {
  if (!(thrown instanceof FramecatError)) return thrown;
  if (thrown.code !== "usage" && thrown.code !== "name-resolution") return thrown;
  const { slipsOf } = await import("./protocol/slips.ts");
  const [meant] = slipsOf(word, secondWords(name));
  if (meant === undefined) return thrown;
  const { code, message, hint = "", errno } = thrown;
  const asks = `Did you mean \`framecat ${name} ${meant}\`? ${hint}`.trim();
  return new FramecatError(code, message, asks, errno);
}

/** `bench` → `report`, `merge` … */
function secondWords(first: string): string[] {
  const names = Object.keys(COMMANDS).filter((name) => name.startsWith(`${first} `));
  return names.map((name) => name.slice(first.length + 1));
}

/** The command that a line begins with, of two words (`bench report`) or one, and what follows it. */
async function find(
  argv: readonly string[],
): Promise<{ readonly command: Command; readonly rest: readonly string[] }> {
  for (const words of [2, 1]) {
    const name = argv.slice(0, words).join(" ");
    const command = Object.hasOwn(COMMANDS, name) ? await COMMANDS[name]?.load() : undefined;
    if (command) return { command, rest: argv.slice(words) };
  }
  const [word = ""] = argv;
  const { slipsOf } = await import("./protocol/slips.ts");
  // `compare` alone is not a command, but `bench compare` is.
  const [meant] = [
    ...slipsOf(word, Object.keys(COMMANDS)),
    ...Object.keys(COMMANDS).filter((name) => name.endsWith(` ${word}`)),
  ];
  const asks = meant === undefined ? "" : `Did you mean \`framecat ${meant}\`? `;
  throw usageError(`unknown command ${JSON.stringify(word)}`, `${asks}See \`framecat --help\`.`);
}

async function runCommand(command: Command, argv: readonly string[], io: Io): Promise<number> {
  const asked = helpAsked(argv);
  if (asked) {
    const { commandHelp } = await import("./render/help.ts");
    return print(io, commandHelp(command, asked, COMMANDS));
  }
  const { parseArgs } = await import("./commands/parse-args.ts");
  return command.run(parseArgs(command, argv), io);
}

/** Help wins over everything else on the line, wrong flags included; after `--` it is data. */
function helpAsked(argv: readonly string[]): "common" | "all" | undefined {
  const end = argv.indexOf("--");
  const flags = end === -1 ? argv : argv.slice(0, end);
  const at = flags.findIndex((arg) => arg === "--help" || arg === "-h");
  if (at === -1) return undefined;
  return flags[at + 1] === "all" ? "all" : "common";
}

function print(io: Io, text: string): number {
  io.stdout.write(text);
  return EXIT_DONE;
}

/** One line on stderr, which may quote a peer; a defect says how to see where it is. */
function report(thrown: unknown, io: Io): number {
  if (thrown instanceof FramecatError) {
    const hint = thrown.hint === undefined ? "" : ` ${escapeControl(thrown.hint)}`;
    io.stderr.write(
      `framecat: ${escapeControl(thrown.message)} (exit ${thrown.exitCode}).${hint}\n`,
    );
    return thrown.exitCode;
  }
  const stack = io.env.FRAMECAT_DEBUG && thrown instanceof Error ? (thrown.stack ?? "") : "";
  const where = stack.split("\n").map((line) => `\n${escapeControl(line)}`);
  const advice = stack === "" ? " Set FRAMECAT_DEBUG=1 to see where." : where.join("");
  io.stderr.write(
    `framecat: a defect in framecat: ${escapeControl(messageOf(thrown))} (exit ${EXIT_DEFECT}).${advice}\n`,
  );
  return EXIT_DEFECT;
}
