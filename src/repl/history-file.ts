import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { appendFile, mkdir, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

/**
 * The file of a history: one entry per line, as a JSON string, so that entries of several lines
 * survive. Two sessions may write to it at a time:
 *
 * 1. An entry is appended by one write to the file of that name; if that file has lost its name by
 *    then, the entry is appended to the one that has it, too.
 * 2. Once there are too many, the newest are written to a second file, which takes the first one's
 *    name. That second file is made by one session alone; another that finds it leaves the work to it.
 * 3. What was appended to the old file meanwhile is appended to the new one.
 */
export interface HistoryFile {
  /** The newest entries, the oldest of them first; none where there is no file. */
  read(): string[];
  append(entry: string): Promise<void>;
}

export interface HistoryLimits {
  /** Entries kept. */
  readonly entries: number;
  /** Entries that there may be before the oldest are taken out. */
  readonly most: number;
  /** Bytes that are read and kept. */
  readonly bytes: number;
}

/** How much there is in a file. */
interface Extent {
  readonly entries: number;
  readonly bytes: number;
}

const LIMITS: HistoryLimits = { entries: 1000, most: 1250, bytes: 4 * 1024 * 1024 };
/** A second file older than this was left by a session that died. */
const STALE_MS = 60_000;

/** `$XDG_STATE_HOME/framecat/history/example.net_8080`, with nothing of the host that a path means. */
export function historyPath(
  env: Readonly<Record<string, string | undefined>>,
  key: string,
): string {
  const { XDG_STATE_HOME: given = "", HOME: home = homedir() } = env;
  const state = isAbsolute(given) ? given : join(home, ".local", "state");
  const name = key
    .toLowerCase()
    .replace(/:(?=\d+$)/, "_")
    .replace(/[^a-z\d._-]/g, "-")
    .replace(/^\./, "-")
    .slice(0, 200);
  return join(state, "framecat", "history", name === "" ? "-" : name);
}

export function createHistoryFile(path: string, limits: HistoryLimits = LIMITS): HistoryFile {
  let extent: Extent = { entries: 0, bytes: 0 };
  return {
    read: () => {
      const text = readEnd(path, limits.bytes);
      extent = extentOf(text);
      return linesOf(text).slice(-limits.entries).flatMap(parseEntry);
    },
    append: async (entry) => {
      const line = `${JSON.stringify(entry)}\n`;
      const length = Buffer.byteLength(line);
      // A quarter of all that is kept is no line to recall but a file.
      if (length > limits.bytes / 4) return;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await appendLine(path, line);
      extent = { entries: extent.entries + 1, bytes: extent.bytes + length };
      const within = extent.entries <= limits.most && extent.bytes <= limits.bytes;
      if (!within) extent = await trim(path, limits);
    },
  };
}

/** The last bytes of a file, from the beginning of a line. */
function readEnd(path: string, most: number): string {
  const file = openIfThere(path);
  if (file === undefined) return "";
  try {
    const { size } = fstatSync(file);
    const from = Math.max(0, size - most);
    const buffer = Buffer.alloc(size - from);
    const length = readSync(file, buffer, 0, buffer.length, from);
    const text = buffer.toString("utf8", 0, length);
    return from > 0 ? text.slice(text.indexOf("\n") + 1) : text;
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (thrown) {
    if (isErrno(thrown, "ENOENT")) return undefined;
    throw thrown;
  }
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** A line that something else wrote is no entry. */
function parseEntry(line: string): string[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "string" ? [entry] : [];
  } catch {
    return [];
  }
}

/** Writes to the file of that name; where another one has taken the name meanwhile, to that too. */
async function appendLine(path: string, line: string): Promise<void> {
  const file = await open(path, "a", 0o600);
  try {
    await file.appendFile(line);
    const [written, named] = await Promise.all([file.stat(), stat(path)]);
    if (written.ino === named.ino) return;
  } finally {
    await file.close();
  }
  await appendFile(path, line);
}

async function trim(path: string, limits: HistoryLimits): Promise<Extent> {
  const next = `${path}~`;
  const alone = await createAlone(next);
  const old = await open(path, "r");
  try {
    const text = await old.readFile("utf8");
    if (!alone) return extentOf(text);
    const kept = newest(linesOf(text), limits)
      .map((line) => `${line}\n`)
      .join("");
    await appendFile(next, kept);
    await rename(next, path);
    const late = await old.readFile();
    if (late.length > 0) await appendFile(path, late);
    return extentOf(kept);
  } finally {
    await old.close();
  }
}

function extentOf(text: string): Extent {
  return { entries: linesOf(text).length, bytes: Buffer.byteLength(text) };
}

/** As many of the last lines as there may be, and half as many bytes, so that it is seldom done. */
function newest(lines: readonly string[], limits: HistoryLimits): readonly string[] {
  let bytes = 0;
  let from = lines.length;
  while (from > 0 && lines.length - from < limits.entries) {
    bytes += Buffer.byteLength(lines[from - 1] ?? "") + 1;
    if (bytes > limits.bytes / 2) break;
    from--;
  }
  return lines.slice(from);
}

/** False where another session is at it. */
async function createAlone(path: string): Promise<boolean> {
  try {
    await writeFile(path, "", { flag: "wx", mode: 0o600 });
    return true;
  } catch (thrown) {
    if (!isErrno(thrown, "EEXIST")) throw thrown;
    const { mtimeMs } = (await stat(path).catch(() => undefined)) ?? { mtimeMs: Infinity };
    if (Date.now() - mtimeMs > STALE_MS) await rm(path, { force: true });
    return false;
  }
}

function isErrno(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === code;
}
