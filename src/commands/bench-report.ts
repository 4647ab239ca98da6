import { judge, judgeAssertions } from "../bench/verdict.ts";
import { EXIT_DONE, FramecatError, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { REPORT_OPTIONS } from "./bench-options.ts";
import {
  checkOutputs,
  judgedBy,
  outputsOf,
  readAssertions,
  printResult,
  writeFiles,
} from "./bench-outputs.ts";
import { readSaved, type SavedResult } from "./bench-saved.ts";
import type { Args, Command } from "./command.ts";
import { createSink } from "./sink.ts";

export const benchReport: Command = {
  name: "bench report",
  summary: "Show results that were saved with --save or --json, in any form.",
  positionals: "FILE…",
  maxPositionals: Number.POSITIVE_INFINITY,
  examples: [
    { command: "framecat bench report run.json", meaning: "as bench itself reported it" },
    {
      command: "framecat bench report run.json --html run.html",
      meaning: "as a page",
    },
    {
      command: "framecat bench report run.json --assert 'p99<5ms'",
      meaning: "judged anew",
    },
  ],
  options: REPORT_OPTIONS,
  run,
};

/** What a run was worth it told itself, by its exit code; here only what is asked for anew can fail. */
async function run(args: Args, io: Io): Promise<number> {
  const assertions = readAssertions(args);
  checkOutputs(args);
  const saved = await readSaved(args, io);
  checkAlone(saved, args);
  const output = createSink(io.stdout);
  const missed: string[] = [];
  for (const [index, { name, result }] of saved.entries()) {
    const judged = judgedBy(assertions, result);
    if (index > 0 && !args.flag("json")) output.write("\n");
    await printResult(judged, { args, io, output });
    await output.flushed();
    await writeFiles(judged, judge(judged), args);
    const reason = assertions.length > 0 ? judgeAssertions(judged)?.reason : undefined;
    if (reason) missed.push(`${name}: ${reason.message}`);
  }
  if (missed.length === 0) return EXIT_DONE;
  throw new FramecatError("threshold", missed.join("; "));
}

function checkAlone(saved: readonly SavedResult[], args: Args): void {
  const [flag] = outputsOf(args);
  if (flag === undefined || saved.length === 1) return;
  throw usageError(
    `--${flag} writes one result, and there are ${saved.length}`,
    "`framecat bench merge` joins the parts of one run.",
  );
}
