import { Buffer } from "node:buffer";
import type { HexResult } from "./hex.ts";

/**
 * Octets as bits: `10000001 00000101` or `0b10000001, 0b00000101`, as books draw frames. Without `0b`
 * a single one is hex, and so are zeros alone.
 */
const OCTET = /[\s,]*(0b)?([01]{8})(?=[\s,]|$)/iy;
const END = /^[\s,]*$/;

/** The bytes of such octets; undefined where the text is none. */
export function parseBitList(text: string): HexResult | undefined {
  const octet = new RegExp(OCTET);
  const values: number[] = [];
  let isPrefixed = false;
  let end = 0;
  for (let found = octet.exec(text); found; found = octet.exec(text)) {
    isPrefixed ||= found[1] !== undefined;
    values.push(Number.parseInt(found[2] ?? "", 2));
    end = octet.lastIndex;
  }
  const isSure = isPrefixed || (values.length > 1 && values.some((value) => value > 0));
  return isSure && END.test(text.slice(end)) ? { ok: true, bytes: Buffer.from(values) } : undefined;
}
