import { writeFile } from "node:fs/promises";
import { errnoWords } from "../../errno-words.ts";
import { usageError } from "../../errors.ts";
import { eventToJson } from "../../transport/event-json.ts";
import type { Desk, Lines, SlashCommand } from "./command.ts";

/** What takes longer is announced. */
const TOLD_MS = 1000;

export const FILE_COMMANDS: readonly SlashCommand[] = [
  {
    name: "save",
    takes: "FILE",
    meaning: "write the session so far as NDJSON, which frame-dump and --replay read",
    topic: "Files",
    run: save,
  },
  {
    name: "replay",
    takes: "FILE",
    meaning: "send the messages of a recorded session again, at their pace",
    topic: "Files",
    needsOpen: true,
    run: replay,
  },
];

async function save(argument: string, { past, files, views }: Desk): Promise<Lines> {
  const path = pathOf(argument);
  const { events, forgotten } = past;
  const { showSecrets } = files;
  const lines = events.map((event) => `${JSON.stringify(eventToJson(event, { showSecrets }))}\n`);
  try {
    // Only its owner may read what was said.
    await writeFile(path, lines, { mode: 0o600 });
  } catch (thrown) {
    throw usageError(`cannot write ${path}: ${errnoWords(thrown)}`);
  }
  const lost = forgotten > 0 ? `; ${forgotten} older ones were kept no more` : "";
  return [`saved ${events.length} events to ${views.escape(path)}${lost}`];
}

/** What is typed meanwhile is sent at once, between two messages of the recording. */
async function replay(argument: string, desk: Desk): Promise<Lines> {
  const { files, conversation, link, tell } = desk;
  const { messages, durationMs, run } = await files.replay(pathOf(argument));
  const all = messages === 1 ? "1 message" : `${messages} messages`;
  if (durationMs >= TOLD_MS) {
    const seconds = Math.round(durationMs / 1000);
    tell([`replaying ${all} in ${seconds} s; what you type is sent in between`]);
  }
  const sent = await run({
    send: (data, { binary }) => conversation.send(data, binary),
    closed: link.closed,
  });
  return [sent === messages ? `replayed ${all}` : `replayed ${sent} of ${all}: then it was over`];
}

function pathOf(argument: string): string {
  const path = argument.trim().replace(/^@/, "");
  if (path === "") throw usageError("it needs a file");
  return path;
}
