import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { decodeHistogram } from "../bench/recorder.ts";
import type { BenchResult } from "../bench/result.ts";
import type { Verdict } from "../bench/verdict.ts";
import { viewOf } from "../bench/view.ts";
import { messageOf, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { loadPageAssets } from "../page-assets.ts";
import { jsonLine } from "../render/json-line.ts";
import type { Args } from "./command.ts";
import { themeFor } from "./frame-flags.ts";
import type { Sink } from "./sink.ts";

/** The files that a result can be written to, by flag, and what makes each. */
const FORMATS: Readonly<
  Record<string, (result: BenchResult, verdict: Verdict) => Promise<string>>
> = {
  save: (result) => Promise.resolve(jsonLine(result)),
  csv: async (result) => (await import("../render/bench-csv.ts")).benchCsv(result),
  hgrm: async (result) => {
    const { benchHgrm } = await import("../render/bench-hgrm.ts");
    const latency = result.histograms.latency ?? result.histograms.gap;
    return latency ? benchHgrm(decodeHistogram(latency.encoded)) : "";
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

function checkWritable(file: string, flag: string): void {
  try {
    accessSync(dirname(file), constants.W_OK);
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
      throw new Error("it is a folder");
    }
  } catch (thrown) {
    throw usageError(`--${flag}: cannot write ${file}: ${messageOf(thrown)}`);
  }
}

/** Writes a result to stdout, as one document or as a report, and to the files that were asked for. */
export async function writeResult(
  result: BenchResult,
  verdict: Verdict,
  { args, io, output }: { readonly args: Args; readonly io: Io; readonly output: Sink },
): Promise<void> {
  for (const [flag, make] of Object.entries(FORMATS)) {
    const file = args.text(flag);
    if (file !== undefined) writeFile(file, await make(result, verdict), flag);
  }
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
    throw usageError(`--${flag}: cannot write ${file}: ${messageOf(thrown)}`);
  }
}
