import { Buffer } from "node:buffer";
import { messageOf, usageError } from "../errors.ts";
import { quote } from "./brief-payload.ts";
import { compileJsonPath, endOfPath } from "./json-path.ts";

/**
 * What a message is to look like.
 *
 * 1. `pong` – plain text: the message holds it somewhere, as `grep -F` and `expect` have it, and as a
 *    regular expression does. What has to be the whole message is written `text:pong` or `/^pong$/`.
 * 2. `/regex/flags` – a regular expression of JavaScript with the flags i, m, s, u and v. Of a message
 *    over 1 MiB the first MiB is looked at. One that backtracks without end does so here too.
 * 3. `json:$.path` – the message is JSON in which the path (RFC 9535) finds something, be it null.
 *    After it `=`, `!=`, `<`, `<=`, `>` and `>=` compare the first value found: with a value in JSON,
 *    or a text where it is no JSON; by `=` also with a `/regex/flags`, which an object or an array
 *    never matches. Numbers and texts are ordered, each among themselves. Numbers are doubles, so that
 *    neighbours beyond 2^53 are the same.
 * 4. `text:…`, `hex:0102` and `base64:AQI=` – the message is a text, or a binary one, of these bytes
 *    and no others.
 *
 * The first three look at binary messages too, read as UTF-8: many servers send their JSON so.
 */
export interface Pattern {
  /** As given. */
  readonly text: string;
  /** As told to people: plain text stands in quotes. */
  readonly shown: string;
  readonly matches: (payload: Uint8Array, kind: PayloadKind) => boolean;
}

export type PayloadKind = "text" | "binary";

type Matches = Pattern["matches"];

/** How much of a message a regular expression sees. */
const MAX_SEARCHED = 1024 * 1024;

const REGEX = /^\/(.+)\/([a-z]*)$/s;
const FORMS =
  "Patterns are pong, /regex/i, json:$.path=value, text:pong, hex:0102 and base64:AQI=.";

/** @throws FramecatError (usage) naming `flag`, and where in the pattern it is wrong */
export async function parsePattern(text: string, flag: string): Promise<Pattern> {
  if (text === "") throw usageError(`${flag} is empty, which every message holds`, FORMS);
  const [, form, rest = ""] = /^(json|text|hex|base64):(.*)$/s.exec(text) ?? [];
  const plain = form === undefined && !REGEX.test(text);
  const shown = plain ? quote(text) : text;
  return { text, shown, matches: await compile(form, form === undefined ? text : rest, flag) };
}

async function compile(form: string | undefined, text: string, flag: string): Promise<Matches> {
  switch (form) {
    case "json":
      return compileJson(text, flag);
    case "text":
      return isBytes(Buffer.from(text), "text");
    case "hex":
      return isBytes(parseHex(text, flag), "binary");
    case "base64":
      return isBytes(parseBase64(text, flag), "binary");
    default:
      return compileRegex(text, flag) ?? holds(Buffer.from(text));
  }
}

function holds(wanted: Buffer): Matches {
  return (payload) => asBuffer(payload).includes(wanted);
}

function isBytes(wanted: Buffer, wantedKind: PayloadKind): Matches {
  return (payload, kind) => kind === wantedKind && wanted.equals(payload);
}

/** Undefined where the text is no `/regex/flags`. */
function compileRegex(text: string, flag: string): Matches | undefined {
  const regex = parseRegex(text, flag);
  return regex && ((payload) => regex.test(beginningOf(payload)));
}

function parseRegex(text: string, flag: string): RegExp | undefined {
  const [, source, flags = ""] = REGEX.exec(text) ?? [];
  if (source === undefined) return undefined;
  const strange = flags.search(/[^imsuv]/);
  if (strange !== -1) {
    throw usageError(
      `${flag}: ${quote(text)} has the flag ${flags[strange] ?? ""} at character ${text.length - flags.length + strange + 1}`,
      "Flags are i, m, s, u and v. Text that has slashes around it is written /\\/a\\//.",
    );
  }
  try {
    return new RegExp(source, flags);
  } catch (thrown) {
    const reason = messageOf(thrown).replace(/^Invalid regular expression: (?:\/.*\/\w*: )?/s, "");
    throw usageError(`${flag}: ${quote(text)} is no regular expression: ${reason}`);
  }
}

