import type { Assertion } from "../bench/assertions.ts";
import { type EmbeddedServer, startEmbeddedServer } from "../bench/embedded-server.ts";
import { chooseWorkers, readLimits } from "../bench/limits.ts";
import type { BenchPlan } from "../bench/plan.ts";
import type { BenchResult } from "../bench/result.ts";
import { judge } from "../bench/verdict.ts";
import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { redactUrl } from "../redact.ts";
import { formatDuration } from "../render/format.ts";
import { ClientUpgrade } from "../transport/client-upgrade.ts";
import { parseCount } from "../units.ts";
import { conclude } from "./bench-conclusion.ts";
import { BENCH_OPTIONS } from "./bench-options.ts";
import {
  checkOutputs,
  makeFolder,
  printResult,
  readAssertions,
  writeFiles,
  writeInto,
} from "./bench-outputs.ts";
import { aimAt, type BenchFlags, readBenchFlags, wantedOf } from "./bench-plan.ts";
import { watchProgress } from "./bench-progress.ts";
import { runPlan } from "./bench-run.ts";
import { selfCheck } from "./bench-self-check.ts";
import { readShard, readStartAt, shardFlags } from "./bench-shard.ts";
import type { Args, Command } from "./command.ts";
import { COMMANDS } from "./index.ts";
import { exitCodeOf, type SignalWatch, watchSignals } from "./signals.ts";
import { createSink } from "./sink.ts";

export const bench: Command = {
  name: "bench",
  summary: "Load a WebSocket server and report latency and throughput.",
  positionals: "[URL]",
  maxPositionals: 1,
  examples: [
    { command: "framecat bench", meaning: "its own echo server" },
    {
      command: "framecat bench :8080 -c 1000 -r 20000/s -d 30s",
      meaning: "1,000 sockets, open model",
    },
    {
      command: "framecat bench :8080 --assert 'p99<50ms,errors<1%'",
      meaning: "for CI: exits with 31",
    },
  ],
  options: BENCH_OPTIONS,
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  checkPlace(args);
  if (args.flag("self-check")) return selfCheck(args, io);
  const whole = await readBenchFlags(args, io);
  const shard = readShard(args, io.env);
  const flags = shard ? shardFlags(whole, shard) : whole;
  const startAtMs = readStartAt(args, io);
  const assertions = readAssertions(args);
  const watchedPid = readServerPid(args);
  checkOutputs(args);
  const folder = args.text("results");
  if (folder !== undefined) makeFolder(folder);
  const plan: BenchPlan = { ...flags.plan, workers: chooseWorkers(wantedOf(flags), readLimits()) };
  checkHandshake(plan, io);
  const signals = watchSignals(io);
  let server: EmbeddedServer | undefined;
  try {
    if (flags.embedded) server = await startEmbeddedServer();
    const serverPid = watchedPid ?? server?.pid;
    const context = { args, io, signals, flags, serverPid, startAtMs };
    return await load(server ? aimAt(server.url, plan) : plan, assertions, context);
  } finally {
    signals.off();
    await server?.stop();
  }
}

/** A command of two words that something stands between would be taken for a host of its name. */
function checkPlace({ positionals: [word = ""] }: Args): void {
  if (!Object.hasOwn(COMMANDS, `bench ${word}`)) return;
  throw usageError(
    `"${word}" is a command of its own, and stands right after bench`,
    `A host of that name is ws://${word}/.`,
  );
}

/** What cannot be sent is told before anything is started. @throws FramecatError (usage) */
function checkHandshake({ dial }: BenchPlan, { random }: Io): void {
  const { target, subprotocols, headers } = dial;
  // What placeholders stand for is known once each socket has filled them.
  if (dial.template) return;
  const request = { ...(subprotocols && { subprotocols }), ...(headers && { headers }) };
  void new ClientUpgrade(target, request, random(16));
}

function readServerPid(args: Args): number | undefined {
  const text = args.text("server-pid");
  return text === undefined ? undefined : parseCount(text, "--server-pid", 1, 2 ** 31);
}

/** The address without its secrets, with its placeholders as they were written. */
function shownUrl({ dial: { target, template } }: BenchPlan, args: Args): string {
  const url = template
    ? target.url.replaceAll(/%7B/gi, "{").replaceAll(/%7D/gi, "}").replaceAll("%20", " ")
    : target.url;
  return args.flag("show-secrets") ? url : redactUrl(url);
}

interface Context {
  readonly args: Args;
  readonly io: Io;
  readonly signals: SignalWatch;
  readonly flags: BenchFlags;
  readonly serverPid: number | undefined;
  readonly startAtMs: number | undefined;
}

async function load(
  plan: BenchPlan,
  assertions: readonly Assertion[],
  { args, io, signals, flags, serverPid: pid, startAtMs }: Context,
): Promise<number> {
  const [output, talk] = [createSink(io.stdout), createSink(io.stderr)];
  const progress = watchProgress(args, io, talk);
  let result: BenchResult;
  try {
    result = await runPlan(plan, {
      settings: flags.settings,
      url: shownUrl(plan, args),
      embedded: flags.embedded,
      serverPid: pid,
      assertions,
      signals,
      clock: io.clock,
      onProgress: progress.show,
      startAtMs,
      onLate: (lateMs) => {
        const late = formatDuration(lateMs);
        talk.write(`framecat: the load began ${late} after --start-at: sockets were opening.\n`);
      },
    });
  } finally {
    progress.end();
  }
  const interrupted = signals.received;
  if (interrupted && signals.kill.aborted) return exitCodeOf(interrupted);
  const verdict = judge(result, interrupted);
  // Where nothing opened the reason alone says all.
  if (result.sockets.opened > 0 || interrupted || args.flag("json")) {
    await printResult(result, { args, io, output });
  }
  await output.flushed();
  await writeFiles(result, verdict, args);
  const folder = args.text("results");
  if (folder !== undefined) writeInto(folder, result);
  return conclude(verdict, talk);
}
