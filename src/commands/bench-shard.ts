import { partOf } from "../bench/plan.ts";
import { parseShard, parseStartAt, type Shard, shardOf } from "../bench/shard.ts";
import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import type { BenchFlags } from "./bench-plan.ts";
import type { Args } from "./command.ts";

/** The part that `--shard` or the scheduler around us says; undefined for a run that is whole. */
export function readShard(args: Args, env: Io["env"]): Shard | undefined {
  const text = args.text("shard");
  return text === undefined ? shardOf(env) : parseShard(text);
}

/** When the load is to begin, in ms since 1970; undefined where it need not wait for others. */
export function readStartAt(args: Args, { clock }: Pick<Io, "clock">): number | undefined {
  const text = args.text("start-at");
  return text === undefined ? undefined : parseStartAt(text, clock.now().epochUs / 1000);
}

/**
 * What the flags ask for, as far as it is one part's share.
 * @throws FramecatError (usage) where the run has no parts, or none for this one
 */
export function shardFlags(flags: BenchFlags, { index, count }: Shard): BenchFlags {
  const { measure } = flags.plan;
  if (measure === "fanout") {
    throw usageError(
      "--measure fanout cannot be cut: each part would miss what the others publish",
    );
  }
  const all = flags.plan.connections;
  if (all < count) throw usageError(`${all} connections are fewer than the ${count} shards`);
  const plan = partOf({ ...flags.plan, workers: 1 }, index, count);
  const { load, connections, stages, churnPerSecond, length } = plan;
  const shard = { indexes: [index], count };
  const share = { load, connections, stages, churnPerSecond, length, shard };
  return { ...flags, plan, settings: { ...flags.settings, ...share } };
}
