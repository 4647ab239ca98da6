import { writeFile } from "node:fs/promises";
import { errnoWords } from "../../errno-words.ts";
import { usageError } from "../../errors.ts";
import { eventToJson } from "../../transport/event-json.ts";
import type { Desk, Lines, SlashCommand } from "./command.ts";

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
    run: async (argument, { files, conversation }) => {
      const path = pathOf(argument);
      const count = await conversation.turn(() => files.replay(path));
      return [`replayed ${count} messages`];
    },
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

function pathOf(argument: string): string {
  const path = argument.trim().replace(/^@/, "");
  if (path === "") throw usageError("it needs a file");
  return path;
}
