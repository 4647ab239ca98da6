import { availableParallelism } from "node:os";
import { type EmbeddedServer, startEmbeddedServer } from "../bench/embedded-server.ts";
import { chooseWorkers, readLimits } from "../bench/limits.ts";
import type { BenchResult, LoadModel } from "../bench/result.ts";
import { paceAfter, type SelfCheck, selfCheckOf } from "../bench/self-check.ts";
import { judge } from "../bench/verdict.ts";
import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { jsonLine } from "../render/json-line.ts";
import { conclude } from "./bench-conclusion.ts";
import { aimAt, type BenchFlags, readBenchFlags, wantedOf } from "./bench-plan.ts";
import { watchProgress } from "./bench-progress.ts";
import { givenFlags } from "./bench-rules.ts";
import { runPlan } from "./bench-run.ts";
import type { Args } from "./command.ts";
import { duration } from "./dial-flags.ts";
import { themeFor } from "./frame-flags.ts";
import { exitCodeOf, type SignalWatch, watchSignals } from "./signals.ts";
import { createSink } from "./sink.ts";

/** What a check has in common with a run; all else it decides by itself. */
const ALLOWED: ReadonlySet<string> = new Set([
  "self-check",
  "connections",
  "duration",
  "warmup",
  "drain",
  "workers",
  "seed",
  "size",
  "binary",
  "json",
  "quiet",
  "color",
]);

const IN_FLIGHT = 16;

/** Measures this client's own floor; gives the exit code. */
export async function selfCheck(args: Args, io: Io): Promise<number> {
  checkAllowed(args);
  const flags = await readBenchFlags(args, io);
  const workers = chooseWorkers(wantedOf(flags), readLimits());
  const signals = watchSignals(io);
  let server: EmbeddedServer | undefined;
  try {
    server = await startEmbeddedServer();
    return await check({ args, io, signals, flags, workers, server });
  } finally {
    signals.off();
    await server?.stop();
  }
}

/** @throws FramecatError (usage) */
function checkAllowed(args: Args): void {
  if (args.positionals.length > 0) {
    throw usageError("--self-check measures the client, with a server of its own: give no URL");
  }
  const flag = givenFlags(args).find((name) => !ALLOWED.has(name));
  if (flag !== undefined) throw usageError(`--${flag} cannot be combined with --self-check`);
}

interface Context {
  readonly args: Args;
  readonly io: Io;
  readonly signals: SignalWatch;
  readonly flags: BenchFlags;
  readonly workers: number;
  readonly server: EmbeddedServer;
}

/** One after the other; what fails ends it. */
async function check(context: Context): Promise<number> {
  const { args, io, signals } = context;
  const loads = [closed(1), closed(IN_FLIGHT), paced];
  const runs: BenchResult[] = [];
  for (const load of loads) {
    const result = await run(load(runs), context);
    if (signals.received) return exitCodeOf(signals.received);
    const verdict = judge(result);
    if (verdict.exitCode !== 0) return conclude(verdict, createSink(io.stderr));
    runs.push(result);
  }
  const [single, deep, last] = runs as [BenchResult, BenchResult, BenchResult];
  const found = selfCheckOf({ single, deep, paced: last }, availableParallelism());
  const output = createSink(io.stdout);
  output.write(args.flag("json") ? jsonLine(found) : await reportOf(found, args, io));
  await output.flushed();
  return 0;
}

function closed(inFlight: number): () => LoadModel {
  return () => ({ model: "closed", inFlight, thinkMs: 0 });
}

function paced([single]: readonly BenchResult[]): LoadModel {
  const ratePerSecond = single ? paceAfter(single) : 1;
  return { model: "open", ratePerSecond, per: "total", arrival: "constant" };
}

async function run(
  load: LoadModel,
  { args, io, signals, flags, workers, server }: Context,
): Promise<BenchResult> {
  const length = { kind: "duration", durationMs: duration(args, "duration", "2s") } as const;
  const plan = aimAt(server.url, { ...flags.plan, load, length, workers });
  const progress = watchProgress(args, io, createSink(io.stderr));
  try {
    return await runPlan(plan, {
      settings: { ...flags.settings, load, length },
      url: server.url,
      embedded: true,
      assertions: [],
      signals,
      clock: io.clock,
      onProgress: progress.show,
    });
  } finally {
    progress.end();
  }
}

async function reportOf(found: SelfCheck, args: Args, io: Io): Promise<string> {
  const { selfCheckReport } = await import("../render/self-check-report.ts");
  const theme = themeFor(args, io, io.stdout);
  return `${selfCheckReport(found, { theme, columns: io.stdout.columns ?? 80 }).join("\n")}\n`;
}
