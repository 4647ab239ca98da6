import { type FileHandle, open } from "node:fs/promises";
import { errnoWords } from "../../errno-words.ts";
import { usageError } from "../../errors.ts";
import { Utf8Validator } from "../../protocol/utf8.ts";
import type { Link } from "../../transport/link.ts";

/** Files up to this long go as one frame. */
const DEFAULT_FRAGMENT = 1024 * 1024;
const READ_SIZE = 256 * 1024;

export interface FileSent {
  readonly kind: "text" | "binary";
  readonly bytes: number;
  readonly fragments: number;
}

export interface SendFileOptions {
  /** Default: text where the whole file is UTF-8. */
  readonly kind?: "text" | "binary" | undefined;
  readonly fragmentSize?: number | undefined;
}

/**
 * Sends a file as one message, in fragments as it is read, no faster than the peer takes it.
 * @throws FramecatError (usage) where it cannot be read, (abnormal) where the connection ends
 */
export async function sendFile(
  link: Pick<Link, "send">,
  path: string,
  { kind, fragmentSize = DEFAULT_FRAGMENT }: SendFileOptions,
): Promise<FileSent> {
  const file = await openFile(path);
  try {
    const binary = (kind ?? (await kindOf(file))) === "binary";
    let bytes = 0;
    let fragments = 0;
    let piece = await readPiece(file, fragmentSize);
    for (let fin = false; !fin; fragments += 1) {
      const next = piece.length < fragmentSize ? EMPTY : await readPiece(file, fragmentSize);
      fin = next.length === 0;
      await link.send(piece, { binary, fin });
      bytes += piece.length;
      piece = next;
    }
    return { kind: binary ? "binary" : "text", bytes, fragments };
  } finally {
    await file.close();
  }
}

const EMPTY = new Uint8Array(0);

async function openFile(path: string): Promise<FileHandle> {
  const file = await open(path).catch((thrown: unknown) => {
    throw usageError(`cannot read ${path}: ${errnoWords(thrown)}`);
  });
  if (!(await file.stat()).isDirectory()) return file;
  await file.close();
  throw usageError(`cannot read ${path}: it is a folder`);
}

/** As many bytes as asked for, fewer only at the end of the file. */
async function readPiece(file: FileHandle, size: number): Promise<Uint8Array> {
  const piece = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(piece, length, size - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return piece.subarray(0, length);
}

/** What can be read but once, as a pipe, is taken for binary. */
async function kindOf(file: FileHandle): Promise<"text" | "binary"> {
  if (!(await file.stat()).isFile()) return "binary";
  const validator = new Utf8Validator();
  const piece = Buffer.allocUnsafe(READ_SIZE);
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(piece, 0, READ_SIZE, at);
    if (bytesRead === 0) return validator.end() ? "text" : "binary";
    if (!validator.push(piece.subarray(0, bytesRead))) return "binary";
    at += bytesRead;
  }
}
