import { constants, gunzipSync } from "node:zlib";
import type { ForgedPacket } from "./links.ts";

/** Tells whether a file, which may be cut, holds any of some packets: these are in its order. */
export function presenceIn(file: Uint8Array): (packets: readonly ForgedPacket[]) => boolean {
  const bytes = unzipped(Buffer.from(file.buffer, file.byteOffset, file.length));
  return ([first]) => first !== undefined && bytes.includes(Buffer.from(first.data));
}

function unzipped(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    // Not even its own header is whole.
    return Buffer.alloc(0);
  }
}
