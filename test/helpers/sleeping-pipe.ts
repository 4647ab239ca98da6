import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { folder } from "./temp-files.ts";

/** A named pipe whose other end is open; `read` gives what is there. */
export function sleepingPipe() {
  const path = join(folder(), "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(reader));
  const chunk = Buffer.alloc(2 ** 16);
  const read = (): string => {
    try {
      return chunk.toString("latin1", 0, readSync(reader, chunk));
    } catch {
      return "";
    }
  };
  return { path, read };
}
