import { usageError } from "../errors.ts";
import { parseCount } from "../units.ts";
import type { Args, OptionSpec } from "./command.ts";

const MAX_WORKERS = 256;

export const WORKER_OPTIONS: readonly OptionSpec[] = [
  {
    name: "workers",
    kind: "text",
    value: "N",
    description:
      "processes that share the port, for modes whose clients know nothing of each other",
    default: "1",
    topic: "Server",
  },
];

/** Modes in which one client has nothing to do with another. */
const APART: ReadonlySet<string> = new Set(["echo", "silent", "push", "exec"]);

/** @throws FramecatError (usage) */
export function readWorkers(args: Args, mode: string): number {
  const workers = parseCount(args.text("workers") ?? "1", "--workers", 1, MAX_WORKERS);
  if (workers > 1 && !APART.has(mode)) {
    throw usageError(`--workers is not for --mode ${mode}, whose clients belong together`);
  }
  if (workers > 1) refuseOfOne(args);
  return workers;
}

/** What each of several processes would do for itself, as write the file that the others write. */
function refuseOfOne(args: Args): void {
  if (args.flag("table")) throw usageError("--table is for one process");
  const file = ["record", "har"].find((name) => args.text(name) !== undefined);
  if (file === undefined) return;
  throw usageError(
    `--${file} is for one process`,
    "With --workers, --format ndjson tells everything on stdout.",
  );
}
