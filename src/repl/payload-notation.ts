import { usageError } from "../errors.ts";

/** Bytes typed on a line. */
export interface TypedPayload {
  readonly bytes: Uint8Array;
  readonly kind: "text" | "binary";
}

const HEX = /^\s*(?:(?:0x)?[\da-f]{2}[\s,]*)+$/i;
const BASE64 = /^(?:[\w+/-]{4})*(?:[\w+/-]{2}(?:==)?|[\w+/-]{3}=?)?$/;

/**
 * A payload as it is typed: `hex:01ff`, `base64:AAE=`, `text:…`; anything else is text as it stands.
 * @throws FramecatError (usage) where the digits are none
 */
export function parsePayload(text: string): TypedPayload {
  const [, form, rest = ""] = /^(hex|base64|text):(.*)$/s.exec(text) ?? [];
  if (form === "hex") return { kind: "binary", bytes: parseHex(rest) };
  if (form === "base64") return { kind: "binary", bytes: parseBase64(rest) };
  return { kind: "text", bytes: Buffer.from(form === "text" ? rest : text) };
}

/**
 * Bytes where nothing else is meant: `01 02 ff`, `0x01,0x02`, or with `hex:` or `base64:` before.
 * @throws FramecatError (usage)
 */
export function parseBytes(text: string): Uint8Array {
  const { kind, bytes } = parsePayload(text);
  if (kind === "binary") return bytes;
  return text.trim() === "" ? new Uint8Array(0) : parseHex(text);
}

function parseHex(text: string): Uint8Array {
  if (text.trim() === "") return new Uint8Array(0);
  if (!HEX.test(text)) {
    throw usageError(`${quoted(text)} is no hex`, "Pairs of digits, or base64:…, or @FILE.");
  }
  return Buffer.from(text.replace(/0x|[\s,]/gi, ""), "hex");
}

function parseBase64(text: string): Uint8Array {
  const digits = text.replaceAll(/\s/g, "");
  if (!BASE64.test(digits)) throw usageError(`${quoted(text)} is no base64`);
  return Buffer.from(digits, "base64");
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
