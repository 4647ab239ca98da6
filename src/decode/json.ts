import { Buffer } from "node:buffer";
import { isValidUtf8 } from "../protocol/utf8.ts";
import { type ByteReader, type Emit, readAll, readEntry, Stop } from "./byte-reader.ts";
import { type Decoded, type DecodedEntry, type DecodedValue, textValue } from "./decoded.ts";

/**
 * JSON (RFC 8259), read by ourselves: numbers keep their digits, and no key is lost.
 *
 * 1. Each byte is taken for a character (Latin-1), so that places are offsets; only strings may hold
 *    what is not ASCII, and they are decoded by themselves.
 * 2. White space goes before and after, and a byte order mark before. Several texts in one payload
 *    are divided by it, or by the record separator (RFC 7464) as SignalR does.
 */
export function decodeJson(payload: Uint8Array): Decoded {
  const source = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString("latin1");
  const { values, stopped } = readAll(payload, (reader, emit) => readText(reader, source, emit));
  if (!stopped) return { values };
  const { offset, message } = stopped;
  return { values, stopped: { offset, message: `${message} (${placeOf(payload, offset)})` } };
}

/** Also the record separator. */
const BETWEEN = " \t\n\r\x1e";
const BYTE_ORDER_MARK = /(?:\xef\xbb\xbf)?/y;
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
/** All of a string but quotes, backslashes and control characters. */
const PLAIN = /[ !#-[\]-\xff]*/y;
const NEWLINE = 0x0a;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const WORD = /[\w.+-]{1,20}|[!-~]/y;

/** One text, and the white space on both sides. */
function readText(reader: ByteReader, source: string, emit: Emit): void {
  if (reader.offset === 0) pass(reader, source, BYTE_ORDER_MARK);
  passBetween(reader, source);
  readValue(reader, source, emit);
  const end = reader.offset;
  passBetween(reader, source);
  if (reader.left > 0 && reader.offset === end) {
    throw new Stop(end, `the JSON ends before ${found(reader, source)}`);
  }
}

function readValue(reader: ByteReader, source: string, emit: Emit): void {
  reader.begin();
  switch (source[reader.offset]) {
    case "{":
      return readObject(reader, source, emit);
    case "[":
      return readArray(reader, source, emit);
    case '"':
      return emit(readString(reader, source));
    default:
      return emit(readScalar(reader, source));
  }
}

function readObject(reader: ByteReader, source: string, emit: Emit): void {
  const entries: DecodedEntry[] = [];
  emit({ kind: "map", entries });
  readItems(reader, source, "}", () => {
    let isKey = true;
    readEntry(entries, (give) => {
      if (!isKey) return readValue(reader, source, give);
      isKey = false;
      if (source[reader.offset] !== '"') throw expected("a key", reader, source);
      give(readString(reader, source));
      take(reader, source, ":", "a colon");
    });
  });
}

function readArray(reader: ByteReader, source: string, emit: Emit): void {
  const items: DecodedValue[] = [];
  emit({ kind: "list", items });
  readItems(reader, source, "]", () => readValue(reader, source, (value) => items.push(value)));
}

/** What stands between brackets, with commas. */
function readItems(reader: ByteReader, source: string, end: string, read: () => void): void {
  reader.skip(1);
  pass(reader, source, SPACE);
  if (source[reader.offset] === end) {
    reader.skip(1);
    return;
  }
  reader.inside(() => {
    for (let more = true; more;) {
      read();
      pass(reader, source, SPACE);
      more = source[reader.offset] === ",";
      take(reader, source, more ? "," : end, `a comma or ${end}`);
    }
  });
}

/** A mark, and the white space around it. */
function take(reader: ByteReader, source: string, mark: string, what: string): void {
  pass(reader, source, SPACE);
  if (source[reader.offset] !== mark) throw expected(what, reader, source);
  reader.skip(1);
  if (mark === "," || mark === ":") pass(reader, source, SPACE);
}

function readString(reader: ByteReader, source: string): DecodedValue {
  const start = reader.offset;
  let at = start + 1;
  for (;;) {
    at += match(PLAIN, source, at)?.length ?? 0;
    if (source[at] !== "\\") break;
    const escape = match(ESCAPE, source, at);
    if (escape === undefined) throw new Stop(at, "no escape of JSON");
    at += escape.length;
  }
  if (at >= source.length) throw new Stop(at, `the string from byte ${start} on does not end`);
  if (source[at] !== '"') throw new Stop(at, "a control character within a string");
  const bytes = reader.take(at + 1 - start);
  if (!isValidUtf8(bytes)) throw new Stop(start, "a string that is not UTF-8");
  const text: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
  return textValue(String(text));
}

function readScalar(reader: ByteReader, source: string): DecodedValue {
  const literal = match(LITERAL, source, reader.offset);
  const token = literal ?? match(NUMBER, source, reader.offset);
  if (token === undefined) throw expected("a value", reader, source);
  reader.skip(token.length);
  return literal === undefined ? { kind: "number", digits: token } : { kind: "word", word: token };
}

function expected(what: string, reader: ByteReader, source: string): Stop {
  return new Stop(reader.offset, `${what} was to follow, not ${found(reader, source)}`);
}

function found(reader: ByteReader, source: string): string {
  if (reader.left === 0) return "the end";
  const word = match(WORD, source, reader.offset);
  return word ?? `byte 0x${source.charCodeAt(reader.offset).toString(16).padStart(2, "0")}`;
}

function passBetween(reader: ByteReader, source: string): void {
  while (reader.left > 0 && BETWEEN.includes(source[reader.offset] ?? "")) reader.skip(1);
}

function pass(reader: ByteReader, source: string, pattern: RegExp): void {
  reader.skip(match(pattern, source, reader.offset)?.length ?? 0);
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

/** Counted from 1; the column in characters. */
function placeOf(payload: Uint8Array, offset: number): string {
  let line = 1;
  let start = 0;
  for (;;) {
    const newline = payload.indexOf(NEWLINE, start);
    if (newline === -1 || newline >= offset) break;
    line += 1;
    start = newline + 1;
  }
  const before = Buffer.from(payload.buffer, payload.byteOffset + start, offset - start);
  return `line ${line}, column ${before.toString("utf8").length + 1}`;
}
