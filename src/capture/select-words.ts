import { Buffer } from "node:buffer";
import { usageError } from "../errors.ts";
import { parseOpcode } from "../frame-words.ts";
import type { Direction } from "../transport/events.ts";
import { parseCount, parseDurationMs, parseSize } from "../units.ts";

/** The words in which people say what of a capture they want to see. */

/** Both ends belong to it. */
export interface SizeRange {
  readonly min: number;
  readonly max: number;
}

/** An end of a time range: microseconds since 1970, or since the first event. */
export interface TimeBound {
  readonly us: number;
  readonly relative: boolean;
}

/** From `from` on, and before or at `to`. */
export interface TimeRange {
  readonly from: TimeBound | undefined;
  readonly to: TimeBound | undefined;
}

/** True for a payload that is looked for. */
export type PayloadMatch = (payload: Uint8Array) => boolean;

/** `--last` holds so many rows at most. */
export const MAX_LAST = 100_000;

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  in: "in",
  server: "in",
  out: "out",
  client: "out",
};

/** `out` and `client` are what the client sent. @throws FramecatError (usage) naming `flag` */
export function parseDirection(text: string, flag: string): Direction {
  const dir = Object.hasOwn(DIRECTIONS, text) ? DIRECTIONS[text] : undefined;
  if (dir) return dir;
  throw usageError(`${flag} must be out or client, in or server, not ${JSON.stringify(text)}`);
}

/** `text,ping,0x3`; `control` and `data` are all of their kind. @throws FramecatError (usage) */
export function parseOpcodes(text: string): ReadonlySet<number> {
  return new Set(listOf(text).flatMap(opcodesOf));
}

function opcodesOf(word: string): number[] {
  if (word === "data") return [0, 1, 2, 3, 4, 5, 6, 7];
  if (word === "control") return [8, 9, 10, 11, 12, 13, 14, 15];
  return [parseOpcode(word)];
}

/** `1,3`, `1.3` for a stream of HTTP/2, or `127.0.0.1:8080`. @throws FramecatError (usage) naming `flag` */
export function parseConnections(text: string, flag: string): ReadonlySet<string> {
  const names = listOf(text);
  if (names.length > 0) return new Set(names);
  throw usageError(`${flag} must be numbers of connections, or HOST:PORT`);
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

/** `1KiB..`, `..125`, `126..65535`, or one size. @throws FramecatError (usage) naming `flag` */
export function parseSizeRange(text: string, flag: string): SizeRange {
  const { from, to } = rangeOf(text, flag, "sizes such as 126..64KiB, 1KiB.. or ..125");
  const min = from === undefined ? 0 : parseSize(from, flag);
  const max = to === undefined ? Number.POSITIVE_INFINITY : parseSize(to, flag);
  if (min > max) throw usageError(`${flag} ${text} ends before it begins`);
  return { min, max };
}

/**
 * `10s..20s` since the first event, `2026-02-01T12:00:00Z..`, or a mixture.
 * @throws FramecatError (usage) naming `flag`
 */
export function parseTimeRange(text: string, flag: string): TimeRange {
  const expected = "times such as 10s..20s, ..1m or 2026-02-01T12:04:31Z..";
  if (!text.includes("..")) throw usageError(`${flag} must be ${expected}`);
  const { from, to } = rangeOf(text, flag, expected);
  const first = from === undefined ? undefined : parseBound(from, flag);
  const last = to === undefined ? undefined : parseBound(to, flag);
  if (first && last && first.relative === last.relative && first.us > last.us) {
    throw usageError(`${flag} ${text} ends before it begins`);
  }
  return { from: first, to: last };
}

/** A single value is both ends. */
function rangeOf(
  text: string,
  flag: string,
  expected: string,
): { readonly from: string | undefined; readonly to: string | undefined } {
  const [from = "", to = from, ...more] = text.split("..").map((end) => end.trim());
  if (more.length > 0 || (from === "" && to === ""))
    throw usageError(`${flag} must be ${expected}`);
  return { from: from === "" ? undefined : from, to: to === "" ? undefined : to };
}

const ISO =
  /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.(?<fraction>\d{1,9}))?)?(?:Z|[-+]\d\d:\d\d)?)?$/;

function parseBound(text: string, flag: string): TimeBound {
  const iso = ISO.exec(text);
  if (!iso) return { us: parseDurationMs(text, flag) * 1000, relative: true };
  const { fraction = "" } = iso.groups ?? {};
  const seconds = Date.parse(fraction === "" ? text : text.replace(`.${fraction}`, ""));
  if (Number.isNaN(seconds)) throw usageError(`${flag} ${text} is no time that there is`);
  return { us: seconds * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0")), relative: false };
}

const REGEX = /^\/(?<source>.+)\/(?<flags>[imsuv]*)$/s;

/** Text as it is, or `/regex/flags` over the text of the payload. @throws FramecatError (usage) */
export function parsePayloadMatch(text: string, flag: string): PayloadMatch {
  if (text === "") throw usageError(`${flag} must be TEXT or /regex/`);
  const { source, flags } = REGEX.exec(text)?.groups ?? {};
  if (source === undefined) {
    const bytes = Buffer.from(text);
    return (payload) => bufferOf(payload).includes(bytes);
  }
  const regex = compile(source, flags ?? "", flag);
  return (payload) => regex.test(bufferOf(payload).toString("utf8"));
}

function compile(source: string, flags: string, flag: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.replace(/^.*: /s, "") : "";
    throw usageError(`${flag} /${source}/${flags} is no regular expression: ${why}`);
  }
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

/** @throws FramecatError (usage) naming `flag` */
export function parseLast(text: string, flag: string): number {
  return parseCount(text, flag, 1, MAX_LAST);
}
