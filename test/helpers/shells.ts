import { execFileSync, spawnSync } from "node:child_process";
import { file } from "./temp-files.ts";

/** True where the shell is installed; tests with it are skipped elsewhere. macOS has bash 3. */
export const HAS_SHELL = {
  bash: spawnSync("bash", ["-c", "((BASH_VERSINFO[0] >= 4))"]).status === 0,
  zsh: spawnSync("zsh", ["-c", "true"]).status === 0,
  fish: spawnSync("fish", ["-c", "true"]).status === 0,
} as const;

/** What a shell prints that runs a script, with a file of which the path is `$1`, in fish `$argv[1]`. */
export function shellOutput(shell: keyof typeof HAS_SHELL, script: string, given: string): string {
  const args = shell === "fish" ? ["-c", script, file(given)] : ["-c", script, shell, file(given)];
  return execFileSync(shell, args, { encoding: "utf8" });
}
