import { FramecatError, messageOf } from "../../errors.ts";
import type { Desk, Lines, SlashCommand, Topic } from "./command.ts";
import { CONNECTION_COMMANDS } from "./connection-commands.ts";
import { FILE_COMMANDS } from "./file-commands.ts";
import { FRAME_COMMANDS } from "./frame-commands.ts";
import { MESSAGE_COMMANDS } from "./message-commands.ts";
import { PATTERN_COMMANDS } from "./pattern-commands.ts";
import { WATCH_COMMANDS } from "./watch-commands.ts";

const HELP: SlashCommand = {
  name: "help",
  takes: "[COMMAND]",
  meaning: "list these commands",
  topic: "Connection",
  run: (argument, { views }) => help(argument.trim().replace(/^\//, ""), views),
};

export const SLASH_COMMANDS: readonly SlashCommand[] = [
  ...MESSAGE_COMMANDS,
  ...FRAME_COMMANDS,
  ...PATTERN_COMMANDS,
  ...WATCH_COMMANDS,
  ...CONNECTION_COMMANDS,
  ...FILE_COMMANDS,
  HELP,
];

const TOPICS: readonly Topic[] = [
  "Messages",
  "Frames",
  "Patterns",
  "Watching",
  "Connection",
  "Files",
];

const KEYS: readonly (readonly [string, string])[] = [
  ["//…", "send a line that begins with a slash"],
  ["Alt-Enter", "begin a new line of the same message"],
  ["Ctrl-R", "search what was typed before"],
  ["Tab", "complete a command, or the key of a JSON member"],
  ["Ctrl-C", "clear the line; on an empty one close and leave"],
  ["Ctrl-D", "close and leave"],
];

/**
 * Does what a typed line says: sends it, or runs the slash command it names; `//` sends a line that
 * begins with a slash.
 * @returns lines to show; what is wrong with the line is one of them
 */
export async function runLine(line: string, desk: Desk): Promise<Lines> {
  const [, name, argument = ""] = /^\/(?!\/)(\S*)(?:\s(.*))?$/s.exec(line) ?? [];
  try {
    if (name !== undefined) return await runCommand(name, argument, desk);
    return await say(line.startsWith("//") ? line.slice(1) : line, desk);
  } catch (thrown) {
    const where = name === undefined ? "not sent" : `/${name}`;
    return [desk.views.escape(`${where}: ${explain(thrown)}`)];
  }
}

/** A person is told at once where a program would wait. */
async function say(text: string, { conversation, link, tell }: Desk): Promise<Lines> {
  if (link.queueFull) throw new Error("too much is waiting for the connection already");
  const sent = conversation.send(text);
  const { waiting } = conversation;
  if (waiting > 0) {
    tell([`${waiting} of your lines ${waiting === 1 ? "waits" : "wait"} for the message before`]);
  }
  await sent;
  return [];
}

async function runCommand(name: string, argument: string, desk: Desk): Promise<Lines> {
  const command = SLASH_COMMANDS.find((one) => one.name === name);
  if (!command) {
    return [`unknown command /${desk.views.escape(name)}; /help lists them, // sends a slash`];
  }
  if (command.needsOpen && desk.link.state !== "OPEN") {
    return [`/${name}: the connection is not open`];
  }
  return command.run(argument, desk);
}

function explain(thrown: unknown): string {
  const hint = thrown instanceof FramecatError ? thrown.hint : undefined;
  return hint === undefined ? messageOf(thrown) : `${messageOf(thrown)}. ${hint}`;
}

function help(name: string, { columns }: Desk["views"]): Lines {
  const row = ({ name: word, takes, meaning }: SlashCommand) =>
    [`/${word} ${takes}`.trim(), meaning] as const;
  const asked = SLASH_COMMANDS.filter((command) => command.name === name);
  if (asked.length > 0) return columns("", asked.map(row));
  const topics = TOPICS.flatMap((topic) => {
    const commands = SLASH_COMMANDS.filter((command) => command.topic === topic);
    return commands.length === 0 ? [] : columns(topic, commands.map(row));
  });
  return [...topics, ...columns("Keys", KEYS)];
}
