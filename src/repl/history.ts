import { messageOf } from "../errors.ts";
import { redactText } from "../redact.ts";
import { createHistoryFile, historyPath } from "./history-file.ts";

/** What was typed before, the oldest first. */
export interface History {
  readonly entries: readonly string[];
  /** Keeps a line, unless it is empty, begins with a space or is the one before once more. */
  add(line: string): void;
  /** Resolves when all that was added is written, or given up. */
  settled(): Promise<void>;
}

export interface HistoryOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whose history it is, as `example.net:8080`. */
  readonly key: string;
  /** False keeps it in memory only. */
  readonly enabled: boolean;
  /** Told once when the history cannot be kept. */
  readonly note?: ((line: string) => void) | undefined;
}

const MAX_ENTRIES = 1000;
/** Of all entries together. */
const MAX_LENGTH = 16 * 1024 * 1024;

/**
 * The history of a host, kept from run to run in the state folder. Secrets are taken out of what is
 * written, not out of what this run recalls.
 */
export function openHistory({ env, key, enabled, note }: HistoryOptions): History {
  if (!enabled) return memoryHistory();
  const file = createHistoryFile(historyPath(env, key));
  let failed = false;
  const fail = (thrown: unknown): void => {
    if (!failed) note?.(`history is not kept: ${messageOf(thrown)}`);
    failed = true;
  };
  let writing = Promise.resolve();
  const write = (line: string): void => {
    writing = writing.then(() => (failed ? undefined : file.append(line))).catch(fail);
  };
  try {
    const memory = memoryHistory(file.read());
    return {
      entries: memory.entries,
      add: (line) => {
        const before = memory.entries.at(-1);
        memory.add(line);
        if (memory.entries.at(-1) !== before) write(redactText(line));
      },
      settled: () => writing,
    };
  } catch (thrown) {
    fail(thrown);
    return memoryHistory();
  }
}

/** A history that ends with the run. */
export function memoryHistory(before: readonly string[] = []): History {
  const entries = [...before];
  let length = entries.reduce((sum, entry) => sum + entry.length, 0);
  return {
    entries,
    add: (line) => {
      if (line === "" || line.startsWith(" ") || line === entries.at(-1)) return;
      entries.push(line);
      length += line.length;
      while (entries.length > MAX_ENTRIES || (length > MAX_LENGTH && entries.length > 1)) {
        length -= entries.shift()?.length ?? 0;
      }
    },
    settled: () => Promise.resolve(),
  };
}
