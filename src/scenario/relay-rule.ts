import { parseOpcode } from "../frame-words.ts";
import { messageOf, usageError } from "../errors.ts";
import { isControl, Opcode } from "../protocol/opcodes.ts";
import type { Direction } from "../transport/events.ts";
import type { Passing } from "../transport/relay/passing.ts";
import { parseDurationMs } from "../units.ts";
import { parsePattern } from "./pattern.ts";

/**
 * Which messages and frames a rule of a relay is about:
 *
 * 1. `PATTERN` – the messages that look like that, in the grammar of patterns; `*` – all messages.
 * 2. `opcode:ping` – the frames of control with that opcode, or the messages of that kind.
 * 3. `in:` before it – only what comes from the server; `out:` – only what comes from the client.
 *
 * A delay is written `TIME` for everything, or `TIME RULE`. A change is written as in sed,
 * `s/REGEX/TEXT/FLAGS`, of messages that are text; any other character may stand for the slash.
 */
export interface ParsedRule {
  readonly text: string;
  readonly dir?: Direction;
  readonly matches: (passing: Passing) => boolean;
}

export type ParsedDelay = ParsedRule & { readonly delayMs: number };
export type ParsedEdit = ParsedRule & {
  readonly edit: (data: Uint8Array) => Uint8Array | undefined;
};

type Matches = ParsedRule["matches"];

/** @throws FramecatError (usage) naming `flag` */
export async function parseRule(text: string, flag: string): Promise<ParsedRule> {
  const { dir, rest } = splitDirection(text);
  return { text, ...(dir && { dir }), matches: await compile(rest, flag) };
}

/** @throws FramecatError (usage) naming `flag` */
export async function parseDelay(text: string, flag: string): Promise<ParsedDelay> {
  const [time, rule] = splitOnce(text.trim(), " ");
  const delayMs = parseDurationMs(time, flag);
  if (rule !== undefined) return { ...(await parseRule(rule, flag)), text, delayMs };
  return { text, delayMs, matches: () => true };
}

/** @throws FramecatError (usage) naming `flag` */
export function parseEdit(text: string, flag: string): ParsedEdit {
  const { dir, rest } = splitDirection(text);
  const [, slash = "", body = ""] = /^s([^\w\s\\])(.*)$/s.exec(rest) ?? [];
  const [source, replacement, flags, ...more] = splitSed(body, slash);
  if (source === undefined || replacement === undefined || flags === undefined || more.length > 0) {
    throw usageError(`${flag} must be like s/REGEX/TEXT/g, not ${JSON.stringify(text)}`);
  }
  const regex = compileRegex(source, flags, flag);
  return {
    text,
    ...(dir && { dir }),
    matches: isText,
    edit: (data) => edit(data, regex, replacement),
  };
}

function splitDirection(text: string): { readonly dir?: Direction; readonly rest: string } {
  const [, dir, rest = ""] = /^(in|out):(.*)$/s.exec(text) ?? [];
  if (dir === undefined) return { rest: text };
  return { dir: dir === "in" ? "in" : "out", rest: rest === "" ? "*" : rest };
}

async function compile(text: string, flag: string): Promise<Matches> {
  if (text === "*") return ({ opcode }) => !isControl(opcode);
  const word = /^opcode:(.*)$/s.exec(text)?.[1];
  if (word !== undefined) return compileOpcode(word, flag);
  const { matches } = await parsePattern(text, flag);
  return ({ opcode, data }) => {
    if (isControl(opcode) || !data) return false;
    return matches(data, opcode === Opcode.text ? "text" : "binary");
  };
}

function compileOpcode(word: string, flag: string): Matches {
  const wanted = parseOpcode(word);
  const passes = Object.values(Opcode).some((opcode) => opcode === wanted);
  if (passes && wanted !== Opcode.continuation) return ({ opcode }) => opcode === wanted;
  throw usageError(`${flag}: opcode:${word} is no text, binary, close, ping or pong`);
}

const isText: Matches = ({ opcode, data }) => opcode === Opcode.text && data !== undefined;

/** At each `slash` that has no backslash before it; that backslash is taken off. */
function splitSed(body: string, slash: string): readonly string[] {
  if (slash === "") return [];
  const parts = [""];
  for (let i = 0; i < body.length; i++) {
    const char = body[i] ?? "";
    if (char === slash) parts.push("");
    else if (char === "\\" && body[i + 1] === slash) parts.push(`${parts.pop()}${body[++i]}`);
    else if (char === "\\") parts.push(`${parts.pop()}${char}${body[++i] ?? ""}`);
    else parts.push(`${parts.pop()}${char}`);
  }
  return parts;
}

function compileRegex(source: string, flags: string, flag: string): RegExp {
  try {
    if (!/^[gimsuv]*$/.test(flags)) throw new Error("flags are g, i, m, s, u and v");
    if (source === "") throw new Error("it is empty");
    return new RegExp(source, flags);
  } catch (thrown) {
    const reason = messageOf(thrown).replace(/^Invalid regular expression: (?:\/.*\/\w*: )?/s, "");
    throw usageError(`${flag}: ${JSON.stringify(source)} is no regular expression: ${reason}`);
  }
}

function edit(data: Uint8Array, regex: RegExp, replacement: string): Uint8Array | undefined {
  const text = Buffer.from(data).toString("utf8");
  const changed = text.replace(regex, replacement);
  return changed === text ? undefined : Buffer.from(changed);
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1).trim()];
}
