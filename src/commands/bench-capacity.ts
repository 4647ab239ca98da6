import { type CapacityPlan, type CapacityResult, findCapacity } from "../bench/capacity.ts";
import { type EmbeddedServer, startEmbeddedServer } from "../bench/embedded-server.ts";
import { chooseWorkers, readLimits } from "../bench/limits.ts";
import type { BenchResult } from "../bench/result.ts";
import { judge } from "../bench/verdict.ts";
import { EXIT_DONE, FramecatError } from "../errors.ts";
import type { Io } from "../io.ts";
import { loadPageAssets } from "../page-assets.ts";
import { redactUrl } from "../redact.ts";
import { answerText } from "../render/capacity-words.ts";
import { jsonLine } from "../render/json-line.ts";
import { CAPACITY_OPTIONS } from "./bench-capacity-options.ts";
import { atLoad, benchArgs, type CapacityFlags, readCapacityFlags } from "./bench-capacity-plan.ts";
import { watchCapacity } from "./bench-capacity-progress.ts";
import { checkOutputs, writeFile } from "./bench-outputs.ts";
import { aimAt, wantedOf } from "./bench-plan.ts";
import { runPlan } from "./bench-run.ts";
import type { Args, Command } from "./command.ts";
import { themeFor } from "./frame-flags.ts";
import { exitCodeOf, type SignalWatch, watchSignals } from "./signals.ts";
import { createSink } from "./sink.ts";

export const benchCapacity: Command = {
  name: "bench capacity",
  summary: "Find the highest load under which a WebSocket server holds an objective.",
  positionals: "[URL]",
  maxPositionals: 1,
  examples: [
    {
      command: "framecat bench capacity :8080",
      meaning: "how many messages a second, with p99<50ms,errors<0.1%",
    },
    {
      command: "framecat bench capacity :8080 --slo 'p99.9<20ms,errors==0' --html c.html",
      meaning: "another objective; the curve of load against latency as a page",
    },
    {
      command: "framecat bench capacity :8080 --vary connections --rate-per-socket 2/s",
      meaning: "how many sockets, of which each sends twice a second",
    },
  ],
  options: CAPACITY_OPTIONS,
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const flags = await readCapacityFlags(args, io);
  checkOutputs(benchArgs(args, flags.vary, flags.search.from));
  const signals = watchSignals(io);
  let server: EmbeddedServer | undefined;
  try {
    if (flags.bench.embedded) server = await startEmbeddedServer();
    const found = await find(flags, { args, io, signals, server });
    const { received } = signals;
    if (received && signals.kill.aborted) return exitCodeOf(received);
    return await tell(found, { args, io, signals, server });
  } finally {
    signals.off();
    await server?.stop();
  }
}

interface Context {
  readonly args: Args;
  readonly io: Io;
  readonly signals: SignalWatch;
  readonly server: EmbeddedServer | undefined;
}

interface Found {
  readonly result: CapacityResult;
  /** Of the last trial. */
  readonly last: BenchResult | undefined;
}

async function find(flags: CapacityFlags, context: Context): Promise<Found> {
  const { args, io, signals, server } = context;
  const { bench, vary, slo } = flags;
  const { url } = server ?? bench.plan.dial.target;
  const shared = {
    url: args.flag("show-secrets") ? url : redactUrl(url),
    embedded: bench.embedded,
    serverPid: flags.serverPid ?? server?.pid,
    assertions: slo,
    signals,
    clock: io.clock,
  };
  const progress = args.flag("quiet") ? undefined : watchCapacity(vary, io, createSink(io.stderr));
  let last: BenchResult | undefined;
  const runTrial = async (load: number): Promise<BenchResult> => {
    const trial = atLoad(bench, vary, load);
    const plan = { ...trial.plan, workers: chooseWorkers(wantedOf(trial), readLimits()) };
    const { settings } = trial;
    const options = { ...shared, settings, onProgress: progress?.goesOn };
    last = await runPlan(server ? aimAt(server.url, plan) : plan, options);
    return last;
  };
  try {
    const result = await findCapacity(askedOf(flags, shared.url, io), {
      runTrial,
      settleMs: flags.settleMs,
      stop: signals.stop,
      onStart: progress?.began,
      onTrial: progress?.ended,
    });
    return { result, last };
  } finally {
    progress?.close();
  }
}

function askedOf({ bench, vary, slo, search }: CapacityFlags, url: string, io: Io): CapacityPlan {
  return {
    startedAt: new Date(io.clock.now().epochUs / 1000).toISOString(),
    url,
    embedded: bench.embedded,
    settings: bench.settings,
    slo: slo.map(({ expression, bound, unit }) => ({ expression, bound, unit })),
    vary,
    search,
  };
}

/** Reports, and gives the exit code. */
async function tell({ result, last }: Found, { args, io, signals }: Context): Promise<number> {
  const refused = result.ended === "unreachable" && last ? refusal(last) : undefined;
  // Where nothing ever opened the reason alone says all.
  if (refused && result.trials.length === 1 && !args.flag("json")) throw refused;
  const output = createSink(io.stdout);
  output.write(args.flag("json") ? jsonLine(result) : await reportOf(result, args, io));
  await output.flushed();
  const html = args.text("html");
  if (html !== undefined) writeFile(html, await pageOf(result), "html");
  if (signals.received) return exitCodeOf(signals.received);
  if (refused) throw refused;
  return result.held ? EXIT_DONE : missed(result);
}

/** Why no socket opened. */
function refusal(last: BenchResult): FramecatError | undefined {
  const { reason } = judge({ ...last, assertions: [] });
  return reason?.code && new FramecatError(reason.code, reason.message, reason.hint);
}

function missed(result: CapacityResult): never {
  const hint = "A lower --from may hold.";
  throw new FramecatError("threshold", answerText(result).text, hint);
}

async function reportOf(result: CapacityResult, args: Args, io: Io): Promise<string> {
  const { capacityReport } = await import("../render/capacity-report.ts");
  const theme = themeFor(args, io, io.stdout);
  return `${capacityReport(result, { theme, columns: io.stdout.columns ?? 80 }).join("\n")}\n`;
}

async function pageOf(result: CapacityResult): Promise<string> {
  const { capacityHtml } = await import("../render/capacity-html.ts");
  return capacityHtml(result, await loadPageAssets());
}
