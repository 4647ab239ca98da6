import { constants, deflateRawSync } from "node:zlib";
import { parseHex } from "../capture/hex.ts";
import { usageError } from "../errors.ts";
import { parseLength, parseLengthForm, parseMaskKey, parseOpcode } from "../frame-words.ts";
import { encodeClosePayload } from "../protocol/close-codes.ts";
import type { FrameSpec } from "../protocol/encoder.ts";
import { Opcode } from "../protocol/opcodes.ts";
import { parsePayload } from "../repl/payload-notation.ts";
import { parseCount, parseSize } from "../units.ts";
import type { Args, OptionSpec } from "./command.ts";
import { readFlagFile } from "./flag-file.ts";

/**
 * One message as flags tell it, whole or in fragments. Everything may be wrong on purpose; what is
 * asked for is done, and nothing is put right.
 */
export const ENCODE_OPTIONS: readonly OptionSpec[] = [
  {
    name: "text",
    kind: "text",
    value: "TEXT",
    description: "a text frame, or the payload of another one",
    topic: "Payload",
    common: true,
  },
  {
    name: "binary",
    kind: "text",
    value: "HEX",
    description: "a binary frame, or the payload: hex, base64:… or @FILE",
    topic: "Payload",
    common: true,
  },
  {
    name: "close",
    kind: "text",
    value: "CODE",
    description: "a Close frame; without a code --opcode close",
    topic: "Payload",
    common: true,
  },
  {
    name: "reason",
    kind: "text",
    value: "TEXT",
    description: "the reason of a Close frame",
    topic: "Payload",
  },
  {
    name: "deflate",
    kind: "flag",
    description: "compress with permessage-deflate, and set RSV1",
    topic: "Payload",
    common: true,
  },
  {
    name: "ping",
    kind: "flag",
    description: "a ping; --text or --binary is its payload",
    topic: "Header",
    common: true,
  },
  {
    name: "pong",
    kind: "flag",
    description: "a pong",
    topic: "Header",
  },
  {
    name: "opcode",
    kind: "text",
    value: "OPCODE",
    description: "any opcode: cont, text, 0x3, 11",
    topic: "Header",
    common: true,
  },
  {
    name: "mask",
    kind: "text",
    value: "KEY",
    description: "mask with eight hex digits, random, or none, as a server",
    default: "none; random for messages sent in NDJSON",
    topic: "Header",
    common: true,
  },
  {
    name: "fin",
    kind: "flag",
    onByDefault: true,
    description: "leave the last frame without FIN",
    topic: "Header",
    common: true,
  },
  {
    name: "rsv",
    kind: "text",
    value: "BITS",
    description: "set reserved bits of the first frame: 1, 2, 3 or 1,3",
    topic: "Header",
    common: true,
  },
  {
    name: "fragment",
    kind: "text",
    value: "SIZE",
    description: "cut the payload into frames of this size",
    topic: "Header",
    common: true,
  },
  {
    name: "length",
    kind: "text",
    value: "N",
    description: "tell this length, whatever the payload has",
    topic: "Header",
  },
  {
    name: "length-form",
    kind: "text",
    value: "BITS",
    choices: ["7", "16", "64"],
    description: "write the length in this many bits",
    default: "the fewest that hold it",
    topic: "Header",
  },
];

/** A frame to be masked with a key that is not chosen yet, where that is to be random. */
export type EncodedSpec = Omit<FrameSpec, "maskKey"> & { readonly mask: MaskChoice };
export type MaskChoice = number | "random" | "none";

/** Each of these says that a frame is told by flags. */
const STARTERS = ["text", "binary", "close", "opcode"] as const;
const KINDS = ["ping", "pong"] as const;

export function tellsFrame(args: Args): boolean {
  return (
    STARTERS.some((name) => args.text(name) !== undefined) || KINDS.some((name) => args.flag(name))
  );
}

/** A flag that is about a frame told by flags; undefined where none is given. */
export function strayFrameFlag(args: Args): string | undefined {
  if (!args.flag("fin")) return "--no-fin";
  if (args.flag("deflate")) return "--deflate";
  const name = ["reason", "rsv", "fragment", "length", "length-form"].find(
    (one) => args.text(one) !== undefined,
  );
  return name && `--${name}`;
}

/** The key, `random` or `none`; undefined without the flag. @throws FramecatError (usage) */
export function readMask(args: Args): MaskChoice | undefined {
  const text = args.text("mask");
  if (text === undefined || text === "random" || text === "none") return text;
  return parseMaskKey(text, `--mask ${text}`);
}

