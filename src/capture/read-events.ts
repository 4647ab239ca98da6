import { Buffer } from "node:buffer";
import { usageError } from "../errors.ts";
import type { Event, NoteEvent } from "../transport/events.ts";
import type { ReadEvent } from "../transport/read-event-lines.ts";
import type { Run } from "./hex.ts";
import { detectInput, type InputContent, type InputFormat, readInput } from "./input.ts";
import { Lookahead } from "./lookahead.ts";
import { gunzipped } from "./packets/gunzip.ts";
import type { RawEventsOptions } from "./raw-events.ts";

/**
 * Whatever comes → events. The format is told, or found by the content (`detect.ts`, and for text
 * `text-content.ts`); gzip around it is taken off first, except where raw bytes were asked for.
 *
 * Nothing is read ahead of what the format needs: captures, events and raw frames from a pipe are
 * told as they come. Text is read whole first. What reads a format is loaded where that is found.
 */
export const INPUT_FORMATS = [
  "auto",
  "hex",
  "base64",
  "binary",
  "pcap",
  "pcapng",
  "har",
  "ndjson",
] as const;

export type EventFormat = (typeof INPUT_FORMATS)[number];

/** Runs of events, each as long as what came at a time tells. */
export type EventBatches = AsyncIterable<readonly Event[]>;

export interface ReadOptions {
  /** Of the input, for messages. */
  readonly name: string;
  readonly format?: EventFormat | undefined;
  /** Reads a capture file, pcap or pcapng, no longer gzip'ed. Default `readCaptureEvents`. */
  readonly readCapture?: (
    chunks: AsyncIterable<Uint8Array>,
  ) => EventBatches | Promise<EventBatches>;
  /** How frames without packets around them are read. */
  readonly raw?: RawEventsOptions;
  /** Learns what was found, before the first event. */
  readonly onFormat?: (format: FoundFormat) => void;
}

/** What an input turned out to be; `packets` are dumps of packets in text. */
export type FoundFormat = "frames" | "packets" | "pcap" | "pcapng" | "har" | "ndjson";

/**
 * Reads whatever `frame-dump` reads: captures, HAR, NDJSON of framecat, frames as bytes or in any
 * textual form.
 * @throws FramecatError (usage), where the input breaks off after the events before it
 */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): AsyncGenerator<Event> {
  for await (const batch of readEventBatches(chunks, options)) yield* batch;
}

/** The same, which takes less time where there are many. */
export async function* readEventBatches(
  chunks: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): AsyncGenerator<readonly Event[]> {
  const source = new Lookahead(chunks);
  try {
    yield* await openRuns(source, options);
  } finally {
    await source.close();
  }
}

/** A generator by itself is passed by each batch; so what only chooses one is none. */
async function openRuns(source: Lookahead, options: ReadOptions): Promise<EventBatches> {
  if (options.format === "binary") return openFormat(source, "binary", options);
  const first = await source.more();
  // gunzipped() waits for three bytes; a frame may have but two.
  return first?.[0] === GZIP_ID ? readUnpacked(source, options) : openFound(source, options);
}

/** Takes gzip off, and says what was wrong with it after what it held. */
async function* readUnpacked(source: Lookahead, options: ReadOptions): EventRuns {
  const notes: NoteEvent[] = [];
  const tell = ({ offset }: { readonly offset: number }): void =>
    void notes.push(note(`${options.name} is cut: its gzip data ends at byte ${offset}`));
  const unpacked = new Lookahead(gunzipped(source.all(), tell, options.name));
  try {
    yield* await openFound(unpacked, options);
    yield notes;
  } finally {
    await unpacked.close();
  }
}

type EventRuns = AsyncGenerator<readonly Event[]>;
const GZIP_ID = 0x1f;

async function openFound(source: Lookahead, options: ReadOptions): Promise<EventBatches> {
  const { format = "auto" } = options;
  const found = format === "auto" ? await detectInput(source) : format;
  return openFormat(source, found === "text or binary" ? "auto" : found, options);
}

async function openFormat(
  source: Lookahead,
  format: EventFormat,
  options: ReadOptions,
): Promise<EventBatches> {
  const { name, onFormat } = options;
  switch (format) {
    case "pcap":
    case "pcapng":
      onFormat?.(format);
      return openCapture(source.all(), options);
    case "har":
    case "ndjson":
      if (source.length === 0 && !(await source.more())) throw usageError(`${name} is empty`);
      onFormat?.(format);
      return format === "har" ? readHar(source, name) : readNdjson(source, name);
    default:
      return readFrames(source, format, options);
  }
}

async function openCapture(
  chunks: AsyncIterable<Uint8Array>,
  { name, readCapture }: ReadOptions,
): Promise<EventBatches> {
  if (readCapture) return readCapture(chunks);
  const { readCaptureEvents } = await import("./read-capture.ts");
  return readCaptureEvents(chunks, { name }).batches();
}

async function* readFrames(
  source: Lookahead,
  format: InputFormat,
  options: ReadOptions,
): EventRuns {
  const content = await readInput(source, options.name, format);
  options.onFormat?.(content.kind === "capture" ? "packets" : "frames");
  if (content.kind === "capture") {
    yield* await openCapture(once(content.bytes), options);
    return;
  }
  const { RawEvents } = await import("./raw-events.ts");
  const frames = new RawEvents(options.raw);
  for await (const { bytes, side } of runsOf(content)) {
    for (let at = 0; at < bytes.length; at += SLICE) {
      const events = frames.push(bytes.subarray(at, at + SLICE), side);
      // Of a large frame most slices tell nothing.
      if (events.length > 0) yield events;
    }
  }
  yield frames.end();
}

/** Small frames become events of many times their size: so much is taken at a time. */
const SLICE = 64 * 1024;

async function* runsOf(content: Exclude<InputContent, { kind: "capture" }>): AsyncGenerator<Run> {
  if (content.kind === "frames") yield* content.runs;
  else for await (const bytes of content.chunks) yield { side: 0, bytes };
}

async function* readHar(source: Lookahead, name: string): EventRuns {
  const { HarReader } = await import("./har-reader.ts");
  const reader = new HarReader(name);
  yield* batched(reader.read(source.all()));
  const notes: NoteEvent[] = [];
  if (reader.skippedEntries > 0) {
    notes.push(note(`${reader.skippedEntries} entries of ${name} are no WebSocket connections`));
  }
  if (reader.skipped > 0) {
    notes.push(note(`${reader.skipped} messages of ${name} are of a kind that is not known`));
  }
  yield notes;
}

async function* readNdjson(source: Lookahead, name: string): EventRuns {
  const { NdjsonReader } = await import("./ndjson-reader.ts");
  const reader = new NdjsonReader(name);
  yield* batched(reader.read(source.all()));
  const notes: NoteEvent[] = [];
  if (reader.skipped > 0) {
    notes.push(note(`${reader.skipped} lines of ${name} have events of a type that is not known`));
  }
  if (reader.cut !== undefined) notes.push(note(`${reader.cut}: the line is cut`));
  yield notes;
}

async function* batched(events: AsyncIterable<ReadEvent>): EventRuns {
  for await (const { event } of events) yield [event];
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** About the input as a whole, so of no connection that is in it. */
function note(message: string): NoteEvent {
  return { type: "note", conn: "0", at: { epochUs: 0, ns: 0n }, message };
}
