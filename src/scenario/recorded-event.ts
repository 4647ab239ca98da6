import { Buffer } from "node:buffer";
import { usageError } from "../errors.ts";
import { isControl, Opcode } from "../protocol/opcodes.ts";
import { isValidUtf8 } from "../protocol/utf8.ts";
import { EVENT_SCHEMA } from "../transport/event-json.ts";
import type { Direction } from "../transport/events.ts";

/** What a line of NDJSON (`framecat.event/1`) means to who replays it. */
export type RecordedEvent = {
  readonly conn: string;
  /** Monotonic nanoseconds, where the recording knows the time. */
  readonly ns: bigint | undefined;
} & (RecordedMessage | RecordedFrame | { readonly type: "open" } | { readonly type: "other" });

/** Of a message that came, the payload is not looked at, and is empty. */
export interface RecordedMessage {
  readonly type: "message";
  readonly dir: Direction;
  readonly kind: "text" | "binary";
  readonly payload: Uint8Array;
  /** Why the payload is not what was sent. */
  readonly flaw?: string | undefined;
}

/** A data frame. */
export interface RecordedFrame {
  readonly type: "frame";
  readonly dir: Direction;
  readonly fin: boolean;
  readonly opcode: number;
  readonly payload: Uint8Array;
  /** Why the payload is not what was sent. */
  readonly flaw?: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const CUT = "the payload is not as long as what was sent";
const EMPTY = new Uint8Array(0);

/**
 * @param where names the file and the line
 * @throws FramecatError (usage) where the line is no such event, or lacks what is to be replayed
 */
export function parseRecordedEvent(line: Uint8Array, where: string): RecordedEvent {
  const fields = parseFields(line, where);
  const { v, conn, ns, type } = fields;
  if (v !== EVENT_SCHEMA || typeof conn !== "string") {
    throw usageError(`${where}: not an event of ${EVENT_SCHEMA}`, "Record with --format ndjson.");
  }
  const time = typeof ns === "string" && /^\d+$/.test(ns) ? BigInt(ns) : undefined;
  const common = { conn, ns: time };
  if (type === "message") return { ...common, ...parseMessage(fields, where) };
  if (type === "frame" && typeof fields.opcode === "number" && !isControl(fields.opcode)) {
    return { ...common, ...parseFrame(fields, fields.opcode, where) };
  }
  const opens = type === "handshake" || (type === "state" && fields.state === "OPEN");
  return { ...common, type: opens ? "open" : "other" };
}

function parseFields(line: Uint8Array, where: string): Fields {
  if (!isValidUtf8(line)) throw usageError(`${where}: not UTF-8`);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.length).toString("utf8"));
  } catch {
    throw usageError(`${where}: no whole line of JSON`);
  }
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function parseMessage(fields: Fields, where: string): RecordedMessage {
  const { kind } = fields;
  const dir = parseDirection(fields, where);
  if (kind !== "text" && kind !== "binary") throw usageError(`${where}: a message of no kind`);
  if (dir === "in") return { type: "message", dir, kind, payload: EMPTY };
  const payload = parsePayload(fields, where);
  const flaw = payload.length === fields.length ? undefined : CUT;
  return { type: "message", dir, kind, payload, flaw };
}

function parseFrame(fields: Fields, opcode: number, where: string): RecordedFrame {
  const dir = parseDirection(fields, where);
  const common = { type: "frame", dir, fin: fields.fin === true, opcode } as const;
  if (dir === "in") return { ...common, payload: EMPTY };
  const payload = parsePayload(fields, where);
  return { ...common, payload, flaw: flawOf(fields, payload) };
}

function flawOf(fields: Fields, payload: Uint8Array): string | undefined {
  if (fields.rsv1 === true) return "the frame is compressed, and no message is recorded beside it";
  if (payload.length !== fields.length) return CUT;
  const known = [Opcode.continuation, Opcode.text, Opcode.binary].some((o) => o === fields.opcode);
  return known ? undefined : "the frame has a reserved opcode";
}

function parseDirection({ dir }: Fields, where: string): Direction {
  if (dir === "in" || dir === "out") return dir;
  throw usageError(`${where}: neither in nor out`);
}

function parsePayload({ text, base64 }: Fields, where: string): Uint8Array {
  if (typeof text === "string") return Buffer.from(text, "utf8");
  if (typeof base64 === "string") return Buffer.from(base64, "base64");
  throw usageError(`${where}: neither text nor base64`);
}
