import { FramecatError, messageOf } from "../../errors.ts";
import type { Lines, ListenCommand, ListenDesk, MoreCommand, Operator } from "./command.ts";
import { LISTEN_COMMANDS } from "./commands.ts";

const KEYS: readonly (readonly [string, string])[] = [
  ["Alt-Enter", "begin a new line of the same message"],
  ["Ctrl-R", "search what was typed before"],
  ["Tab", "complete a command, or the id of a client"],
  ["Ctrl-C", "clear the line; on an empty one stop the server, and at once when pressed again"],
  ["Ctrl-D", "stop the server"],
];

/**
 * Does what a typed line says: runs the slash command that it names, or gives it to the mode; `//`
 * gives a line that begins with a slash.
 * @returns lines to show; what is wrong with the line is one of them
 */
export async function runListenLine(line: string, desk: ListenDesk): Promise<Lines> {
  const [, name, argument = ""] = /^\/(?!\/)(\S*)(?:\s(.*))?$/s.exec(line) ?? [];
  if (name === undefined) return say(line.startsWith("//") ? line.slice(1) : line, desk);
  try {
    return await runCommand(name, argument, desk);
  } catch (thrown) {
    return [desk.views.escape(`/${name}: ${explain(thrown)}`)];
  }
}

/** A line that is nothing but text. Where the mode does nothing with it, it is ready to be sent. */
function say(text: string, { operator, tools }: ListenDesk): Lines {
  if (text === "" && !operator.typed) return [];
  if (operator.ids().length === 0) return [notSent(operator)];
  if (operator.typed) {
    operator.typed(text);
    return [];
  }
  tools.insert(`/all ${text}`);
  return ["not sent: Enter sends it to all clients; /to ID sends to one"];
}

/** Why a message goes nowhere. */
function notSent(operator: Operator): string {
  if (operator.allIds().length === 0) return "not sent: nobody is connected";
  return "not sent: no client can be spoken to like this; /help lists what can be done";
}

function runCommand(name: string, argument: string, desk: ListenDesk): Lines | Promise<Lines> {
  const { views, more } = desk;
  if (name === "help") return help(argument.trim().replace(/^\//, ""), desk);
  const command = LISTEN_COMMANDS.find((one) => one.name === name);
  if (command) return command.run(argument, desk);
  const other = more.commands.find((one) => one.name === name);
  if (other) return runMore(other, argument, desk);
  return [`unknown command /${views.escape(name)}; /help lists them, // sends a slash`];
}

async function runMore(
  command: MoreCommand,
  argument: string,
  { tools, views }: ListenDesk,
): Promise<Lines> {
  const lines = await command.run(argument, tools);
  return lines.map(views.escape);
}

function explain(thrown: unknown): string {
  const hint = thrown instanceof FramecatError ? thrown.hint : undefined;
  return hint === undefined ? messageOf(thrown) : `${messageOf(thrown)}. ${hint}`;
}

type Named = Pick<ListenCommand, "name" | "takes" | "meaning">;

const HELP: Named = { name: "help", takes: "[COMMAND]", meaning: "list these commands" };

function help(name: string, { views, more, operator }: ListenDesk): Lines {
  const row = ({ name: word, takes, meaning }: Named) =>
    [`/${word} ${takes}`.trim(), meaning] as const;
  const all: readonly Named[] = [...LISTEN_COMMANDS, HELP];
  const asked = [...all, ...more.commands].filter((command) => command.name === name);
  if (asked.length > 0) return views.columns("", asked.map(row));
  const text = operator.typed ? ([["TEXT", "send it to all clients"]] as const) : [];
  return [
    ...views.columns("Clients", [...text, ...all.map(row)]),
    ...(more.commands.length === 0 ? [] : views.columns(more.topic, more.commands.map(row))),
    ...views.columns("Keys", KEYS),
  ];
}
