import type { ListenDesk, MoreCommand } from "../../src/repl/listen/command.ts";

export interface TestListenDesk {
  readonly desk: ListenDesk;
  /** What was done, in short. */
  readonly done: string[];
}

export interface TestListenDeskOptions {
  /** Ids of clients; those that end in `*` may not be spoken to yet. */
  readonly ids?: readonly string[];
  readonly typed?: boolean;
  readonly commands?: readonly MoreCommand[];
}

/** All that the commands of a server's prompt work with, with nothing behind it. */
export function listenDesk(options: TestListenDeskOptions = {}): TestListenDesk {
  const { ids = ["1", "2", "12*"], typed = false, commands = [] } = options;
  const done: string[] = [];
  const tell = (line: string) => void done.push(line);
  const desk: ListenDesk = {
    operator: {
      ids: () => ids.filter((id) => !id.endsWith("*")),
      allIds: () => ids.map((id) => id.replace("*", "")),
      send: (id, text) => tell(`${id} ← ${text}`),
      sendToAll: (text) => tell(`all ← ${text}`),
      kick: (id, code, reason) => {
        if (code === 1005) throw new RangeError("1005 never travels");
        tell(`kick ${id} ${code} ${reason}`.trimEnd());
      },
      ping: (id) => {
        tell(`ping ${id}`);
        return id !== "2";
      },
      typed: typed ? (line) => tell(`typed ${line}`) : undefined,
      quit: () => tell("quit"),
    },
    views: {
      clients: () => ["clients"],
      statistics: () => ["statistics"],
      columns: (topic, rows) => [topic, ...rows.map((row) => row.join(" – "))],
      escape: (text) => text.replaceAll("\u001b", "\\x1b"),
    },
    tools: {
      insert: (text) => tell(`insert ${text}`),
      edit: (text) => Promise.resolve(`${text}!`),
    },
    watch: () => tell("watch"),
    more: { topic: "Mode", commands },
  };
  return { desk, done };
}
