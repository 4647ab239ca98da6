import type { Verdict } from "../bench/verdict.ts";
import { FramecatError } from "../errors.ts";
import { escapeControl } from "../render/escape.ts";
import type { Sink } from "./sink.ts";

/**
 * Gives the exit code of a run, after the reason where there is one.
 * @throws FramecatError with the reason, where it is not our own failure
 */
export function conclude({ exitCode, reason }: Verdict, talk: Sink): number {
  if (reason?.code) throw new FramecatError(reason.code, reason.message, reason.hint);
  if (reason) {
    const hint = reason.hint === undefined ? "" : ` ${reason.hint}`;
    talk.write(`framecat: ${escapeControl(reason.message)} (exit ${exitCode}).${hint}\n`);
  }
  return exitCode;
}
