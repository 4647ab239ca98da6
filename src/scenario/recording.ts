import { usageError } from "../errors.ts";
import { Gather } from "../protocol/gather.ts";
import { parseRecordedEvent, type RecordedEvent } from "./recorded-event.ts";
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

const MIB = 2 ** 20;
const MAX_LINE = 128 * MIB;
const NEWLINE = 0x0a;

/**
 * Reads a recorded session, events as NDJSON, for replay. Messages are whole, whatever fragments they
 * were sent in. Nothing is kept of other connections than the one that is asked for.
 * @param name of the file
 * @throws FramecatError (usage) naming the line that cannot be read
 */
export async function readRecording(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  { conn }: RecordingOptions = {},
): Promise<Recording> {
  const connections = new Connections(conn);
  let number = 0;
  for await (const line of lines(chunks, name)) {
    number += 1;
    if (line.every(isBlank)) continue;
    const where = `${name}, line ${number}`;
    connections.push(parseRecordedEvent(line, where), where);
  }
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

  push(event: RecordedEvent, where: string): void {
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

function sends(event: RecordedEvent): boolean {
  return (event.type === "message" || event.type === "frame") && event.dir === "out";
}

function isBlank(octet: number): boolean {
  return octet <= 0x20;
}

/** The lines without their ends. */
async function* lines(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const pending = new Gather();
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, start)) {
      pending.append(chunk, undefined, start, at);
      yield pending.take();
      start = at + 1;
    }
    pending.append(chunk, undefined, start);
    if (pending.length > MAX_LINE) {
      throw usageError(`${name} has a line of more than ${MAX_LINE / MIB} MiB`);
    }
  }
  if (pending.length > 0) yield pending.take();
}
