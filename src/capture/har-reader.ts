import { Buffer } from "node:buffer";
import { usageError } from "../errors.ts";
import { type Headers, headerValues, type HttpHead } from "../protocol/http-head.ts";
import { Opcode } from "../protocol/opcodes.ts";
import { isValidUtf8 } from "../protocol/utf8.ts";
import {
  parseAgreedDeflate,
  parseIsoMicroseconds,
  parseTlsFacts,
} from "../transport/event-from-json.ts";
import type { CloseEvent, Event, HandshakeEvent, Timings } from "../transport/events.ts";
import type { ReadEvent } from "../transport/read-event-lines.ts";
import { type EntryBytes, HarEntries } from "./har-entries.ts";
import { connectMs } from "./har-format.ts";

/**
 * Reads the WebSocket connections of a HAR as events: for each a handshake, then what was said.
 *
 * 1. Chrome's form is what all write: `_webSocketMessages` with `send` and `receive` as the client
 *    sees it, seconds since 1970, and base64 where the opcode is 2. Some tell milliseconds, some pings
 *    and pongs as messages of their own. Chrome tells the errors of a connection as messages, too.
 * 2. Messages are whole and inflated in a HAR; of frames, and of how they were masked, it knows nothing.
 * 3. Nobody but framecat tells how a connection closed, so only then there is a `close` event.
 * 4. Connections are named by their number among the WebSocket entries: the names that a HAR has for
 *    them need not be unique. An entry that continues one before it goes on with its connection.
 */
export class HarReader {
  readonly #name: string;
  readonly #entries: HarEntries;
  #connections = 0;
  /** Connections that may be continued, by their names in the HAR. */
  readonly #open = new Map<string, string>();
  /** Entries that are no WebSocket connections. */
  skippedEntries = 0;
  /** Messages of a kind that is not known. */
  skipped = 0;

  /** @param name of the file */
  constructor(name: string, options: { readonly maxEntry?: number } = {}) {
    this.#name = name;
    this.#entries = new HarEntries(name, options);
  }

  /**
   * What was whole is given before a file that is cut is told.
   * @throws FramecatError (usage) naming the byte, or the entry and the message
   */
  async *read(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ReadEvent> {
    for await (const chunk of chunks) {
      for (const entry of this.#entries.push(chunk)) yield* this.#events(entry);
    }
    this.#entries.end();
  }

  *#events(found: EntryBytes): Generator<ReadEvent> {
    const where = `${this.#name}, entry at byte ${found.offset}`;
    const entry = parseEntry(found.bytes, where);
    if (!isWebSocket(entry)) {
      this.skippedEntries += 1;
      return;
    }
    const continued = this.#continuedBy(entry);
    const conn = continued ?? String(++this.#connections);
    const handshake = handshakeOf(entry, conn);
    if (continued === undefined) yield { event: handshake, where };
    for (const [i, message] of listOf(entry._webSocketMessages).entries()) {
      const place = `${where}, message ${i + 1}`;
      const event = eventOf(fieldsOf(message), handshake, place);
      if (event) yield { event, where: place };
      else this.skipped += 1;
    }
    const close = closeOf(entry, handshake);
    if (close) yield { event: close, where };
    else this.#keepOpen(entry, conn);
  }

  /** The connection that an entry goes on with. */
  #continuedBy({ _framecat }: Fields): string | undefined {
    const { conn, continues } = fieldsOf(_framecat);
    return continues === true ? this.#open.get(textOf(conn)) : undefined;
  }

  #keepOpen({ _framecat }: Fields, conn: string): void {
    const name = textOf(fieldsOf(_framecat).conn);
    if (name === "") return;
    this.#open.delete(name);
    this.#open.set(name, conn);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_OPEN && oldest !== undefined) this.#open.delete(oldest);
  }
}

/** Of more, those that began first are forgotten. */
const MAX_OPEN = 16_384;

type Fields = Readonly<Record<string, unknown>>;

