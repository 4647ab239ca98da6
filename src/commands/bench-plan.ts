import type { Wanted } from "../bench/limits.ts";
import type { BenchPlan, DialPlan, ReconnectPlan } from "../bench/plan.ts";
import type { BenchSettings, LoadModel, Measure, RunLength, Stage } from "../bench/result.ts";
import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { parseLocalAddresses } from "../transport/local-addresses.ts";
import { parseTarget } from "../transport/target.ts";
import { parseCount, parseDurationMs, parseRate } from "../units.ts";
import { readMessageFlags } from "./bench-messages.ts";
import type { Args } from "./command.ts";
import { duration, readDialFlags } from "./dial-flags.ts";

/** What the flags ask for: a plan that lacks the number of workers, and the server where none is named. */
export interface BenchFlags {
  readonly plan: Omit<BenchPlan, "workers">;
  readonly settings: BenchSettings;
  /** True where the server is to be our own. */
  readonly embedded: boolean;
  readonly workers: number | undefined;
}

const MAX_CONNECTIONS = 10_000_000;
const MAX_IN_FLIGHT = 100_000;
const MAX_WORKERS = 1024;
const MAX_RECONNECT_MS = 30_000;
const EMBEDDED_URL = "ws://127.0.0.1/";

/** @throws FramecatError (usage) */
export async function readBenchFlags(
  args: Args,
  io: Pick<Io, "env" | "random">,
): Promise<BenchFlags> {
  const [url] = args.positionals;
  if (args.flag("self-check") && url !== undefined) {
    throw usageError(
      "--self-check measures the client itself, with a server of its own: give no URL",
    );
  }
  const measure = readMeasure(args, url === undefined);
  const { message, words } = await readMessageFlags(args, measure);
  const stages = readStages(args, measure);
  const workers = args.text("workers");
  const plan = {
    measure,
    dial: readDial(url ?? EMBEDDED_URL, args, io.env),
    connections: readConnections(args, stages),
    stages,
    connectPerSecond: rate(args, "connect-rate"),
    churnPerSecond: readChurn(args, stages, measure),
    reconnect: readReconnect(args),
    load: readLoad(args, measure),
    message,
    publishers: count(args, "publishers", "1", MAX_CONNECTIONS),
    sequence: args.text("sequence"),
    length: runLength(args, stages),
    warmupMs: duration(args, "warmup", stages.length > 0 || measure === "connect" ? "0s" : "1s"),
    drainMs: duration(args, "drain", "5s"),
    seed: readSeed(args, io),
  } satisfies Omit<BenchPlan, "workers">;
  if (plan.publishers > plan.connections) {
    throw usageError(`--publishers ${plan.publishers} is more than there are --connections`);
  }
  return {
    plan,
    settings: settingsOf(plan, args, words),
    embedded: url === undefined,
    workers: workers === undefined ? undefined : parseCount(workers, "--workers", 1, MAX_WORKERS),
  };
}

/** What is to be checked against the limits of the system. */
export function wantedOf({ plan, embedded, workers }: BenchFlags): Wanted {
  const { localAddresses, target } = plan.dial;
  const addresses =
    localAddresses === undefined ? 1 : parseLocalAddresses(localAddresses, "--local-address").count;
  const overTcp = target.socketPath === undefined;
  return { connections: plan.connections, workers, overTcp, embedded, addresses };
}

/** The plan for a server of our own. */
export function aimAt<P extends Omit<BenchPlan, "workers">>(url: string, plan: P): P {
  return { ...plan, dial: { ...plan.dial, target: parseTarget(url) } };
}

function settingsOf(plan: Omit<BenchPlan, "workers">, args: Args, message: string): BenchSettings {
  const { measure, load, connections, stages, churnPerSecond, length, warmupMs, drainMs } = plan;
  return {
    measure,
    load,
    connections,
    stages,
    churnPerSecond,
    length,
    warmupMs,
    drainMs,
    message,
    match: args.text("match") ?? "order",
    verify: plan.message.verify,
    deflate: plan.dial.deflate,
  };
}

function readMeasure(args: Args, embedded: boolean): Measure {
  const measure = (args.text("measure") ?? "echo") as Measure;
  if (!embedded || (measure !== "push" && measure !== "fanout")) return measure;
  throw usageError(
    `--measure ${measure} needs the URL of a server: the embedded one only echoes`,
    "`framecat listen` starts others.",
  );
}

function readDial(url: string, args: Args, env: Io["env"]): DialPlan {
  const localAddresses = args.text("local-address");
  if (localAddresses !== undefined) parseLocalAddresses(localAddresses, "--local-address");
  const dial = readDialFlags(url, args, env);
  const headers = dial.headers ?? [];
  const varies = [url, ...headers.map(([, value]) => value)].some((text) => text.includes("{{"));
  return {
    ...dial,
    headers,
    deflate: args.flag("deflate"),
    localAddresses,
    ...(varies && { template: { url, headers } }),
  };
}

function readConnections(args: Args, stages: readonly Stage[]): number {
  if (stages.length === 0) return count(args, "connections", "100", MAX_CONNECTIONS);
  if (args.text("connections") !== undefined) {
    throw usageError("--stages and --connections exclude each other", "Give one of them.");
  }
  return Math.max(...stages.map(({ connections }) => connections));
}

