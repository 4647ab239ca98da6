import { mergeResults } from "../bench/merge.ts";
import type { BenchResult } from "../bench/result.ts";
import { judge } from "../bench/verdict.ts";
import type { Io } from "../io.ts";
import { conclude } from "./bench-conclusion.ts";
import { REPORT_OPTIONS } from "./bench-options.ts";
import {
  checkOutputs,
  judgedBy,
  printResult,
  readAssertions,
  writeFiles,
} from "./bench-outputs.ts";
import { readSaved } from "./bench-saved.ts";
import type { Args, Command } from "./command.ts";
import { createSink } from "./sink.ts";

export const benchMerge: Command = {
  name: "bench merge",
  summary: "Join the parts of one run on several machines, without loss, into the whole.",
  positionals: "FILE…",
  maxPositionals: Number.POSITIVE_INFINITY,
  examples: [
    { command: "framecat bench merge part-*.json", meaning: "the report of the whole run" },
    {
      command: "framecat bench merge part-*.json --save run.json",
      meaning: "keep it, for compare",
    },
    {
      command: "cat part-*.json | framecat bench merge - --json",
      meaning: "as one JSON document",
    },
  ],
  options: REPORT_OPTIONS,
  run,
};

/** Only the whole tells whether the objectives held: the exit code is that of a run like it. */
async function run(args: Args, io: Io): Promise<number> {
  const assertions = readAssertions(args);
  checkOutputs(args);
  const saved = await readSaved(args, io);
  const merged = mergeResults(
    saved.map(({ result }) => result),
    saved.map(({ name }) => name),
  );
  const result = judgedBy(assertions, merged);
  const verdict = judge(result);
  const [output, talk] = [createSink(io.stdout), createSink(io.stderr)];
  await printResult(result, { args, io, output });
  await output.flushed();
  await writeFiles(result, verdict, args);
  const missing = missingParts(result);
  if (missing !== "") talk.write(`framecat: ${missing}\n`);
  return conclude(verdict, talk);
}

/** What is not there is said, as no figure shows it. */
function missingParts({ settings: { shard } }: BenchResult): string {
  if (!shard) return "";
  const there = new Set(shard.indexes);
  const all = Array.from({ length: shard.count }, (_, index) => index);
  const missing = all.filter((index) => !there.has(index));
  const parts = missing.length === 1 ? `part ${missing[0]}` : `parts ${missing.join(", ")}`;
  return `${parts} of ${shard.count} (counted from 0) not merged: this is not the whole run.`;
}
