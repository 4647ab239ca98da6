import { TextBytes } from "../../src/render/text-bytes.ts";

/** The text that is written, and the pieces it came in. */
export function writtenBy(write: (out: TextBytes) => void): {
  readonly text: string;
  readonly pieces: readonly Uint8Array[];
} {
  const pieces: Uint8Array[] = [];
  const out = new TextBytes((bytes) => pieces.push(bytes));
  write(out);
  out.flush();
  return { text: Buffer.concat(pieces).toString(), pieces };
}
