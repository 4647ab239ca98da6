import { type FileHandle, open as openHandle, stat, unlink } from "node:fs/promises";
import { join, parse } from "node:path";
import { saysOpen } from "../opened.ts";
import { deferred } from "../transport/deferred.ts";
import type { Event, EventListener, HandshakeEvent } from "../transport/events.ts";
import { OpenEntry } from "./har-entry.ts";
import { type FileLike, TailedFile } from "./tailed-file.ts";

/**
 * Writes the connections of a run as HAR 1.2, as Chrome's developer tools import it.
 *
 * 1. The file is a whole HAR after every write, so that a process that is killed leaves one that opens.
 * 2. Entries stand one after the other, and only the last one can grow. So while it does, a connection
 *    beside it is written to a spare file next to the target, which is a whole HAR as well: `x.2.har`
 *    for `x.har`. At the end they are joined to the target and removed; after a kill they stay.
 * 3. There are 64 files at most. Where more connections are open, the entry ends of the one that said
 *    nothing for longest; what it says later stands in another entry, which is marked to continue it.
 *    Those that are known are limited as well: of more than 16,384 the oldest
 *    are taken to be over, because not every capture tells how a connection ended.
 * 4. Memory is bounded by what is on its way to the disk, for whoever waits for `drained`.
 */
export interface HarWriter {
  readonly push: EventListener;
  /** True while more is on its way to the disk than should be held. */
  readonly congested: boolean;
  /** Resolves once there is room, or nothing is written any more. */
  drained(): Promise<void>;
  /** Resolves once all that was pushed is in the files, or never will be. */
  flushed(): Promise<void>;
  /** Ends every entry, joins the files. It never rejects: `failed` tells what went wrong. */
  close(): Promise<void>;
  /** Resolves with the first error of a file; nothing is written from then on. */
  readonly failed: Promise<Error>;
}

export interface HarWriterOptions {
  readonly creatorVersion: string;
  /** Leave credentials, cookies and tokens as they are. */
  readonly showSecrets?: boolean;
  /** Opens a file: `w` empties it, `wx+` refuses one that is there. */
  readonly open?: (path: string, flags: "w" | "wx+") => Promise<FileLike>;
  /** Files that are open at a time. Default 64. */
  readonly maxFiles?: number;
  /** Connections that are known to go on; of more those that began first are over. Default 16,384. */
  readonly maxConnections?: number;
}

/**
 * Opens the file, emptying it.
 * @throws Error of the system where it cannot be written, or is nothing to go back in
 */
export async function createHarWriter(path: string, options: HarWriterOptions): Promise<HarWriter> {
  const { open = openFile } = options;
  const writer = new Writer(path, await open(path, "w"), { ...options, open });
  // A HAR from the beginning, though an empty one.
  await writer.flushed();
  return writer;
}

/** What it holds is private. */
async function openFile(path: string, flags: "w" | "wx+"): Promise<FileHandle> {
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isFile() && !found.isDirectory()) throw new Error("it is no regular file");
  return openHandle(path, flags, 0o600);
}

const DEFAULT_MAX_FILES = 64;
const DEFAULT_MAX_CONNECTIONS = 16_384;
/** About what a message costs beside its payload. */
const MESSAGE_COST = 512;
const TAIL = "\n]}}\n";

class Writer implements HarWriter {
  readonly #path: string;
  readonly #options: HarWriterOptions & Required<Pick<HarWriterOptions, "open">>;
  readonly #head: string;
  readonly #target: HarFile;
  readonly #spares: SpareFile[] = [];
  /** Connections that go on. */
  readonly #open = new Map<string, OpenEntry>();
  /** Where their entries are that have not ended; the one that said something last is the last. */
  readonly #growing = new Map<string, HarFile>();
  readonly #failed = deferred<Error>();
  #broken = false;

  constructor(
    path: string,
    file: FileLike,
    options: HarWriterOptions & Required<Pick<HarWriterOptions, "open">>,
  ) {
    this.#path = path;
    this.#options = options;
    const creator = { name: "framecat", version: options.creatorVersion };
    const log = JSON.stringify({ version: "1.2", creator, pages: [] });
    this.#head = `{"log":${log.slice(0, -1)},"entries":[`;
    this.#target = this.#watched(new HarFile(Promise.resolve(file), this.#head));
  }

  get failed(): Promise<Error> {
    return this.#failed.promise;
  }

  get congested(): boolean {
    return this.#files().some((file) => file.congested);
  }

