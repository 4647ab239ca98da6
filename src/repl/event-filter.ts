import { usageError } from "../errors.ts";
import { describeOpcode, isControl } from "../protocol/opcodes.ts";
import type { Direction, FrameEvent } from "../transport/events.ts";

export const FILTER_TAKES =
  "[in|out] [text|binary|ping|pong|close|data|control] [>SIZE|<SIZE] [WORDS|/REGEX/]";

export type FramePredicate = (event: FrameEvent) => boolean;

const KINDS = new Set([
  "text",
  "binary",
  "ping",
  "pong",
  "close",
  "continuation",
  "data",
  "control",
]);

/**
 * Reads what frames are wanted: `in`, `text`, `>1000`, `/regex/i` or words that the payload holds,
 * in any case of letters; all that is given must hold. The first word that is none of the names
 * begins what is looked for in the payload.
 * @throws FramecatError (usage) for a regular expression that is none
 */
export function parseFilter(line: string): FramePredicate {
  const wanted: FramePredicate[] = [];
  let rest = line.trim();
  for (;;) {
    const [, word = "", after = ""] = /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
    const predicate = byName(word) ?? bySize(word);
    if (!predicate) break;
    wanted.push(predicate);
    rest = after;
  }
  if (rest !== "") wanted.push(byPayload(rest));
  return (event) => wanted.every((predicate) => predicate(event));
}

function byName(word: string): FramePredicate | undefined {
  if (word === "in" || word === "out") return byDirection(word);
  if (!KINDS.has(word)) return undefined;
  return ({ frame: { header } }) => {
    if (word === "data") return !isControl(header.opcode);
    if (word === "control") return isControl(header.opcode);
    return describeOpcode(header.opcode).name === word;
  };
}

function byDirection(dir: Direction): FramePredicate {
  return (event) => event.dir === dir;
}

function bySize(word: string): FramePredicate | undefined {
  const [, sign, digits] = /^([<>])(\d+)$/.exec(word) ?? [];
  if (sign === undefined) return undefined;
  const size = Number(digits);
  return ({ frame: { payload } }) => (sign === ">" ? payload.length > size : payload.length < size);
}

function byPayload(text: string): FramePredicate {
  const expression = toExpression(text);
  return (event) => expression.test(textOf(event));
}

function toExpression(text: string): RegExp {
  const [, source, flags = ""] = /^\/(.+)\/([imsuv]*)$/s.exec(text) ?? [];
  try {
    return source === undefined ? new RegExp(escapeRegExp(text), "iu") : new RegExp(source, flags);
  } catch {
    throw usageError(`${text} is no regular expression`);
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

/** What a person would take for the payload: inflated, and whole where this frame completes it. */
function textOf({ frame, message }: FrameEvent): string {
  const bytes = message && !message.cut ? message.data : frame.payload;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}