/** The frames that the flags tell. @throws FramecatError (usage) */
export function readFrames(args: Args): Iterable<EncodedSpec> {
  const plain = readPayload(args);
  const deflate = args.flag("deflate");
  const spec: EncodedSpec = {
    opcode: readOpcode(args),
    fin: args.flag("fin"),
    ...readReserved(args, deflate),
    ...readLength(args),
    mask: readMask(args) ?? "none",
    payload: deflate ? compress(plain) : plain,
  };
  const size = args.text("fragment");
  if (size === undefined) return [spec];
  const length = ["length", "length-form"].find((name) => args.text(name) !== undefined);
  if (length !== undefined)
    throw usageError(`--${length} tells of one frame, --fragment makes many`);
  const bytes = parseSize(size, "--fragment");
  if (bytes === 0) throw usageError("--fragment must be at least 1 byte");
  return fragments(spec, bytes);
}

function readOpcode(args: Args): number {
  const given = args.text("opcode");
  const kinds = [
    ...KINDS.filter((name) => args.flag(name)),
    ...(args.text("close") === undefined ? [] : (["close"] as const)),
  ];
  const [kind, other] = [...kinds, ...(given === undefined ? [] : ["opcode"])];
  if (other !== undefined) throw usageError(`--${kind} and --${other} each tell the opcode`);
  if (given !== undefined) return parseOpcode(given);
  if (kinds[0]) return Opcode[kinds[0]];
  return args.text("binary") === undefined ? Opcode.text : Opcode.binary;
}

function readPayload(args: Args): Uint8Array {
  const [text, binary, close, reason] = ["text", "binary", "close", "reason"].map((name) =>
    args.text(name),
  );
  const given = ["text", "binary", "close"].filter((name) => args.text(name) !== undefined);
  if (given.length > 1) throw usageError(`--${given[0]} and --${given[1]} each tell the payload`);
  if (reason !== undefined && close === undefined) throw usageError("--reason needs --close");
  if (close !== undefined) return closePayload(close, reason);
  return binary === undefined ? Buffer.from(text ?? "") : readBinary(binary);
}

function closePayload(code: string, reason: string | undefined): Uint8Array {
  const number = parseCount(code, "--close", 0, 0xffff);
  try {
    return encodeClosePayload(number, reason);
  } catch (thrown) {
    if (thrown instanceof RangeError) throw usageError(`--reason: ${thrown.message}`);
    throw thrown;
  }
}

function readBinary(text: string): Uint8Array {
  if (text.startsWith("@")) return readFlagFile(text.slice(1), `--binary ${text}`);
  if (text.startsWith("base64:")) return parsePayload(text).bytes;
  const result = parseHex(text);
  if (result.ok) return result.bytes;
  throw usageError(`--binary: ${result.error.message}`, "Give hex, base64:… or @FILE.");
}

function readReserved(args: Args, compressed: boolean) {
  const text = args.text("rsv");
  if (text !== undefined && !/^[123](?:,[123])*$/.test(text)) {
    throw usageError(
      `--rsv must be 1, 2, 3 or several of them as 1,3, not ${JSON.stringify(text)}`,
    );
  }
  const has = (bit: string) => text?.includes(bit) ?? false;
  return { rsv1: has("1") || compressed, rsv2: has("2"), rsv3: has("3") };
}

function readLength(args: Args): Pick<FrameSpec, "declaredLength" | "lengthForm"> {
  const length = args.text("length");
  const form = args.text("length-form");
  return {
    ...(length !== undefined && { declaredLength: parseLength(length, `--length ${length}`) }),
    ...(form !== undefined && { lengthForm: parseLengthForm(form, `--length-form ${form}`) }),
  };
}

/** Ends with an empty stored block, the last four bytes of which do not travel (RFC 7692, 7.2.1). */
function compress(payload: Uint8Array): Uint8Array {
  return deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

/** The first frame has the opcode and the reserved bits, the last one FIN (section 5.4). */
function* fragments(spec: EncodedSpec, size: number): Generator<EncodedSpec> {
  const { payload = new Uint8Array(0), mask, fin = true } = spec;
  for (let at = 0; at === 0 || at < payload.length; at += size) {
    const start = at === 0 ? spec : { opcode: Opcode.continuation, mask };
    const last = at + size >= payload.length;
    yield { ...start, fin: last && fin, payload: payload.subarray(at, at + size) };
  }
}