  readonly push = (event: Event): void => {
    if (this.#broken) return;
    if (event.type === "handshake") return this.#begin(event);
    const entry = this.#open.get(event.conn);
    if (!entry) return;
    if (event.type === "ping") entry.ping();
    else if (event.type === "pong") entry.pong();
    else if (event.type === "message" || event.type === "error" || event.type === "close") {
      this.#growingOf(event.conn, entry).push(event);
    }
    if (event.type === "close") this.#forget(event.conn);
  };

  async drained(): Promise<void> {
    await Promise.all(this.#files().map((file) => file.drained()));
  }

  async flushed(): Promise<void> {
    await Promise.all(this.#files().map((file) => file.flushed()));
  }

  async close(): Promise<void> {
    for (const conn of this.#open.keys()) this.#finish(conn);
    for (const spare of this.#spares) await this.#join(spare);
    await this.#target.close();
  }

  #begin(event: HandshakeEvent): void {
    // Who dials again may use the name anew.
    this.#finish(event.conn);
    const entry = new OpenEntry(event, { showSecrets: this.#options.showSecrets ?? false });
    const file = this.#idleFile();
    file.begin(entry);
    if (!saysOpen(event)) return file.finish();
    this.#open.set(event.conn, entry);
    this.#growing.set(event.conn, file);
    const [oldest] = this.#open.keys();
    const { maxConnections = DEFAULT_MAX_CONNECTIONS } = this.#options;
    if (this.#open.size > maxConnections && oldest !== undefined) this.#finish(oldest);
  }

  /** Where the entry of a connection grows: in another file than before, if that was needed. */
  #growingOf(conn: string, entry: OpenEntry): HarFile {
    let file = this.#growing.get(conn);
    if (!file) {
      file = this.#idleFile();
      file.begin(entry);
    }
    this.#growing.delete(conn);
    this.#growing.set(conn, file);
    return file;
  }

  #idleFile(): HarFile {
    const idle = this.#files().find(({ isIdle }) => isIdle);
    if (idle) return idle;
    const { maxFiles = DEFAULT_MAX_FILES } = this.#options;
    if (this.#spares.length + 1 < maxFiles) return this.#addSpare();
    const [quietest] = this.#growing;
    if (!quietest) throw new Error("a file grows for no connection");
    const [conn, file] = quietest;
    file.finish();
    this.#growing.delete(conn);
    this.#open.get(conn)?.continue();
    return file;
  }

  /** Nothing more comes of a connection. */
  #finish(conn: string): void {
    const entry = this.#open.get(conn);
    if (entry?.isUntold) this.#growingOf(conn, entry);
    this.#growing.get(conn)?.finish();
    this.#forget(conn);
  }

  #forget(conn: string): void {
    this.#growing.delete(conn);
    this.#open.delete(conn);
  }

  #addSpare(): HarFile {
    const spare = this.#watched(new SpareFile(this.#path, this.#options.open, this.#head));
    this.#spares.push(spare);
    return spare;
  }

  /** What could not be joined stays where it is. */
  async #join(spare: SpareFile): Promise<void> {
    await this.#target.absorb(spare);
    await spare.close();
    if (!this.#broken) await spare.remove().catch((thrown: Error) => this.#fail(thrown));
  }

  #fail(error: Error): void {
    this.#broken = true;
    this.#failed.resolve(error);
  }

  #files(): HarFile[] {
    return [this.#target, ...this.#spares];
  }

  #watched<T extends HarFile>(file: T): T {
    void file.failed.then((error) => this.#fail(error));
    return file;
  }
}

/** A HAR whose last entry may grow. */
class HarFile {
  readonly #file: TailedFile;
  readonly #headLength: number;
  #entries = 0;
  #growing: OpenEntry | undefined;

  constructor(file: Promise<FileLike>, head: string) {
    this.#headLength = Buffer.byteLength(head);
    this.#file = new TailedFile(file);
    this.#add([head], () => TAIL);
  }

  get failed(): Promise<Error> {
    return this.#file.failed;
  }

  get congested(): boolean {
    return this.#file.congested;
  }

  /** True where its last entry has ended. */
  get isIdle(): boolean {
    return this.#growing === undefined;
  }

  drained(): Promise<void> {
    return this.#file.drained();
  }

  flushed(): Promise<void> {
    return this.#file.flushed();
  }

  begin(entry: OpenEntry): void {
    this.#add([this.#separator(), entry.start], () => entry.end() + TAIL);
    this.#growing = entry;
    this.#entries += 1;
  }

  push(event: Event): void {
    const entry = this.#growing;
    if (!entry) return;
    if (event.type === "message") this.#grow(entry, entry.message(event), event.data.length);
    else if (event.type === "error") this.#grow(entry, entry.error(event), event.message.length);
    else if (event.type === "close") {
      entry.close(event);
      this.finish();
    }
  }

  finish(): void {
    if (this.#growing) this.#add([this.#growing.end()], () => TAIL);
    this.#growing = undefined;
  }

  /** Takes over the entries of another file, all of which have ended. */
  async absorb(other: HarFile): Promise<void> {
    await other.flushed();
    const [start, end] = [other.#headLength, other.#file.position];
    await this.#file.absorb(other.#file, { separator: this.#separator(), start, end, tail: TAIL });
    this.#entries += other.#entries;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #separator(): string {
    return this.#entries === 0 ? "\n" : ",\n";
  }

  #grow(entry: OpenEntry, pieces: Iterable<string>, length: number): void {
    this.#add(pieces, () => entry.end() + TAIL, length + MESSAGE_COST);
  }

  #add(pieces: Iterable<string>, tail: () => string, cost = MESSAGE_COST): void {
    this.#file.add({ pieces, tail, cost });
  }
}

/** A file next to the target, under a name that nobody has. */
class SpareFile extends HarFile {
  readonly #path: Promise<string>;

  constructor(target: string, open: NonNullable<HarWriterOptions["open"]>, head: string) {
    const opened = openSpare(target, open);
    super(
      opened.then(({ file }) => file),
      head,
    );
    this.#path = opened.then(({ path }) => path);
    this.#path.catch(() => undefined);
  }

  async remove(): Promise<void> {
    await unlink(await this.#path);
  }
}

async function openSpare(
  target: string,
  open: NonNullable<HarWriterOptions["open"]>,
): Promise<{ path: string; file: FileLike }> {
  const { dir, name, ext } = parse(target);
  for (let number = 2; ; number++) {
    const path = join(dir, `${name}.${number}${ext}`);
    try {
      return { path, file: await open(path, "wx+") };
    } catch (thrown) {
      // It may hold what a run that was killed has left.
      if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST")) throw thrown;
    }
  }
}
