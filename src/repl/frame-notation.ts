import { parseLength, parseLengthForm, parseMaskKey, parseOpcode } from "../frame-words.ts";
import type { FrameSpec } from "../protocol/encoder.ts";
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
  mask: (frame, value) => (frame.maskKey = parseMaskKey(value, `mask=${value}`)),
  length: (frame, value) => (frame.declaredLength = parseLength(value, `length=${value}`)),
  form: (frame, value) => (frame.lengthForm = parseLengthForm(value, `form=${value}`)),
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
