import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Assertion, judgeAssertion, parseAssertion } from "../bench/assertions.ts";
import { decodeHistogram, emptyHistogram } from "../bench/histogram.ts";
import type { BenchResult } from "../bench/result.ts";
import { shardFile } from "../bench/shard.ts";
import type { Verdict } from "../bench/verdict.ts";
import { viewOf } from "../bench/view.ts";
import { errnoWords } from "../errno-words.ts";
import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { loadPageAssets } from "../page-assets.ts";
import { jsonLine } from "../render/json-line.ts";
import type { Args } from "./command.ts";
import { themeFor } from "./frame-flags.ts";
import type { Sink } from "./sink.ts";
import { checkWritable } from "./writable-file.ts";

/** The files that a result can be written to, by flag, and what makes each. */
const FORMATS: Readonly<
  Record<string, (result: BenchResult, verdict: Verdict) => Promise<string>>
> = {
  save: (result) => Promise.resolve(jsonLine(result)),
  csv: async (result) => (await import("../render/bench-csv.ts")).benchCsv(result),
  hgrm: async (result) => {
    const { benchHgrm } = await import("../render/bench-hgrm.ts");
    const latency = result.histograms.latency ?? result.histograms.gap;
    return benchHgrm(latency ? decodeHistogram(latency.encoded) : emptyHistogram());
  },
  hlog: async (result) => (await import("../render/bench-hlog.ts")).benchHlog(result),
  html: async (result) => {
    const { benchHtml } = await import("../render/bench-html.ts");
    return benchHtml(viewOf(result), await loadPageAssets());
  },
  junit: async (result, verdict) =>
    (await import("../render/bench-junit.ts")).benchJunit(result, verdict),
};

/**
 * Checks, before the run, that its files can be written after it.
 * @throws FramecatError (usage)
 */
export function checkOutputs(args: Args): void {
  for (const flag of Object.keys(FORMATS)) {
    const file = args.text(flag);
    if (file !== undefined) checkWritable(file, flag);
  }
}

/** The flags among these that name a file. */
export function outputsOf(args: Args): string[] {
  return Object.keys(FORMATS).filter((flag) => args.text(flag) !== undefined);
}

/**
 * The objectives of `--assert`, of which one flag may hold several: `p99<50ms,errors<0.1%`.
 * @throws FramecatError (usage)
 */
export function readAssertions(args: Args): Assertion[] {
  return args
    .list("assert")
    .flatMap((text) => text.split(","))
    .map((text) => parseAssertion(text));
}

/** The result judged by other objectives than it was; by its own where there are no others. */
export function judgedBy(assertions: readonly Assertion[], result: BenchResult): BenchResult {
  if (assertions.length === 0) return result;
  return { ...result, assertions: assertions.map((one) => judgeAssertion(one, result)) };
}

interface Destination {
  readonly args: Args;
  readonly io: Io;
  readonly output: Sink;
}

/**
 * Writes the files that were asked for: after all that is printed, so that nothing is lost where one
 * of them cannot be written.
 * @throws FramecatError (usage)
 */
export async function writeFiles(result: BenchResult, verdict: Verdict, args: Args): Promise<void> {
  for (const flag of outputsOf(args)) {
    const file = args.text(flag);
    const make = FORMATS[flag];
    if (file !== undefined && make) writeFile(file, await make(result, verdict), flag);
  }
}

/** Makes the folder of `--results`, before the run. @throws FramecatError (usage) */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (thrown) {
    throw usageError(`--results: cannot write into ${folder}: ${errnoWords(thrown)}`);
  }
}

/** Writes a result into a folder. @throws FramecatError (usage) */
export function writeInto(folder: string, result: BenchResult): void {
  writeFile(join(folder, nameOf(result)), jsonLine(result), "results");
}

/** The parts of a run land in one folder, each under its own name. */
function nameOf({ settings: { shard } }: BenchResult): string {
  const [index] = shard?.indexes ?? [];
  return shard && index !== undefined ? shardFile({ index, count: shard.count }) : "result.json";
}

/** Prints a result as one document or as a report. */
export async function printResult(
  result: BenchResult,
  { args, io, output }: Destination,
): Promise<void> {
  if (args.flag("json")) {
    output.write(jsonLine(result));
    return;
  }
  const { benchReport } = await import("../render/bench-run-report.ts");
  const theme = themeFor(args, io, io.stdout);
  const lines = benchReport(viewOf(result), { theme, columns: io.stdout.columns ?? 80 });
  output.write(`${lines.join("\n")}\n`);
}

export function writeFile(file: string, text: string, flag: string): void {
  try {
    writeFileSync(file, text);
  } catch (thrown) {
    throw usageError(`--${flag}: cannot write ${file}: ${errnoWords(thrown)}`);
  }
}
