import { closeSync, openSync, readSync } from "node:fs";
import { messageOf, usageError } from "../errors.ts";

/** No certificate, key or list of headers is longer; /dev/zero is. */
const MAX_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/**
 * The file that a flag names, which may be a pipe, as of `<(command)`.
 * @param what begins messages, which do not say the path otherwise, as `--ca: ca.pem`
 * @throws FramecatError (usage)
 */
export function readFlagFile(path: string, what: string): Buffer {
  const bytes = attempt(() => readSome(path), what);
  if (bytes.length <= MAX_BYTES) return bytes;
  throw usageError(`${what}: it is over ${MAX_BYTES} bytes`);
}

/** The whole of it, or somewhat more than is allowed. */
function readSome(path: string): Buffer {
  const file = openSync(path, "r");
  const chunks: Buffer[] = [];
  try {
    for (let total = 0; total <= MAX_BYTES;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const length = readSync(file, chunk);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
      total += length;
    }
  } finally {
    closeSync(file);
  }
  return Buffer.concat(chunks);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  ERR_INVALID_ARG_VALUE: "no such file",
};

function attempt<T>(read: () => T, what: string): T {
  try {
    return read();
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
    throw usageError(`${what}: ${REASONS[code] ?? (code || messageOf(thrown))}`);
  }
}
