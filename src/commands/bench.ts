import { parseAssertion } from "../bench/assertions.ts";
import { type EmbeddedServer, startEmbeddedServer } from "../bench/embedded-server.ts";
import { chooseWorkers, readLimits } from "../bench/limits.ts";
import type { BenchPlan } from "../bench/plan.ts";
import type { BenchResult } from "../bench/result.ts";
import { judge, type Verdict } from "../bench/verdict.ts";
import { FramecatError } from "../errors.ts";
import type { Io } from "../io.ts";
import { redactUrl } from "../redact.ts";
import { escapeControl } from "../render/escape.ts";
import { ClientUpgrade } from "../transport/client-upgrade.ts";
import { parseCount } from "../units.ts";
import { BENCH_OPTIONS } from "./bench-options.ts";
import { checkOutputs, writeResult } from "./bench-outputs.ts";
import { aimAt, type BenchFlags, readBenchFlags, wantedOf } from "./bench-plan.ts";
import { watchProgress } from "./bench-progress.ts";
import { runPlan } from "./bench-run.ts";
import type { Args, Command } from "./command.ts";
import { exitCodeOf, type SignalWatch, watchSignals } from "./signals.ts";
import { createSink, type Sink } from "./sink.ts";

export const bench: Command = {
  name: "bench",
  summary: "Load a WebSocket server and report latency and throughput.",
  positionals: "[URL]",
  maxPositionals: 1,
  examples: [
    { command: "framecat bench", meaning: "5 s against an echo server of its own" },
    {
      command: "framecat bench :8080 -c 1000 -r 20000/s -d 30s",
      meaning: "20,000 messages a second over 1,000 sockets",
    },
    {
      command: "framecat bench :8080 --assert 'p99<50ms' --assert 'errors<0.1%' --json",
      meaning: "fails a CI job where an objective does not hold",
    },
  ],
  options: BENCH_OPTIONS,
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const flags = await readBenchFlags(args, io);
  const assertions = args.list("assert").map((text) => parseAssertion(text));
  checkOutputs(args);
  const plan: BenchPlan = { ...flags.plan, workers: chooseWorkers(wantedOf(flags), readLimits()) };
  // What cannot be sent is told before anything is started.
  const { target, subprotocols, headers } = plan.dial;
  if (!plan.dial.template) {
    void new ClientUpgrade(
      target,
      { ...(subprotocols && { subprotocols }), ...(headers && { headers }) },
      io.random(16),
    );
  }
  const signals = watchSignals(io);
  let server: EmbeddedServer | undefined;
  try {
    if (flags.embedded) server = await startEmbeddedServer();
    const context = { args, io, signals, flags, serverPid: serverPid(args, server) };
    return await load(server ? aimAt(server.url, plan) : plan, assertions, context);
  } finally {
    signals.off();
    await server?.stop();
  }
}

interface Context {
  readonly args: Args;
  readonly io: Io;
  readonly signals: SignalWatch;
  readonly flags: BenchFlags;
  readonly serverPid: number | undefined;
}

async function load(
  plan: BenchPlan,
  assertions: readonly ReturnType<typeof parseAssertion>[],
  { args, io, signals, flags, serverPid: pid }: Context,
): Promise<number> {
  const [output, talk] = [createSink(io.stdout), createSink(io.stderr)];
  const progress = watchProgress(args, io, talk);
  const { url } = plan.dial.target;
  let result: BenchResult;
  try {
    result = await runPlan(plan, {
      settings: flags.settings,
      url: args.flag("show-secrets") ? url : redactUrl(url),
      embedded: flags.embedded,
      serverPid: pid,
      assertions,
      signals,
      clock: io.clock,
      onProgress: progress.show,
    });
  } finally {
    progress.end();
  }
  const interrupted = signals.received;
  if (interrupted && signals.kill.aborted) return exitCodeOf(interrupted);
  const verdict = judge(result, interrupted);
  // Where nothing opened the reason alone says all.
  if (result.sockets.opened > 0 || args.flag("json")) {
    await writeResult(result, verdict, { args, io, output });
  }
  await output.flushed();
  return conclude(verdict, talk);
}

function serverPid(args: Args, server: EmbeddedServer | undefined): number | undefined {
  const text = args.text("server-pid");
  return text === undefined ? server?.pid : parseCount(text, "--server-pid", 1, 2 ** 31);
}

/** Gives the exit code, after the reason where there is one. */
export function conclude({ exitCode, reason }: Verdict, talk: Sink): number {
  if (reason?.code) throw new FramecatError(reason.code, reason.message, reason.hint);
  if (reason) {
    const hint = reason.hint === undefined ? "" : ` ${reason.hint}`;
    talk.write(`framecat: ${escapeControl(reason.message)} (exit ${exitCode}).${hint}\n`);
  }
  return exitCode;
}
