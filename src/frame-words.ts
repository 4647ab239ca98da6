import { usageError } from "./errors.ts";
import type { LengthForm } from "./protocol/frame.ts";
import { Opcode } from "./protocol/opcodes.ts";

/** The words in which people write the parts of a frame, at the prompt and as flags. */

/** `text`, `cont`, `0x3`, `11` → 0–15. @throws FramecatError (usage) */
export function parseOpcode(word: string): number {
  if (word === "cont") return Opcode.continuation;
  const named = Object.entries(Opcode).find(([name]) => name === word);
  if (named) return named[1];
  const number = /^(?:0x[\da-f]|\d{1,2})$/i.test(word) ? Number(word) : Number.NaN;
  if (number <= 15) return number;
  throw usageError(`${JSON.stringify(word)} is no opcode`, "Opcodes are text, ping, 0x3, 11 ….");
}

/**
 * `37fa213d` → an unsigned 32-bit number.
 * @param given how it was written, as `--mask 37fa213d`
 * @throws FramecatError (usage)
 */
export function parseMaskKey(value: string, given: string): number {
  if (/^[\da-f]{8}$/i.test(value)) return Number.parseInt(value, 16);
  throw usageError(`${given} is no masking key: eight hex digits`);
}

/** Any length that 64 bits hold, or more. @throws FramecatError (usage) */
export function parseLength(value: string, given: string): bigint {
  if (/^\d{1,20}$/.test(value)) return BigInt(value);
  throw usageError(`${given} is no length`);
}

/** @throws FramecatError (usage) */
export function parseLengthForm(value: string, given: string): LengthForm {
  const form = ([7, 16, 64] as const).find((bits) => String(bits) === value);
  if (form !== undefined) return form;
  throw usageError(`${given} is none of the forms of a length: 7, 16 and 64 bits`);
}
