import { expect } from "vitest";
import type { Cutter, Piece } from "../../src/pipe/fragments.ts";
import { concat } from "../helpers/bytes.ts";

/** All pieces of an input that comes in these chunks. */
export function cut(cutter: Cutter, chunks: readonly Uint8Array[]): Piece[] {
  const pushed = chunks.flatMap((chunk) => [...cutter.push(Buffer.from(chunk))]);
  const pieces = [...pushed, ...cutter.end()];
  expect(cutter.pending).toBe(false);
  return pieces;
}

/** The messages that the pieces make up; none may be left open. */
export function joined(pieces: readonly Piece[]): { binary: boolean; bytes: Buffer }[] {
  const messages: { binary: boolean; bytes: Buffer }[] = [];
  let pending: Uint8Array[] = [];
  for (const { bytes, fin, binary } of pieces) {
    pending.push(bytes);
    if (!fin) continue;
    messages.push({ binary, bytes: Buffer.from(concat(pending)) });
    pending = [];
  }
  expect(pending).toEqual([]);
  return messages;
}

export function texts(pieces: readonly Piece[]): string[] {
  return joined(pieces).map(({ bytes }) => bytes.toString());
}
