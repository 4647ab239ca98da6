import { type Event, isReceived, type MessageEvent, unreachable } from "../transport/events.ts";
import { jsonOnOneLine } from "./json-on-one-line.ts";

/** What is written of what comes. */
export type OutputFormat =
  | {
      /** The payload, and what ends it. */
      readonly kind: "text";
      /** Default a newline. */
      readonly delimiter?: Uint8Array | undefined;
      /** Payloads bring their own delimiter, so none is written. */
      readonly keepDelimiter?: boolean | undefined;
      /** Write newlines, carriage returns and backslashes within a payload as `\n`, `\r` and `\\`. */
      readonly escapeNewlines?: boolean | undefined;
    }
  /** The payload alone. */
  | { readonly kind: "raw" }
  /** A line of JSON for each message; see `messageAsJson`. */
  | { readonly kind: "json" }
  /** A line of digits for each message. */
  | { readonly kind: "hex" | "base64" }
  /** A line for each event, as the function writes it with its newline. */
  | { readonly kind: "ndjson"; readonly lineOf: (event: Event) => string };

/** What to write of an event, in this order: of most events, nothing. */
export type EventWriter = (event: Event) => readonly (string | Uint8Array)[];

const NOTHING = [] as const;
const NEWLINE = Uint8Array.of(0x0a);
/** Payloads up to this long are written in one piece with what ends them. */
const MAX_JOINED = 16 * 1024;
/** Bytes that become digits at a time, a multiple of three; a longer string may be none. */
const DIGIT_BYTES = 3 * 2 ** 16;

/** The events of messages that came, but for the answers to our own heartbeat. */
export function isData(event: Event): event is MessageEvent {
  return isReceived(event) && event.heartbeat !== true;
}

export function createWriter(format: OutputFormat): EventWriter {
  if (format.kind === "ndjson") return (event) => [format.lineOf(event)];
  const write = messageWriter(format);
  return (event) => (isData(event) ? write(event) : NOTHING);
}

type MessageWriter = (event: MessageEvent) => readonly (string | Uint8Array)[];

function messageWriter(format: Exclude<OutputFormat, { kind: "ndjson" }>): MessageWriter {
  switch (format.kind) {
    case "text": {
      const { delimiter = NEWLINE, keepDelimiter, escapeNewlines } = format;
      const end = keepDelimiter ? new Uint8Array(0) : delimiter;
      return ({ data }) => ended(escapeNewlines ? withNewlinesEscaped(data) : data, end);
    }
    case "raw":
      return ({ data }) => (data.length > 0 ? [data] : NOTHING);
    case "json":
      return (event) => [`${messageAsJson(event)}\n`];
    case "hex":
    case "base64":
      return ({ data }) => digits(data, format.kind);
    default:
      return unreachable(format);
  }
}

function ended(data: Uint8Array, end: Uint8Array): readonly Uint8Array[] {
  return data.length > MAX_JOINED ? [data, end] : [Buffer.concat([data, end])];
}

/** So that every message is one line, and can be had back from it byte for byte. */
function withNewlinesEscaped(data: Uint8Array): Uint8Array {
  if (!data.includes(0x0a) && !data.includes(0x0d) && !data.includes(0x5c)) return data;
  const octets = asBuffer(data).toString("latin1");
  return Buffer.from(octets.replaceAll(/[\n\r\\]/g, escapeOf), "latin1");
}

function escapeOf(octet: string): string {
  return octet === "\n" ? "\\n" : octet === "\r" ? "\\r" : "\\\\";
}

/**
 * A payload that is JSON as it stands, its numbers to the last digit, but on one line; any other
 * text as a string, and what is binary as `{"base64":"…"}`.
 */
function messageAsJson({ kind, data }: MessageEvent): string {
  const buffer = asBuffer(data);
  if (kind === "binary") return JSON.stringify({ base64: buffer.toString("base64") });
  const text = buffer.toString("utf8");
  return jsonOnOneLine(text) ?? JSON.stringify(text);
}

function digits(data: Uint8Array, form: "hex" | "base64"): readonly string[] {
  if (data.length <= DIGIT_BYTES) return [`${asBuffer(data).toString(form)}\n`];
  const parts: string[] = [];
  for (let start = 0; start < data.length; start += DIGIT_BYTES) {
    parts.push(asBuffer(data.subarray(start, start + DIGIT_BYTES)).toString(form));
  }
  return [...parts, "\n"];
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
