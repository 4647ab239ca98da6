import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { errnoWords } from "../errno-words.ts";
import { usageError } from "../errors.ts";

/**
 * Checks, before a run, that a file can be written after it.
 * @throws FramecatError (usage) naming `flag`
 */
export function checkWritable(file: string, flag: string): void {
  try {
    accessSync(dirname(file), constants.W_OK);
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
      throw new Error("it is a folder");
    }
  } catch (thrown) {
    throw usageError(`--${flag}: cannot write ${file}: ${errnoWords(thrown)}`);
  }
}
