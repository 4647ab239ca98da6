import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { exec } from "../server/exec/exec.ts";
import type { MakeMode } from "../server/mode.ts";
import type { Places } from "../server/places.ts";
import { parseCount, parseDurationMs, parseSize } from "../units.ts";
import { version } from "../version.ts";
import type { Args } from "./command.ts";
import { splitCommand } from "./command-words.ts";
import { EXEC_OPTIONS } from "./listen-exec-options.ts";

/** How long a program may go on once its stdin has ended. */
const END_TIMEOUT_MS = 1000;
/** A longer line of stdout is no message, unless --max-payload says otherwise. */
const MAX_LINE = "16MiB";

/**
 * Reads the flags of EXEC_OPTIONS; undefined where no command is to be run.
 * @param mode what `--mode` says, where it was given
 * @param places where processes are counted that are not to be counted here
 * @throws FramecatError (usage)
 */
export function readExec(
  args: Args,
  io: Io,
  mode: string | undefined,
  places?: Places,
): MakeMode | undefined {
  const text = args.text("exec");
  if (text === undefined) return refuseOrphans(args, mode);
  if (mode !== undefined && mode !== "exec") {
    throw usageError(
      `--exec runs a program, which --mode ${mode} does not`,
      "Leave one of them away.",
    );
  }
  const argv = splitCommand(text, "--exec");
  checkProgram(argv[0], io.env.PATH);
  const maxLine = parseSize(args.text("max-payload") ?? MAX_LINE, "--max-payload");
  return exec({
    argv,
    env: io.env,
    binary: args.flag("binary"),
    maxLine: Math.max(1, maxLine),
    maxProcesses: parseCount(args.text("max-processes") ?? "100", "--max-processes"),
    places,
    endTimeoutMs: END_TIMEOUT_MS,
    killTimeoutMs: parseDurationMs(args.text("kill-after") ?? "5s", "--kill-after"),
    software: `framecat/${version()}`,
  });
}

function refuseOrphans(args: Args, mode: string | undefined): undefined {
  if (mode === "exec") {
    throw usageError("--mode exec needs --exec COMMAND", "Example: --exec 'python3 -u app.py'.");
  }
  const orphan = EXEC_OPTIONS.find(({ name }) => args.text(name) !== undefined);
  if (orphan) throw usageError(`--${orphan.name} needs --exec COMMAND`);
}

/** Finds early what would fail with each client. */
function checkProgram(command: string, path: string | undefined): void {
  // Without a path the system has a default of its own, and Windows has endings of its own.
  if (path === undefined && !command.includes("/")) return;
  if (delimiter === ";") return;
  const places = command.includes("/")
    ? [command]
    : (path ?? "").split(delimiter).map((folder) => join(folder || ".", command));
  const there = places.filter(isFile);
  if (there.some(isExecutable)) return;
  const [file] = there;
  throw file === undefined
    ? usageError(`--exec: there is no program ${JSON.stringify(command)}`)
    : usageError(
        `--exec: ${JSON.stringify(file)} may not be run`,
        `chmod +x lets it, if it is a program.`,
      );
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