function parseEntry(bytes: Uint8Array, where: string): Fields {
  if (!isValidUtf8(bytes)) throw usageError(`${where}: not UTF-8`);
  try {
    return fieldsOf(
      JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8")),
    );
  } catch {
    throw usageError(`${where}: no valid JSON`);
  }
}

/** Some write the messages without naming the type, some the type of a connection without messages. */
function isWebSocket({ _resourceType, _webSocketMessages, request }: Fields): boolean {
  if (Array.isArray(_webSocketMessages) || _resourceType === "websocket") return true;
  return /^wss?:/i.test(textOf(fieldsOf(request).url));
}

function handshakeOf(entry: Fields, conn: string): HandshakeEvent {
  const { role, remote, tls: session } = fieldsOf(entry._framecat);
  const tls = parseTlsFacts(session);
  const request = fieldsOf(entry.request);
  const response = fieldsOf(entry.response);
  const url = textOf(request.url);
  const timings = timingsOf(entry);
  const answer = responseHead(response);
  const [subprotocol] = headerValues(answer.headers, "sec-websocket-protocol");
  const deflate = parseAgreedDeflate(
    headerValues(answer.headers, "sec-websocket-extensions").join(","),
  );
  const body = bodyOf(fieldsOf(response.content));
  return {
    type: "handshake",
    conn,
    at: openedAt(entry, timings),
    role: role === "server" ? "server" : "client",
    url,
    remote: typeof remote === "string" ? remote : remoteOf(textOf(entry.serverIPAddress), url),
    request: requestHead(request, url),
    response: answer,
    ...(body && { body }),
    timings,
    ...(tls && { tls }),
    ...(subprotocol !== undefined && { subprotocol }),
    ...(deflate && { deflate }),
    violations: [],
  };
}

function requestHead({ method, httpVersion, headers }: Fields, url: string): HttpHead {
  const { pathname, search } = URL.canParse(url) ? new URL(url) : { pathname: "/", search: "" };
  const line = `${textOf(method) || "GET"} ${pathname}${search} ${versionOf(httpVersion)}`;
  return { startLine: line, headers: headersOf(headers) };
}

/** A connection that failed has no status. Over HTTP/2 a status has no text, whatever is told. */
function responseHead({ status, statusText, httpVersion, headers }: Fields): HttpHead {
  if (typeof status !== "number" || status <= 0) return { startLine: "", headers: [] };
  const version = versionOf(httpVersion);
  const reason = version === "HTTP/2" ? "" : textOf(statusText);
  const startLine = `${version} ${status} ${reason}`.trimEnd();
  return { startLine, headers: headersOf(headers) };
}

function versionOf(httpVersion: unknown): string {
  const text = textOf(httpVersion);
  if (/^(?:h2c?|http\/2(?:\.0)?)$/i.test(text)) return "HTTP/2";
  return `HTTP/${/^http\/(\d\.\d)$/i.exec(text)?.[1] ?? "1.1"}`;
}

function headersOf(value: unknown): Headers {
  return listOf(value).map((field) => {
    const { name, value: said } = fieldsOf(field);
    return [textOf(name), textOf(said)];
  });
}

function bodyOf({ text, encoding }: Fields): Uint8Array | undefined {
  if (typeof text !== "string" || text === "") return undefined;
  return Buffer.from(text, encoding === "base64" ? "base64" : "utf8");
}

/** Chrome's `wait` is anything but the time that the upgrade of a WebSocket takes. */
function timingsOf({ timings, _framecat }: Fields): Timings {
  const { dns, connect, ssl, wait } = fieldsOf(timings);
  const phase = (value: unknown) => (typeof value === "number" && value >= 0 ? value : undefined);
  const [lookup, both, tls] = [phase(dns), phase(connect), phase(ssl)];
  const upgrade = _framecat === undefined ? undefined : phase(wait);
  return {
    ...(lookup !== undefined && { dns: lookup }),
    ...(both !== undefined && { tcp: Math.max(0, both - (tls ?? 0)) }),
    ...(tls !== undefined && { tls }),
    ...(upgrade !== undefined && { upgrade }),
  };
}

