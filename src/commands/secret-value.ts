import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { readFlagFile } from "./flag-file.ts";

/** What stands for a variable. */
const VARIABLE = /^env:([A-Za-z_]\w*)$/;

/**
 * The value of a flag that may be a secret. Command lines are seen by every user of a machine and kept
 * in histories, so it can come from elsewhere: `@FILE` is what the file holds but for its last line
 * end, `env:NAME` what the variable does. Anything else is the value itself.
 * @param flag what messages call it
 * @throws FramecatError (usage) that names the variable, but neither the value nor the file, which may
 * be a secret that begins with @
 */
export function readSecret(text: string, flag: string, env: Io["env"]): string {
  if (text.startsWith("@")) return readTextFile(text.slice(1), `${flag}: the file after @`);
  const name = VARIABLE.exec(text)?.[1];
  if (name === undefined) return text;
  // A secret that is not handed out, as to who forks a repository, is an empty one.
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value) return value;
  throw usageError(`${flag}: the environment variable ${name} is not set`);
}

/** @throws FramecatError (usage) */
export function readTextFile(path: string, what: string): string {
  const text = readFlagFile(path, what).toString("utf8");
  return text.replace(/^\uFEFF/, "").replace(/\r?\n$/, "");
}
