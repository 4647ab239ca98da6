import type { FailureCode } from "../errors.ts";
import type { Signal } from "../io.ts";
import type { Args, OptionSpec } from "./command.ts";
import type { Standing } from "./listen-output.ts";
import type { FromMetricsWorker, ToMetricsWorker } from "./listen-worker-metrics.ts";
import type { FromPlacesWorker, ToPlacesWorker } from "./listen-worker-places.ts";

/** The command line of `listen`, parsed, as it goes to a worker. */
export interface WorkerArgs {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, boolean | number | string | readonly string[]>>;
}

export type ToListenWorker =
  | { readonly type: "serve"; readonly args: WorkerArgs }
  | { readonly type: "signal"; readonly signal: Signal }
  | ToMetricsWorker
  | ToPlacesWorker;

/** A worker of node:cluster loses what it is told before it listens; hence `ready`. */
export type FromListenWorker =
  | { readonly type: "ready" }
  | { readonly type: "listening"; readonly standing: Standing }
  | FromMetricsWorker
  | FromPlacesWorker
  | {
      readonly type: "failed";
      readonly code: FailureCode;
      readonly message: string;
      readonly hint?: string | undefined;
    };

/** The values of all flags, some of them replaced. */
export function packArgs(
  args: Args,
  options: readonly OptionSpec[],
  replaced: WorkerArgs["values"],
): WorkerArgs {
  const given = options.map(({ name, kind }) => [name, valueOf(args, name, kind)] as const);
  const values = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  return {
    positionals: args.positionals,
    values: { ...values, ...replaced } as WorkerArgs["values"],
  };
}

function valueOf(args: Args, name: string, kind: OptionSpec["kind"]) {
  if (kind === "flag") return args.flag(name);
  if (kind === "count") return args.count(name);
  return kind === "text" ? args.text(name) : args.list(name);
}

export function unpackArgs({ positionals, values }: WorkerArgs): Args {
  return {
    positionals,
    flag: (name) => values[name] === true,
    count: (name) => Number(values[name] ?? 0),
    text: (name) => (values[name] === undefined ? undefined : String(values[name])),
    list: (name) => (values[name] as readonly string[] | undefined) ?? [],
  };
}
