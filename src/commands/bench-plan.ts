import type { Wanted } from "../bench/limits.ts";
import type { BenchPlan, DialPlan, ReconnectPlan } from "../bench/plan.ts";
import type { BenchSettings, LoadModel, Measure, RunLength, Stage } from "../bench/result.ts";
import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { compileJsonPath } from "../scenario/json-path.ts";
import { compileTemplate } from "../scenario/template.ts";
import { parseLocalAddresses } from "../transport/local-addresses.ts";
import { parseTarget } from "../transport/target.ts";
import { parseCount, parseDurationMs, parseRate } from "../units.ts";
import { readMessageFlags } from "./bench-messages.ts";
import { checkTogether } from "./bench-rules.ts";
import type { Args } from "./command.ts";
import { duration, readLoadDialFlags } from "./dial-flags.ts";

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
/** Of a fan-out for which nobody asks for another rate. */
const PUBLISHED_PER_SECOND = 10;
const EMBEDDED_URL = "ws://127.0.0.1/";

/** @throws FramecatError (usage) */
export async function readBenchFlags(
  args: Args,
  io: Pick<Io, "env" | "random">,
): Promise<BenchFlags> {
  const [url] = args.positionals;
  const measure = readMeasure(args, url === undefined);
  checkTogether(args, measure);
  const { message, columns, words } = await readMessageFlags(args, measure);
  const stages = readStages(args);
  const workers = args.text("workers");
  const plan = {
    measure,
    dial: readDial(url ?? EMBEDDED_URL, args, io.env),
    connections: readConnections(args, stages),
    stages,
    connectPerSecond: positiveRate(args, "connect-rate"),
    churnPerSecond: rate(args, "churn") ?? 0,
    reconnect: readReconnect(args),
    load: readLoad(args, measure),
    message,
    publishers: count(args, "publishers", "1", MAX_CONNECTIONS),
    sequence: await readSequence(args),
    length: runLength(args, stages),
    warmupMs: duration(args, "warmup", stages.length > 0 || measure === "connect" ? "0s" : "1s"),
    timeoutMs: readTimeout(args),
    drainMs: duration(args, "drain", "5s"),
    seed: readSeed(args, io),
  } satisfies Omit<BenchPlan, "workers">;
  checkTemplate(plan.dial.template, columns);
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
  const { template, ...dial } = plan.dial;
  const aimed = template && { template: { ...template, url } };
  return { ...plan, dial: { ...dial, ...aimed, target: parseTarget(url) } };
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
  if (args.text("auth")?.includes("{{")) {
    throw usageError(
      "--auth has no placeholders",
      "Put them into the address: ws://{{…}}:{{…}}@host/.",
    );
  }
  const dial = readLoadDialFlags(url, args, env);
  const headers = dial.headers ?? [];
  const varies = [url, ...headers.map(([, value]) => value)].some((text) => text.includes("{{"));
  return {
    ...dial,
    headers,
    deflate: (args.text("deflate") ?? "off") !== "off",
    ...(args.text("deflate") === "required" && { requireDeflate: true }),
    localAddresses,
    ...(varies && { template: { url, headers } }),
  };
}

/** @throws FramecatError (usage) where a placeholder is none */
function checkTemplate(
  template: DialPlan["template"],
  columns: readonly string[] | undefined,
): void {
  if (!template) return;
  compileTemplate(template.url, "URL", columns);
  for (const [name, value] of template.headers) {
    compileTemplate(value, `--header ${name}`, columns);
  }
}

function readConnections(args: Args, stages: readonly Stage[]): number {
  if (stages.length === 0) return count(args, "connections", "100", MAX_CONNECTIONS);
  return Math.max(...stages.map(({ connections }) => connections));
}

/** `30s:1000,2m:10000,30s:0` */
function readStages(args: Args): Stage[] {
  const text = args.text("stages");
  if (text === undefined) return [];
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

function readReconnect(args: Args): ReconnectPlan | undefined {
  if (!args.flag("reconnect")) return undefined;
  return { delayMs: duration(args, "reconnect-delay", "1s"), maxDelayMs: MAX_RECONNECT_MS };
}

function readLoad(args: Args, measure: Measure): LoadModel {
  if (measure === "hold") return holdLoad(args);
  const each = positiveRate(args, "rate-per-socket");
  const own = measure === "fanout" ? PUBLISHED_PER_SECOND : undefined;
  const ratePerSecond = positiveRate(args, "rate") ?? each ?? own;
  if (ratePerSecond === undefined) {
    const thinkMs = duration(args, "think", "0ms");
    return { model: "closed", inFlight: count(args, "in-flight", "1", MAX_IN_FLIGHT), thinkMs };
  }
  const per = each === undefined ? "total" : "socket";
  const arrival = args.text("arrival") === "poisson" ? "poisson" : "constant";
  return { model: "open", ratePerSecond, per, arrival };
}

/** Only workers follow it, and before they start is the time to tell what is wrong with it. */
async function readSequence(args: Args): Promise<string | undefined> {
  const path = args.text("sequence");
  if (path !== undefined) await compileJsonPath(path, "--sequence");
  return path;
}

/** Idle sockets are asked for a sign of life now and then, each at its own time. */
function holdLoad(args: Args): LoadModel {
  const intervalMs = duration(args, "ping-interval", "30s");
  if (intervalMs < 1) throw usageError("--ping-interval must be at least 1ms");
  return { model: "open", ratePerSecond: 1000 / intervalMs, per: "socket", arrival: "constant" };
}

function runLength(args: Args, stages: readonly Stage[]): RunLength {
  const messages = args.text("messages");
  if (messages !== undefined) {
    return { kind: "messages", count: parseCount(messages, "--messages", 1, 1e12) };
  }
  const durationMs =
    stages.length > 0
      ? stages.reduce((sum, stage) => sum + stage.durationMs, 0)
      : duration(args, "duration", "5s");
  if (durationMs > 0) return { kind: "duration", durationMs };
  const flag = stages.length > 0 ? "stages" : "duration";
  throw usageError(`--${flag} must be longer than nothing`);
}

function readTimeout(args: Args): number {
  const timeoutMs = duration(args, "timeout", "30s");
  if (timeoutMs > 0) return timeoutMs;
  throw usageError("--timeout must be longer than nothing");
}

function readSeed(args: Args, { random }: Pick<Io, "random">): number {
  const seed = args.text("seed");
  if (seed !== undefined) return parseCount(seed, "--seed", 0, 2 ** 32 - 1);
  return random(4).reduce((number, octet) => ((number << 8) | octet) >>> 0, 0);
}

function count(args: Args, name: string, fallback: string, max: number): number {
  return parseCount(args.text(name) ?? fallback, `--${name}`, 1, max);
}

function positiveRate(args: Args, name: string): number | undefined {
  const given = rate(args, name);
  if (given !== 0) return given;
  throw usageError(`--${name} must be more than nothing`);
}

function rate(args: Args, name: string): number | undefined {
  const text = args.text(name);
  return text === undefined ? undefined : parseRate(text, `--${name}`);
}
