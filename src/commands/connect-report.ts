import { writeFile } from "node:fs/promises";
import { type FailureCode, FramecatError, usageError } from "../errors.ts";
import { connectJunit } from "../render/connect-junit.ts";
import { jsonLine } from "../render/json-line.ts";
import { sequenceSummaryLine } from "../render/sequence-lines.ts";
import { smokeReportLines } from "../render/smoke-report.ts";
import { statisticsLines } from "../render/statistics-lines.ts";
import type { ConnectRun } from "./connect-context.ts";
import { cannotWriteStdout } from "./connect-outputs.ts";
import { errnoWords } from "../errno-words.ts";
import { createSink } from "./sink.ts";

const DEFAULT_COLUMNS = 80;

/** Writes the result of a run where the flags ask for it. @param failure what ends it badly */
export async function reportRun(
  run: ConnectRun,
  failure: FramecatError | undefined,
): Promise<void> {
  const { settings, io, record } = run;
  const { json, junit, summary, interactive } = settings;
  if (summary) writeSummary(run, failure);
  else if (settings.sequence && !settings.quiet) writeLines(run, sequenceLines(run));
  if (!json && junit === undefined) return;
  const result = record.result(failure);
  if (junit !== undefined) await writeJunit(junit, connectJunit(result));
  if (!json || interactive) return;
  const output = createSink(io.stdout);
  output.write(jsonLine(result));
  await output.flushed();
  if (output.failure) throw cannotWriteStdout(output.failure);
}

/**
 * What is left to say of a failure: a refusal that was shown on a screen or in a log, with its
 * status, headers and body, is not told a second time, but what it likely means is.
 */
export function afterReport(
  { settings, record }: ConnectRun,
  failure: FramecatError,
): FramecatError {
  const { interactive, quiet, showsFrames } = settings;
  const isShown = showsFrames || (interactive && !quiet);
  const message = SHOWN[failure.code];
  if (!isShown || message === undefined || !record.wasRefused) return failure;
  return new FramecatError(failure.code, message, failure.hint);
}

const SHOWN: Readonly<Partial<Record<FailureCode, string>>> = {
  refused: "the handshake was refused",
  "bad-handshake": "the handshake is invalid",
};

/** What was checked, what has passed, and what a numbered stream came to. */
function writeSummary(run: ConnectRun, failure: FramecatError | undefined): void {
  const { settings, record } = run;
  const { theme, columns = DEFAULT_COLUMNS } = settings.look;
  const checked = settings.checks.given
    ? [...smokeReportLines(record.result(failure), { theme, columns }), ""]
    : [];
  const counted = statisticsLines(record.snapshot(), { theme, columns });
  writeLines(run, [...checked, ...counted, ...sequenceLines(run)]);
}

function sequenceLines({ settings }: ConnectRun): string[] {
  const { sequence, look } = settings;
  return sequence ? [sequenceSummaryLine(sequence.counts, look.theme)] : [];
}

function writeLines({ io, settings }: ConnectRun, lines: readonly string[]): void {
  const stream = settings.interactive ? io.stdout : io.stderr;
  stream.write(lines.map((line) => `${line}\n`).join(""));
}

async function writeJunit(path: string, xml: string): Promise<void> {
  try {
    await writeFile(path, xml);
  } catch (thrown) {
    throw usageError(`--junit: cannot write ${path}: ${errnoWords(thrown)}`);
  }
}