/** `30s:1000,2m:10000,30s:0` */
function readStages(args: Args, measure: Measure): Stage[] {
  const text = args.text("stages");
  if (text === undefined) return [];
  if (measure === "connect" || measure === "fanout") {
    throw usageError(`--stages cannot be combined with --measure ${measure}`);
  }
  const stages = text.split(",").map((part) => {
    const [time = "", level = "", ...more] = part.split(":");
    if (level === "" || more.length > 0) {
      throw usageError(`--stages must be like 30s:1000,2m:10000, not ${JSON.stringify(text)}`);
    }
    const connections = parseCount(level, "--stages", 0, MAX_CONNECTIONS);
    return { durationMs: parseDurationMs(time, "--stages"), connections };
  });
  if (stages.some(({ connections }) => connections > 0)) return stages;
  throw usageError("--stages has no stage with any sockets");
}

function readChurn(args: Args, stages: readonly Stage[], measure: Measure): number {
  const churn = rate(args, "churn") ?? 0;
  if (churn === 0) return 0;
  if (stages.length > 0) throw usageError("--churn and --stages exclude each other");
  if (measure === "connect" || measure === "fanout") {
    throw usageError(`--churn cannot be combined with --measure ${measure}`);
  }
  return churn;
}

function readReconnect(args: Args): ReconnectPlan | undefined {
  if (!args.flag("reconnect")) return undefined;
  return { delayMs: duration(args, "reconnect-delay", "1s"), maxDelayMs: MAX_RECONNECT_MS };
}

const CLOSED_FLAGS = ["in-flight", "think"] as const;

function readLoad(args: Args, measure: Measure): LoadModel {
  const total = rate(args, "rate");
  const each = rate(args, "rate-per-socket");
  if (measure === "hold") return holdLoad(args);
  if (total !== undefined && each !== undefined) {
    throw usageError("--rate and --rate-per-socket exclude each other", "Give one of them.");
  }
  const ratePerSecond = total ?? each ?? (measure === "fanout" ? 10 : undefined);
  const arrival = args.text("arrival");
  if (ratePerSecond === undefined) {
    if (arrival !== undefined) throw usageError("--arrival needs --rate or --rate-per-socket");
    const thinkMs = duration(args, "think", "0ms");
    return { model: "closed", inFlight: count(args, "in-flight", "1", MAX_IN_FLIGHT), thinkMs };
  }
  const wrong = CLOSED_FLAGS.find((name) => args.text(name) !== undefined);
  if (wrong) {
    throw usageError(
      `--${wrong} belongs to the closed model, and a rate makes it an open one`,
      "Leave one of them away.",
    );
  }
  if (ratePerSecond === 0) throw usageError("a rate of 0 would send nothing");
  return {
    model: "open",
    ratePerSecond,
    per: each === undefined ? "total" : "socket",
    arrival: arrival === "poisson" ? "poisson" : "constant",
  };
}

/** Idle sockets are asked for a sign of life now and then, each at its own time. */
function holdLoad(args: Args): LoadModel {
  for (const name of ["rate", "rate-per-socket", "in-flight", "think"]) {
    if (args.text(name) === undefined) continue;
    throw usageError(`--${name} cannot be combined with --measure hold`, "See --ping-interval.");
  }
  const intervalMs = duration(args, "ping-interval", "30s");
  if (intervalMs < 1) throw usageError("--ping-interval must be at least 1ms");
  return { model: "open", ratePerSecond: 1000 / intervalMs, per: "socket", arrival: "constant" };
}

function runLength(args: Args, stages: readonly Stage[]): RunLength {
  const messages = args.text("messages");
  const given = args.text("duration");
  if (stages.length > 0) {
    if (given !== undefined || messages !== undefined) {
      const which = given === undefined ? "messages" : "duration";
      throw usageError(`--stages tells how long the run is: leave --${which} away`);
    }
    return {
      kind: "duration",
      durationMs: stages.reduce((sum, { durationMs }) => sum + durationMs, 0),
    };
  }
  if (messages === undefined) {
    const durationMs = duration(args, "duration", "5s");
    if (durationMs > 0) return { kind: "duration", durationMs };
    throw usageError("--duration must be longer than nothing");
  }
  if (given !== undefined) {
    throw usageError("--duration and --messages exclude each other", "Give one of them.");
  }
  return { kind: "messages", count: parseCount(messages, "--messages", 1, 1e12) };
}

function readSeed(args: Args, { random }: Pick<Io, "random">): number {
  const seed = args.text("seed");
  if (seed !== undefined) return parseCount(seed, "--seed", 0, 2 ** 32 - 1);
  return random(4).reduce((number, octet) => ((number << 8) | octet) >>> 0, 0);
}

function count(args: Args, name: string, fallback: string, max: number): number {
  return parseCount(args.text(name) ?? fallback, `--${name}`, 1, max);
}

function rate(args: Args, name: string): number | undefined {
  const text = args.text(name);
  return text === undefined ? undefined : parseRate(text, `--${name}`);
}
