import type { Command, Example, OptionSpec } from "../commands/command.ts";
import { EXIT_CODES, EXIT_DEFECT, EXIT_DONE, type FailureCode } from "../errors.ts";
import { displayWidth, padEnd, wrapWords } from "../width.ts";
import { explainOption, longFlag, valueWords } from "./option-words.ts";

/**
 * Help, from the same data that parses the flags. `--help` fits one screen of 24 lines by 80
 * columns, or 30 where there is much to say: a sentence, examples, the flags most people need.
 * `--help all` has the rest by topic.
 */
const COLUMNS = 80;
/** A left column wider than this puts what it explains on the next line. */
const MAX_LEFT = 34;
const MAX_EXAMPLE = 50;

type Commands = Readonly<Record<string, { readonly summary: string }>>;

/** What the program is and which commands it has. */
export function mainHelp(commands: Commands): string {
  const rows = Object.entries(commands).map(([name, { summary }]): Row => [inTree(name), summary]);
  return page([
    ["Usage: framecat COMMAND [ARGUMENTS]"],
    wrapWords(
      "Talk to WebSocket endpoints, see every frame, smoke-test and load-test them.",
      COLUMNS,
    ),
    twoColumns(rows, MAX_LEFT),
    [
      "framecat COMMAND --help      the flags of a command; --help all has every one",
      "framecat --version           the version",
    ],
  ]);
}

/** A command of two words stands below that of its first. */
function inTree(name: string): string {
  return name.replace(/^.* /, "  ");
}

/**
 * The help of one command: the `common` flags on one screen, or `all` of them.
 * @param commands all that there are; those that belong to it are named
 */
export function commandHelp(
  command: Command,
  level: "common" | "all",
  commands: Commands = {},
): string {
  const start = [
    [`Usage: framecat ${command.name} [FLAGS] ${command.positionals}`.trimEnd()],
    wrapWords(command.summary, COLUMNS),
    exampleLines(command.examples),
  ];
  const further = subcommandLines(command.name, commands);
  if (level === "all") {
    return page([...start, ...topicSections(command.options), further, exitSection()]);
  }
  const common = command.options.filter((option) => option.common === true);
  const more = [`framecat ${command.name} --help all lists every flag, and the exit codes.`];
  return page([...start, optionLines(common), further, more]);
}

function subcommandLines(name: string, commands: Commands): string[] {
  const own = Object.entries(commands).filter(([key]) => key.startsWith(`${name} `));
  return twoColumns(
    own.map(([key, { summary }]): Row => [`framecat ${key}`, summary]),
    MAX_LEFT,
  );
}

function page(sections: readonly (readonly string[])[]): string {
  const filled = sections.filter((section) => section.length > 0);
  return `${filled.map((section) => section.join("\n")).join("\n\n")}\n`;
}

function exampleLines(examples: readonly Example[]): string[] {
  return twoColumns(
    examples.map(({ command, meaning }): Row => [command, meaning]),
    MAX_EXAMPLE,
  );
}

function optionLines(options: readonly OptionSpec[], column?: number): string[] {
  const rows = options.map((option): Row => [flagColumn(option), explainOption(option)]);
  return twoColumns(rows, MAX_LEFT, column);
}

/** One section for each topic, in the order in which the topics appear. */
function topicSections(options: readonly OptionSpec[]): string[][] {
  const topics = [...new Set(options.map(({ topic }) => topic))];
  const column = leftColumn(options.map(flagColumn), MAX_LEFT);
  return topics.map((topic) => [
    `${topic}:`,
    ...optionLines(
      options.filter((option) => option.topic === topic),
      column,
    ),
  ]);
}

/** `-H, --header 'NAME: VALUE'`; without a short form the long ones still stand below each other. */
function flagColumn(option: OptionSpec): string {
  const short = option.alias === undefined ? "   " : `-${option.alias},`;
  return `${short} ${longFlag(option)}${valueWords(option)}`;
}

function exitSection(): string[] {
  const rows = exitRows().map(([code, meaning]): Row => [String(code), meaning]);
  return ["Exit codes:", ...twoColumns(rows, MAX_LEFT)];
}