/** The last character may be cut in two. */
function beginningOf(payload: Uint8Array): string {
  return asBuffer(payload).toString("utf8", 0, Math.min(payload.length, MAX_SEARCHED));
}

const COMPARISON = /^(<=|>=|!=|<|>|=)(.*)$/s;

async function compileJson(text: string, flag: string): Promise<Matches> {
  const end = endOfPath(text, "=!<>");
  const find = await compileJsonPath(text.slice(0, end), flag);
  const accepts = end === text.length ? isThere : compileComparison(text, end, flag);
  return (payload) => {
    const found = find(parseJson(asBuffer(payload).toString("utf8")));
    return found !== undefined && accepts(found);
  };
}

type Accepts = (found: unknown) => boolean;

const isThere: Accepts = () => true;

function compileComparison(text: string, end: number, flag: string): Accepts {
  const [, operator, written = ""] = COMPARISON.exec(text.slice(end)) ?? [];
  const regex = operator === "=" ? parseRegex(written, flag) : undefined;
  if (regex) return (found) => !isObject(found) && regex.test(String(found).slice(0, MAX_SEARCHED));
  const parsed = parseJson(written);
  const wanted = parsed === undefined ? written : parsed;
  switch (operator) {
    case "=":
      return (found) => isSame(found, wanted);
    case "!=":
      return (found) => !isSame(found, wanted);
    case "<":
      return (found) => isBelow(found, wanted);
    case ">":
      return (found) => isBelow(wanted, found);
    case "<=":
      return (found) => isSame(found, wanted) || isBelow(found, wanted);
    case ">=":
      return (found) => isSame(found, wanted) || isBelow(wanted, found);
    default: {
      const where = `at character ${"json:".length + end + 1}`;
      throw usageError(`${flag}: ${quote(`json:${text}`)} has no comparison ${where}`, FORMS);
    }
  }
}

/** It goes only as deep as both are alike, so no peer can exhaust the stack. */
function isSame(found: unknown, wanted: unknown): boolean {
  if (!isObject(found) || !isObject(wanted)) return found === wanted;
  if (Array.isArray(found) !== Array.isArray(wanted)) return false;
  const keys = Object.keys(wanted);
  return (
    Object.keys(found).length === keys.length &&
    keys.every((key) => Object.hasOwn(found, key) && isSame(found[key], wanted[key]))
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isBelow(low: unknown, high: unknown): boolean {
  if (typeof low === "number" && typeof high === "number") return low < high;
  return typeof low === "string" && typeof high === "string" && low < high;
}

/** Undefined where it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseHex(text: string, flag: string): Buffer {
  const wrong = text.search(/[^\da-f\s]/i);
  if (wrong !== -1) throw noBytes("hex", wrong, flag);
  const digits = text.replace(/\s/g, "");
  if (digits.length % 2 === 1) throw noBytes("hex", text.length, flag);
  return Buffer.from(digits, "hex");
}

function parseBase64(text: string, flag: string): Buffer {
  const [digits = ""] = /^(?:[\w+/-]{4})*(?:[\w+/-]{3}=?|[\w+/-]{2}(?:==)?)?/.exec(text) ?? [];
  if (digits.length !== text.length) throw noBytes("base64", digits.length, flag);
  return Buffer.from(digits, "base64");
}

/** @param at where in what follows the colon, counted from 0 */
function noBytes(form: string, at: number, flag: string): Error {
  return usageError(`${flag}: no ${form} from character ${form.length + 1 + at + 1} on`, FORMS);
}

function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
