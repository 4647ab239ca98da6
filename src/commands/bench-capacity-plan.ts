import { type Assertion, parseAssertion } from "../bench/assertions.ts";
import type { SearchLimits } from "../bench/capacity-search.ts";
import type { Vary } from "../bench/capacity-trial.ts";
import { chooseWorkers, readLimits, type SystemLimits } from "../bench/limits.ts";
import { FramecatError, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { parseCount, parseRate } from "../units.ts";
import { CAPACITY_OPTIONS } from "./bench-capacity-options.ts";
import { BENCH_OPTIONS } from "./bench-options.ts";
import { type BenchFlags, readBenchFlags, wantedOf } from "./bench-plan.ts";
import type { Args } from "./command.ts";
import { duration } from "./dial-flags.ts";

/** What the flags ask for. */
export interface CapacityFlags {
  /** Those of the trial with the lowest load. */
  readonly bench: BenchFlags;
  readonly vary: Vary;
  readonly slo: readonly Assertion[];
  readonly search: SearchLimits;
  readonly settleMs: number;
  /** The process of the server, where one is named to be watched. */
  readonly serverPid: number | undefined;
}

const DEFAULT_SLO = "p99<50ms,errors<0.1%";
/** What a server sends by itself has no latency. */
const PUSH_SLO = "errors<0.1%";
const MAX_CONNECTIONS = 10_000_000;
const MAX_TRIALS = 1000;
const RESOLUTION = { min: 1, max: 50 };

/** @throws FramecatError (usage) */
export async function readCapacityFlags(
  args: Args,
  io: Pick<Io, "env" | "random">,
  limits: SystemLimits = readLimits(),
): Promise<CapacityFlags> {
  const vary: Vary = args.text("vary") === "connections" ? "connections" : "rate";
  checkVaried(args, vary);
  const slo = readSlo(args);
  const from = readLoad(args, "from", vary) ?? (vary === "rate" ? 100 : 10);
  const bench = await readBenchFlags(benchArgs(args, vary, from), io);
  chooseWorkers(wantedOf(bench), limits);
  const to = readLoad(args, "to", vary);
  if (to !== undefined && to < from) throw usageError("--to is less than --from");
  if (vary === "connections" && to !== undefined) {
    chooseWorkers(wantedOf(atLoad(bench, vary, to)), limits);
  }
  const search: SearchLimits = {
    from,
    to: to ?? (vary === "connections" ? mostConnections(bench, limits) : undefined),
    resolution: readResolution(args),
    confirm: parseCount(args.text("confirm") ?? "3", "--confirm", 1, 100),
    maxTrials: parseCount(args.text("max-trials") ?? "50", "--max-trials", 1, MAX_TRIALS),
    whole: vary === "connections",
  };
  const settleMs = duration(args, "settle", "500ms");
  return { bench, vary, slo, search, settleMs, serverPid: readServerPid(args) };
}

/** The same under another load. */
export function atLoad(flags: BenchFlags, vary: Vary, load: number): BenchFlags {
  const { plan, settings } = flags;
  if (vary === "connections") {
    const connections = { connections: load };
    return {
      ...flags,
      plan: { ...plan, ...connections },
      settings: { ...settings, ...connections },
    };
  }
  if (plan.load.model === "closed") throw new Error("a closed model has no rate");
  const rate = { load: { ...plan.load, ratePerSecond: load } };
  return { ...flags, plan: { ...plan, ...rate }, settings: { ...settings, ...rate } };
}

function checkVaried(args: Args, vary: Vary): void {
  const measure = args.text("measure");
  if (vary === "rate") {
    const wrong = ["rate-per-socket", "in-flight", "think"].find((name) => args.text(name));
    if (wrong) {
      throw usageError(
        `--${wrong} cannot be combined with --vary rate, which sets the rate of all sockets together`,
        "Leave it away, or use --vary connections.",
      );
    }
    if (measure !== "hold" && measure !== "push") return;
    throw usageError(`--measure ${measure} has no rate to vary`, "Use --vary connections.");
  }
  if (args.text("connections") !== undefined) {
    throw usageError("--connections is what --vary connections finds", "See --from and --to.");
  }
}

function readSlo(args: Args): Assertion[] {
  const given = args.list("slo");
  const otherwise = args.text("measure") === "push" ? PUSH_SLO : DEFAULT_SLO;
  return (given.length === 0 ? [otherwise] : given)
    .flatMap((text) => text.split(","))
    .map((text) => parseAssertion(text.trim(), "--slo"));
}

function readLoad(args: Args, flag: "from" | "to", vary: Vary): number | undefined {
  const text = args.text(flag);
  if (text === undefined) return undefined;
  if (vary === "connections") return parseCount(text, `--${flag}`, 1, MAX_CONNECTIONS);
  const load = parseRate(text, `--${flag}`);
  if (load > 0) return load;
  throw usageError(`--${flag} must be more than nothing`);
}

function readServerPid(args: Args): number | undefined {
  const text = args.text("server-pid");
  return text === undefined ? undefined : parseCount(text, "--server-pid", 1, 2 ** 31);
}

function readResolution(args: Args): number {
  const text = args.text("resolution") ?? "5%";
  const percent = Number(/^(\d+(?:\.\d+)?) ?%$/.exec(text.trim())?.[1] ?? Number.NaN);
  if (percent >= RESOLUTION.min && percent <= RESOLUTION.max) return percent / 100;
  const range = `a share from ${RESOLUTION.min}% to ${RESOLUTION.max}%`;
  throw usageError(`--resolution must be ${range}, not ${JSON.stringify(text)}`);
}

/** The most sockets that the system lets this machine open, found by asking. */
function mostConnections(flags: BenchFlags, limits: SystemLimits): number {
  let [fits, tooMany] = [flags.plan.connections, MAX_CONNECTIONS + 1];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (hasRoom(atLoad(flags, "connections", middle), limits)) fits = middle;
    else tooMany = middle;
  }
  return fits;
}

function hasRoom(flags: BenchFlags, limits: SystemLimits): boolean {
  try {
    chooseWorkers(wantedOf(flags), limits);
    return true;
  } catch (thrown) {
    if (thrown instanceof FramecatError) return false;
    throw thrown;
  }
}

const OWN: ReadonlySet<string> = new Set(CAPACITY_OPTIONS.map(({ name }) => name));
const OF_BENCH: ReadonlySet<string> = new Set(BENCH_OPTIONS.map(({ name }) => name));

/** The command line as `bench` would have it for the trial with the lowest load. */
export function benchArgs(args: Args, vary: Vary, load: number): Args {
  const set: Readonly<Record<string, string | undefined>> = {
    duration: args.text("trial-duration"),
    ...(vary === "rate" ? { rate: `${load}/s` } : { connections: String(load) }),
  };
  // Flags that a search does not have were not given.
  const ask = <T>(name: string, given: () => T, absent: T): T => {
    if (!OWN.has(name) && !OF_BENCH.has(name)) throw new Error(`bench has no --${name}`);
    return OWN.has(name) ? given() : absent;
  };
  return {
    positionals: args.positionals,
    flag: (name) => ask(name, () => args.flag(name), false),
    count: (name) => ask(name, () => args.count(name), 0),
    text: (name) => set[name] ?? ask(name, () => args.text(name), undefined),
    list: (name) => ask(name, () => args.list(name), []),
  };
}
