import { type BenchControl, runBench } from "../bench/coordinator.ts";
import { type EmbeddedServer, startEmbeddedServer } from "../bench/embedded-server.ts";
import { chooseWorkers, readLimits } from "../bench/limits.ts";
import type { BenchPlan } from "../bench/plan.ts";
import { type BenchSummary, summarize } from "../bench/summary.ts";
import { judge, type Verdict } from "../bench/verdict.ts";
import { FramecatError } from "../errors.ts";
import type { Io } from "../io.ts";
import { redactUrl } from "../redact.ts";
import { benchProgressLine, ERASE_LINE } from "../render/bench-progress.ts";
import { benchReport } from "../render/bench-report.ts";
import { escapeControl } from "../render/escape.ts";
import { jsonLine } from "../render/json-line.ts";
import { ClientUpgrade } from "../transport/client-upgrade.ts";
import { aimAt, readBenchFlags, wantedOf } from "./bench-settings.ts";
import type { Args, Command } from "./command.ts";
import { DIAL_OPTIONS, OUTPUT_OPTIONS } from "./common-options.ts";
import { themeFor } from "./frame-flags.ts";
import { exitCodeOf, type SignalWatch, watchSignals } from "./signals.ts";
import { createSink, type Sink } from "./sink.ts";

export const bench: Command = {
  name: "bench",
  summary: "Load a WebSocket server and report latency and throughput.",
  positionals: "[URL]",
  maxPositionals: 1,
  examples: [
    { command: "framecat bench", meaning: "5 s against an echo server of its own" },
    { command: "framecat bench :8080 -c 1000 -d 30s", meaning: "1,000 sockets for 30 seconds" },
    {
      command: "framecat bench :8080 -n 100000 --json",
      meaning: "100,000 messages; the result as JSON",
    },
  ],
  options: [
    {
      name: "connections",
      alias: "c",
      kind: "text",
      value: "N",
      description: "sockets, all open before it begins",
      default: "100",
      topic: "Load",
      common: true,
    },
    {
      name: "duration",
      alias: "d",
      kind: "text",
      value: "TIME",
      description: "how long to measure",
      default: "5s",
      topic: "Load",
      common: true,
    },
    {
      name: "messages",
      alias: "n",
      kind: "text",
      value: "N",
      description: "send so many in all, in place of --duration",
      topic: "Load",
      common: true,
    },
    {
      name: "in-flight",
      kind: "text",
      value: "K",
      description: "messages under way on each socket: a reply lets the next one go",
      default: "1",
      topic: "Load",
      common: true,
    },
    {
      name: "size",
      kind: "text",
      value: "SIZE",
      description: "payload of each message",
      default: "20",
      topic: "Load",
      common: true,
    },
    {
      name: "binary",
      kind: "flag",
      description: "send binary messages, not text",
      topic: "Load",
    },
    {
      name: "warmup",
      kind: "text",
      value: "TIME",
      description: "load before the measurement, which does not count",
      default: "1s",
      topic: "Load",
      common: true,
    },
    {
      name: "drain",
      kind: "text",
      value: "TIME",
      description: "how long to wait for the last replies",
      default: "5s",
      topic: "Load",
    },
    {
      name: "workers",
      kind: "text",
      value: "N",
      description: "processes that make the load",
      default: "by cores and sockets; more where the limit on open files asks for it",
      topic: "Load",
    },
    {
      name: "json",
      kind: "flag",
      description: "print the result as one JSON document",
      topic: "Output",
      common: true,
    },
    {
      name: "quiet",
      alias: "q",
      kind: "flag",
      description: "show no progress",
      topic: "Output",
    },
    ...DIAL_OPTIONS,
    ...OUTPUT_OPTIONS,
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const settings = readBenchFlags(args);
  const workers = chooseWorkers(wantedOf(settings), readLimits());
  const plan: BenchPlan = { ...settings.plan, workers };
  // What cannot be sent is told before anything is started.
  void new ClientUpgrade(plan.dial.target, plan.dial, io.random(16));
  const signals = watchSignals(io);
  let server: EmbeddedServer | undefined;
  try {
    if (settings.embedded) server = await startEmbeddedServer();
    return await load(server ? aimAt(server.url, plan) : plan, { args, io, signals });
  } finally {
    signals.off();
    await server?.stop();
  }
}

interface Context {
  readonly args: Args;
  readonly io: Io;
  readonly signals: SignalWatch;
}

async function load(plan: BenchPlan, { args, io, signals }: Context): Promise<number> {
  const [output, talk] = [createSink(io.stdout), createSink(io.stderr)];
  const progress = watchProgress(args, io, talk);
  const startedAt = new Date(io.clock.now().epochUs / 1000).toISOString();
  const { stop, kill } = signals;
  const reports = await runBench(plan, { stop, kill, onProgress: progress.show });
  progress.end();
  const interrupted = signals.received;
  if (interrupted && kill.aborted) return exitCodeOf(interrupted);
  const { url } = plan.dial.target;
  const summary = summarize(plan, reports, {
    startedAt,
    url: args.flag("show-secrets") ? url : redactUrl(url),
    embedded: args.positionals.length === 0,
    interrupted,
  });
  print(summary, args, io, output);
  await output.flushed();
  return conclude(judge(summary, interrupted), talk);
}

/** One document, or a report; where nothing opened the reason alone says all. */
function print(summary: BenchSummary, args: Args, io: Io, output: Sink): void {
  if (args.flag("json")) {
    output.write(jsonLine(summary));
  } else if (summary.sockets.opened > 0) {
    const theme = themeFor(args, io, io.stdout);
    const lines = benchReport(summary, { theme, columns: io.stdout.columns ?? 80 });
    output.write(`${lines.join("\n")}\n`);
  }
}

function conclude({ exitCode, reason }: Verdict, talk: Sink): number {
  if (reason?.code) throw new FramecatError(reason.code, reason.message, reason.hint);
  if (reason) {
    const hint = reason.hint === undefined ? "" : ` ${reason.hint}`;
    talk.write(`framecat: ${escapeControl(reason.message)} (exit ${exitCode}).${hint}\n`);
  }
  return exitCode;
}

/** How often a line is written where no terminal shows it in place: every so many reports. */
const PLAIN_EVERY = 20;

/** One line on stderr: redrawn in place on a terminal, else a line every ten seconds. */
function watchProgress(args: Args, io: Io, talk: Sink) {
  const { stderr } = io;
  if (args.flag("quiet")) return { show: undefined, end: () => undefined };
  const theme = themeFor(args, io, stderr);
  let told = 0;
  const show: BenchControl["onProgress"] = (progress) => {
    told += 1;
    if (stderr.isTTY) {
      const line = benchProgressLine(progress, { theme, columns: (stderr.columns ?? 80) - 1 });
      talk.write(`${ERASE_LINE}${line}`);
    } else if (told % PLAIN_EVERY === 0) {
      talk.write(`${benchProgressLine(progress, { theme, columns: Number.POSITIVE_INFINITY })}\n`);
    }
  };
  return { show, end: () => (stderr.isTTY ? talk.write(ERASE_LINE) : undefined) };
}