/** After connecting, and before the first message. */
function openedAt(entry: Fields, timings: Timings): Event["at"] {
  const startUs = parseIsoMicroseconds(textOf(entry.startedDateTime)) ?? 0;
  const opened = momentOf(startUs + Math.round(connectMs({ timings }) * 1000));
  const [first] = listOf(entry._webSocketMessages);
  const spoken = timeOf(fieldsOf(first).time, opened);
  return spoken.epochUs < opened.epochUs ? spoken : opened;
}

function remoteOf(address: string, url: string): string {
  if (address === "" || !URL.canParse(url)) return "";
  const { port, protocol } = new URL(url);
  const host = address.includes(":") ? `[${address}]` : address;
  return `${host}:${port || (protocol === "wss:" ? "443" : "80")}`;
}

/** What a message tells; undefined where its kind is not known. */
function eventOf(message: Fields, handshake: HandshakeEvent, where: string): Event | undefined {
  const { type, opcode = Opcode.text, data } = message;
  const { conn } = handshake;
  const at = timeOf(message.time, handshake.at);
  if (type === "error") {
    return { type: "error", conn, at, code: "abnormal", message: textOf(data) };
  }
  if (type !== "send" && type !== "receive") return undefined;
  const dir = (type === "send") === (handshake.role === "client") ? "out" : "in";
  const bytes = bytesOf(message, where);
  const { _omitted: omitted } = message;
  const rest = typeof omitted === "number" && omitted > 0 ? { omitted } : {};
  if (opcode === Opcode.text || opcode === Opcode.binary) {
    const kind = opcode === Opcode.text ? "text" : "binary";
    return { type: "message", conn, at, dir, kind, data: bytes, ...rest };
  }
  if (opcode === Opcode.ping) return { type: "ping", conn, at, dir, data: bytes };
  if (opcode === Opcode.pong) return { type: "pong", conn, at, dir, data: bytes };
  return undefined;
}

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

function bytesOf({ opcode, data, _base64: exact }: Fields, where: string): Uint8Array {
  if (typeof data !== "string") throw usageError(`${where}: it has no data`);
  if (typeof exact === "string") return Buffer.from(exact, "base64");
  if (opcode !== Opcode.binary) return Buffer.from(data, "utf8");
  if (!BASE64.test(data)) throw usageError(`${where}: the data of a binary message is not base64`);
  return Buffer.from(data, "base64");
}

function closeOf(entry: Fields, { conn, at }: HandshakeEvent): CloseEvent | undefined {
  const { close } = fieldsOf(entry._framecat);
  if (close === undefined) return undefined;
  const { code, reason, initiator, clean } = fieldsOf(close);
  const { receive } = fieldsOf(entry.timings);
  return {
    type: "close",
    conn,
    at: momentOf(at.epochUs + Math.round(numberOf(receive) * 1000)),
    code: numberOf(code),
    reason: textOf(reason),
    initiator: initiator === "local" ? "local" : "peer",
    clean: clean === true,
  };
}

/** Milliseconds as seconds would lie more than a thousand years ahead. */
const LAST_SECOND = 1e11;

/** Seconds, milliseconds, or ISO 8601; without a time a message is as old as its connection. */
function timeOf(time: unknown, at: Event["at"]): Event["at"] {
  if (typeof time === "string") return momentOf(parseIsoMicroseconds(time) ?? at.epochUs);
  if (typeof time !== "number" || time <= 0) return at;
  return momentOf(Math.round(time * (time < LAST_SECOND ? 1e6 : 1e3)));
}

/** The last microsecond that a Date can tell. */
const LAST_MOMENT = 8.64e18;

/** A HAR knows the wall clock alone. */
function momentOf(us: number): Event["at"] {
  const epochUs = us >= 0 && us <= LAST_MOMENT ? Math.round(us) : 0;
  return { epochUs, ns: BigInt(epochUs) * 1000n };
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