type Row = readonly [left: string, right: string];

/** The widest left part that still leaves room for the right one. */
function leftColumn(lefts: readonly string[], maxLeft: number): number {
  return Math.max(0, ...lefts.map(displayWidth).filter((width) => width <= maxLeft));
}

/** Indented rows; a left part that is too wide has a line to itself. */
function twoColumns(
  rows: readonly Row[],
  maxLeft: number,
  column = leftColumn(
    rows.map(([left]) => left),
    maxLeft,
  ),
): string[] {
  return rows.flatMap(([left, right]) => {
    const lines = wrapWords(right, COLUMNS - column - 4);
    const hanging = " ".repeat(column + 4);
    const beside = displayWidth(left) <= column;
    const first = beside ? `  ${padEnd(left, column)}  ${lines.shift() ?? ""}` : `  ${left}`;
    return [first.trimEnd(), ...lines.map((line) => hanging + line)];
  });
}

/** Every failure in words; those that no command gives yet are not there. */
const EXIT_MEANINGS: Readonly<Partial<Record<FailureCode, string>>> = {
  usage: "usage: a bad flag, file or expression; nothing was sent",
  "name-resolution": "the host name does not resolve",
  unreachable: "connection refused, unreachable, or reset before the handshake",
  "connect-timeout": "connecting or the handshake took too long",
  tls: "TLS failed: certificate, protocol or host name",
  refused: "handshake refused: an HTTP status other than 101",
  "bad-handshake": "handshake invalid: wrong accept key, headers, subprotocol or extension",
  proxy: "the proxy failed or refused",
  bind: "the port could not be bound",
  protocol: "the peer broke the protocol",
  abnormal: "the connection died without a Close frame (1006), or before all of stdin was sent",
  closed: "the peer closed with a code other than 1000, 1001 and 1005; in a bench, with any",
  heartbeat: "the heartbeat was lost: no sign of life in time",
  "gave-up": "reconnecting was given up",
  expectation: "an expectation failed, or messages of a bench were not answered",
  threshold: "an assertion of a bench failed, or a comparison found a regression",
  "time-limit": "the time limit passed",
  lint: "`frame-dump --lint` found errors",
  interrupted: "ended by SIGINT; a listen that stops in good order gives 0",
  terminated: "ended by SIGTERM or SIGHUP; a listen that stops in good order gives 0",
};

/** Every exit code with its meaning, in order. */
export function exitRows(): (readonly [code: number, meaning: string])[] {
  const failures = Object.entries(EXIT_CODES).map(
    ([code, exitCode]) => [exitCode, EXIT_MEANINGS[code as FailureCode] ?? ""] as const,
  );
  return [
    [EXIT_DONE, "done; the peer closed with 1000, 1001 or 1005, or framecat did"],
    [EXIT_DEFECT, "a defect in framecat itself"],
    ...failures.filter(([, meaning]) => meaning !== ""),
  ];
}

/** The options as a Markdown table, for the README. */
export function optionTable(options: readonly OptionSpec[]): string {
  const rows = options.map((option) => {
    const short = option.alias === undefined ? "" : `\`-${option.alias}\`, `;
    const flag = `${short}\`${longFlag(option)}${valueWords(option)}\``;
    return [flag, option.description, option.default ?? ""];
  });
  return markdownTable(["Flag", "Meaning", "Default"], rows);
}

/** The exit codes as a Markdown table, for the README. */
export function exitTable(): string {
  const rows = exitRows().map(([code, meaning]) => [String(code), meaning]);
  return markdownTable(["Code", "Meaning"], rows);
}

/** Columns of one width, as Prettier writes them, so that formatting and generating agree. */
function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((text) => text.replaceAll("|", "\\|")));
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => displayWidth(row[i] ?? ""))));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, i) => padEnd(text, widths[i] ?? 0)).join(" | ")} |`;
  const [first = [], ...rest] = cells;
  return [line(first), line(widths.map((width) => "-".repeat(width))), ...rest.map(line)].join(
    "\n",
  );
}
