import { Buffer } from "node:buffer";
import { usageError } from "../errors.ts";
import { unreachable } from "../transport/events.ts";
import { compileJsonPath, endOfPath } from "./json-path.ts";

/** How a reply finds its request: plain data, so that it can travel to workers. */
export type Match =
  /** The oldest request that waits. */
  | { readonly by: "order" }
  /** The number that both begin with. */
  | { readonly by: "seq" }
  /** The value that both hold, in JSON, at their path. */
  | { readonly by: "json"; readonly request: string; readonly reply: string };

/** Two messages with the same key belong together. */
export type Key = string | number;

/** Gives the key of a message; undefined where it has none. */
export type KeyReader = (payload: Uint8Array | string) => Key | undefined;

export interface KeyReaders {
  readonly request: KeyReader;
  readonly reply: KeyReader;
}

const JSON_PREFIX = "json:";
const FORMS = "Matches are order, seq, json:$.id or json:$.id=$.reply_to.";

/** @throws FramecatError (usage) naming `flag`, also where a path is wrong */
export async function parseMatch(text: string, flag: string): Promise<Match> {
  if (text === "order" || text === "seq") return { by: text };
  if (!text.startsWith(JSON_PREFIX)) {
    throw usageError(`${flag} ${JSON.stringify(text)} is no way to match replies`, FORMS);
  }
  const [request, reply = request] = splitAtEquals(text.slice(JSON_PREFIX.length));
  await compileJsonPath(request, flag);
  await compileJsonPath(reply, flag);
  return { by: "json", request, reply };
}

function splitAtEquals(text: string): [request: string, reply?: string] {
  const at = endOfPath(text, "=");
  return at === text.length ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** What reads the keys of both sides; undefined where the order decides. */
export async function keyReaders(match: Match, flag: string): Promise<KeyReaders | undefined> {
  switch (match.by) {
    case "order":
      return undefined;
    case "seq":
      return { request: leadingNumber, reply: leadingNumber };
    case "json": {
      const request = await jsonReader(match.request, flag);
      const same = match.reply === match.request;
      return { request, reply: same ? request : await jsonReader(match.reply, flag) };
    }
    default:
      return unreachable(match);
  }
}

const ZERO = 0x30;
/** More digits might not fit a double, and two messages would have one key. */
const MAX_DIGITS = 15;

/** The decimal digits at the beginning, at most 15 of them, as a number. */
export function leadingNumber(payload: Uint8Array | string): number | undefined {
  return typeof payload === "string" ? numberOfText(payload) : numberOfBytes(payload);
}

function numberOfBytes(payload: Uint8Array): number | undefined {
  let number = 0;
  let at = 0;
  for (; at < payload.length; at++) {
    const digit = (payload[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    if (at === MAX_DIGITS) return undefined;
    number = number * 10 + digit;
  }
  return at === 0 ? undefined : number;
}

function numberOfText(payload: string): number | undefined {
  const digits = /^\d{1,16}/.exec(payload)?.[0] ?? "";
  return digits === "" || digits.length > MAX_DIGITS ? undefined : Number(digits);
}

async function jsonReader(path: string, flag: string): Promise<KeyReader> {
  const find = await compileJsonPath(path, flag);
  return (payload) => asKey(find(parse(payload)));
}

/** Numbers beyond 2^53 are no keys: neighbours among them would be taken for one. */
function asKey(value: unknown): Key | undefined {
  if (typeof value === "string") return value;
  const exact = typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  return exact ? value : undefined;
}

function parse(payload: Uint8Array | string): unknown {
  try {
    return JSON.parse(typeof payload === "string" ? payload : textOf(payload));
  } catch {
    return undefined;
  }
}

function textOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("utf8");
}
