import { once } from "node:events";
import { open, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type FramecatError, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { jsonLine } from "../render/json-line.ts";
import { deferred } from "../transport/deferred.ts";
import { eventToJson } from "../transport/event-json.ts";
import type { EventListener } from "../transport/events.ts";
import { errnoWords } from "../errno-words.ts";
import { type Fifo, openFifo } from "./fifo.ts";
import { createSink, type Sink } from "./sink.ts";

/** What is to be written where; `-` is standard output. */
export interface OutputFlags {
  /** Every event as NDJSON. */
  readonly record?: string | undefined;
  readonly har?: string | undefined;
  /** What standard output would get. */
  readonly output?: string | undefined;
  /** The flag that names `output`, for messages. Default `output`. */
  readonly outputFlag?: string;
  readonly showSecrets: boolean;
  /** Of framecat, told in a HAR. */
  readonly version: string;
}

/** The files that a run writes while it goes on. */
export interface Outputs {
  /** Takes every event; absent where none is written. */
  readonly listener: EventListener | undefined;
  /** Where data goes instead of standard output. */
  readonly data: Sink | undefined;
  /** True while the files of events take no more; who then holds the connection bounds the memory. */
  readonly congested: boolean;
  /** Resolves once there is room, or nobody takes events any more. */
  drained(): Promise<void>;
  /** Resolves with what to say when a file cannot be written any more; the others go on. */
  readonly failed: Promise<FramecatError>;
  /** From now on a reader of a pipe that sleeps is given up, which `failed` tells; `close` does so, too. */
  hurry(): void;
  /** Writes what is left. It never rejects: `failed` tells what went wrong. */
  close(): Promise<void>;
}

/** Takes events, and may be behind. */
interface EventFile {
  readonly push: EventListener;
  readonly congested: boolean;
  drained(): Promise<void>;
  readonly hurry?: () => void;
  readonly close: () => Promise<void>;
}

interface DataFile {
  readonly sink: Sink;
  readonly hurry?: () => void;
  readonly close: () => Promise<void>;
}

type Writing = Pick<Fifo, "stream"> & Partial<Fifo>;

type Fail = (error: FramecatError) => void;

/** Payloads are private. */
const PRIVATE = 0o600;
const BUFFERED = 1024 * 1024;
const BATCH = 64 * 1024;

/**
 * Opens the files, emptying them, before anything is dialled.
 * @throws FramecatError (usage) naming the flag whose file cannot be written
 */
export async function openOutputs(flags: OutputFlags, io: Pick<Io, "stdout">): Promise<Outputs> {
  refuseClashes(flags);
  const { promise: failed, resolve: fail } = deferred<FramecatError>();
  const events: EventFile[] = [];
  const closeAll = async (): Promise<void> => {
    await Promise.all(events.map((file) => file.close()));
  };
  try {
    if (flags.record !== undefined) events.push(await openRecord(flags.record, flags, io, fail));
    if (flags.har !== undefined) events.push(await openHar(flags.har, flags, fail));
    const data = await openOutput(flags, fail);
    return {
      listener: events.length === 0 ? undefined : (event) => events.forEach((to) => to.push(event)),
      data: data?.sink,
      get congested() {
        return events.some((file) => file.congested);
      },
      drained: async () => {
        await Promise.all(events.map((file) => file.drained()));
      },
      failed,
      hurry: () => [...events, data].forEach((file) => file?.hurry?.()),
      close: async () => {
        await Promise.all([closeAll(), data?.close()]);
      },
    };
  } catch (thrown) {
    await closeAll();
    throw thrown;
  }
}

/** Two that write the same file would destroy what the other one writes. */
function refuseClashes({ record, har, output, outputFlag = "output" }: OutputFlags): void {
  if (har === "-") {
    throw usageError("--har needs a file, which it can go back in", "Example: --har session.har.");
  }
  if (record === "-" && (output === undefined || output === "-")) {
    const hint = "Name a file, give the data one with --output FILE, or use --format ndjson.";
    throw usageError("--record -: standard output has the data already", hint);
  }
  const named = Object.entries({ record, har, [outputFlag]: output }).filter(
    ([, path]) => path && path !== "-",
  );
  for (const [index, [flag, path = ""]] of named.entries()) {
    const same = named.slice(0, index).find(([, other = ""]) => resolve(other) === resolve(path));
    if (same) throw usageError(`--${same[0]} and --${flag} name the same file`);
  }
}

async function openRecord(
  path: string,
  { showSecrets }: Pick<OutputFlags, "showSecrets">,
  { stdout }: Pick<Io, "stdout">,
  fail: Fail,
): Promise<EventFile> {
  const { sink, hurry, close } =
    path === "-" ? onStdout(stdout) : await openFile("record", path, fail, PRIVATE);
  const lines = new Lines(sink);
  return {
    push: (event) => lines.add(jsonLine(eventToJson(event, { showSecrets }))),
    get congested() {
      return sink.congested;
    },
    drained: () => sink.drained(),
    ...(hurry && { hurry }),
    close: () => {
      lines.flush();
      return close();
    },
  };
}

/** Lines that come at once are written at once. */
class Lines {
  readonly #sink: Sink;
  #text = "";

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  add(line: string): void {
    if (this.#text === "") setImmediate(() => this.flush());
    this.#text += line;
    if (this.#text.length > BATCH) this.flush();
  }

  flush(): void {
    if (this.#text !== "") this.#sink.write(this.#text);
    this.#text = "";
  }
}

function onStdout(stdout: Io["stdout"]): DataFile {
  const sink = createSink(stdout);
  return { sink, close: () => sink.flushed() };
}

async function openHar(
  path: string,
  { showSecrets, version }: OutputFlags,
  fail: Fail,
): Promise<EventFile> {
  const { createHarWriter } = await import("../capture/har-writer.ts");
  const writing = createHarWriter(path, { creatorVersion: version, showSecrets });
  const writer = await writing.catch((thrown: unknown) => {
    throw cannotWrite("har", path, thrown);
  });
  void writer.failed.then((thrown) => fail(cannotWrite("har", path, thrown)));
  return writer;
}

async function openOutput(
  { output: path, outputFlag = "output" }: OutputFlags,
  fail: Fail,
): Promise<DataFile | undefined> {
  return path === undefined || path === "-" ? undefined : openFile(outputFlag, path, fail);
}

/** @param mode of a file that is not there yet; by default what the user's mask leaves */
async function openFile(flag: string, path: string, fail: Fail, mode?: number): Promise<DataFile> {
  const { stream, hurry } = await openStream(path, mode).catch((thrown: unknown) => {
    throw cannotWrite(flag, path, thrown);
  });
  stream.on("error", (thrown) => fail(cannotWrite(flag, path, thrown)));
  const sink = createSink(stream);
  const closed = once(stream, "close").catch(() => undefined);
  return {
    sink,
    ...(hurry && { hurry }),
    close: async () => {
      hurry?.();
      stream.end();
      await closed;
    },
  };
}

async function openStream(path: string, mode?: number): Promise<Writing> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFIFO()) return openFifo(path, { highWaterMark: BUFFERED });
  const handle = await open(path, "w", mode);
  return { stream: handle.createWriteStream({ highWaterMark: BUFFERED }) };
}

function cannotWrite(flag: string, path: string, thrown: unknown): FramecatError {
  return usageError(`--${flag}: cannot write ${path || '""'}: ${errnoWords(thrown)}`);
}
