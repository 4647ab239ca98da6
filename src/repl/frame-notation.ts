import { usageError } from "../errors.ts";
import type { FrameSpec } from "../protocol/encoder.ts";
import type { LengthForm } from "../protocol/frame.ts";
import { Opcode } from "../protocol/opcodes.ts";
import { parsePayload } from "./payload-notation.ts";

export const FRAME_TAKES =
  "OPCODE [nofin] [rsv1] [rsv2] [rsv3] [nomask|mask=KEY] [length=N] [form=7|16|64] [PAYLOAD]";

/** A frame as it is typed; `maskKey` is `random` unless the line says otherwise. */
export type TypedFrame = Omit<FrameSpec, "maskKey"> & {
  readonly maskKey: number | "random" | undefined;
};

type Settings = { -readonly [K in keyof TypedFrame]: TypedFrame[K] };
type Setter = (settings: Settings, value: string) => void;

const WORDS: Readonly<Record<string, Setter>> = {
  fin: (frame) => (frame.fin = true),
  nofin: (frame) => (frame.fin = false),
  rsv1: (frame) => (frame.rsv1 = true),
  rsv2: (frame) => (frame.rsv2 = true),
  rsv3: (frame) => (frame.rsv3 = true),
  mask: (frame) => (frame.maskKey = "random"),
  nomask: (frame) => (frame.maskKey = undefined),
};

const VALUES: Readonly<Record<string, Setter>> = {
  mask: (frame, value) => (frame.maskKey = parseKey(value)),
  length: (frame, value) => (frame.declaredLength = parseLength(value)),
  form: (frame, value) => (frame.lengthForm = parseForm(value)),
};

/**
 * Reads `OPCODE [SETTING…] [PAYLOAD]`, where everything may be wrong on purpose: `text rsv1 hello`,
 * `0x3 nofin`, `ping length=200 hex:01`. The first word that is no setting begins the payload; `--`
 * ends the settings where a payload would be taken for one.
 * @throws FramecatError (usage)
 */
export function parseFrame(line: string): TypedFrame {
  const [first, afterOpcode] = nextWord(line);
  const frame: Settings = { opcode: parseOpcode(first), maskKey: "random" };
  let rest = afterOpcode;
  for (;;) {
    const [word, after] = nextWord(rest);
    if (word === "--") return { ...frame, payload: parsePayload(after).bytes };
    if (!apply(frame, word)) return { ...frame, payload: parsePayload(rest).bytes };
    rest = after;
  }
}

/** The word up to the next space, and what follows that one space. */
function nextWord(text: string): [word: string, rest: string] {
  const at = text.search(/\s/);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function apply(frame: Settings, word: string): boolean {
  const [name = "", value] = word.split("=", 2);
  const setters = value === undefined ? WORDS : VALUES;
  if (!Object.hasOwn(setters, name)) return false;
  setters[name]?.(frame, value ?? "");
  return true;
}

function parseOpcode(word: string): number {
  if (word === "cont") return Opcode.continuation;
  const named = Object.entries(Opcode).find(([name]) => name === word);
  if (named) return named[1];
  const number = /^(?:0x[\da-f]|\d{1,2})$/i.test(word) ? Number(word) : Number.NaN;
  if (number <= 15) return number;
  throw usageError(`${JSON.stringify(word)} is no opcode`, "Opcodes are text, ping, 0x3, 11 ….");
}

function parseKey(value: string): number {
  if (/^[\da-f]{8}$/i.test(value)) return Number.parseInt(value, 16);
  throw usageError(`mask=${value} is no masking key: eight hex digits`);
}

function parseLength(value: string): bigint {
  if (/^\d{1,20}$/.test(value)) return BigInt(value);
  throw usageError(`length=${value} is no length`);
}

function parseForm(value: string): LengthForm {
  const form = ([7, 16, 64] as const).find((bits) => String(bits) === value);
  if (form !== undefined) return form;
  throw usageError(`form=${value} is none of the forms of a length: 7, 16 and 64 bits`);
}
