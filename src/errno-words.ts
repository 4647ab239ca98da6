import { getSystemErrorMap } from "node:util";
import { messageOf } from "./errors.ts";

/** Where the system's own words mislead. */
const BETTER: Readonly<Record<string, string>> = {
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
};

/** What went wrong with a file, in words: without the name of a call, or the path once more. */
export function errnoWords(thrown: unknown): string {
  const { code, errno } = thrown instanceof Error ? (thrown as NodeJS.ErrnoException) : {};
  const system = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  return BETTER[code ?? ""] ?? system ?? messageOf(thrown);
}

/** True for an error of the system's, such as that of a file that is not there. */
export function isSystemError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && "syscall" in thrown;
}
