import { usageError } from "../errors.ts";
import { isControl } from "../protocol/opcodes.ts";
import type { Event } from "../transport/events.ts";
import { EventLineReader, type ReadEvent } from "../transport/read-event-lines.ts";
import { type RecordedSession, SessionReader } from "./recorded-session.ts";

export type { RecordedStep } from "./recorded-session.ts";

/** What one connection of a recorded session sent. */
export interface Recording extends RecordedSession {
  readonly conn: string;
}

export interface RecordingOptions {
  /** The connection's id; otherwise the first one that sent a message. */
  readonly conn?: string | undefined;
}

/**
 * Reads a recorded session, events as NDJSON, for replay.
 * @param name of the file
 * @throws FramecatError (usage) naming the line that cannot be read
 */
export function readRecording(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  options: RecordingOptions = {},
): Promise<Recording> {
  return recordingOf(wholeEvents(chunks, name), name, options);
}

/** Refuses a file that is cut: what is missing there may have been sent, too. */
async function* wholeEvents(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<ReadEvent> {
  const reader = new EventLineReader(name);
  yield* reader.read(chunks);
  if (reader.cut !== undefined) throw usageError(`${reader.cut}: no whole line of JSON`);
}

/**
 * Gathers what one connection sent. Messages are whole, whatever fragments they were sent in. Nothing
 * is kept of other connections than the one that is asked for.
 * @param name of the file that the events come from
 * @throws FramecatError (usage) where nothing was sent, or not all of it is known
 */
export async function recordingOf(
  events: AsyncIterable<ReadEvent>,
  name: string,
  { conn }: RecordingOptions = {},
): Promise<Recording> {
  const connections = new Connections(conn);
  for await (const { event, where } of events) connections.push(event, where);
  const recording = connections.end();
  if (recording) return recording;
  const whose = conn === undefined ? "" : ` of connection ${JSON.stringify(conn)}`;
  throw usageError(`${name} has no message${whose} that was sent`);
}

/** The connections until the one that counts is known; then that one. */
class Connections {
  readonly #sessions = new Map<string, SessionReader>();
  #chosen: string | undefined;

  constructor(chosen: string | undefined) {
    this.#chosen = chosen;
  }

  push(event: Event, where: string): void {
    const { conn } = event;
    if (this.#chosen !== undefined && this.#chosen !== conn) return;
    const session = this.#sessions.get(conn) ?? new SessionReader();
    if (this.#chosen === undefined && sends(event)) {
      this.#chosen = conn;
      this.#sessions.clear();
    }
    this.#sessions.set(conn, session);
    session.push(event, where);
  }

  end(): Recording | undefined {
    const conn = this.#chosen ?? "";
    const session = this.#sessions.get(conn)?.end();
    return session && { conn, ...session };
  }
}

function sends(event: Event): boolean {
  if (event.type === "message") return event.dir === "out" && !event.heartbeat;
  return event.type === "frame" && event.dir === "out" && !isControl(event.frame.header.opcode);
}
