import { usageError } from "../errors.ts";
import type { BenchResult, BenchSettings } from "./result.ts";

/**
 * Checks that results are parts of one run: that they were asked for the same, each for its share,
 * and that none is there twice.
 *
 * @returns the results, at least one
 * @param names what to call them, such as their files
 * @throws FramecatError (usage) naming the two that do not go together, and why
 */
export function checkSameRun(
  results: readonly BenchResult[],
  names: readonly string[],
): readonly [BenchResult, ...BenchResult[]] {
  const [first, ...others] = results;
  if (!first) throw usageError("there are no results to merge");
  const wanted = traitsOf(first);
  for (const [index, other] of others.entries()) {
    const traits = traitsOf(other);
    const [trait, expected] = [...wanted].find(([name, value]) => traits.get(name) !== value) ?? [];
    if (trait === undefined) continue;
    const [here, there] = [nameOf(names, index + 1), nameOf(names, 0)];
    throw usageError(
      `${here} is no part of the run that ${there} is of: its ${trait} is ` +
        `${traits.get(trait)}, not ${expected}`,
    );
  }
  checkOnce(results, names);
  return [first, ...others];
}

/** What all parts of a run have in common, in words. */
function traitsOf({ settings, embedded }: BenchResult): ReadonlyMap<string, string> {
  const { measure, load, length, stages, shard } = settings;
  const stageTimes = stages.map(({ durationMs }) => durationMs).join(", ");
  return new Map([
    ["measure", measure],
    ...loadTraits(load),
    ["message", JSON.stringify(settings.message)],
    ["matching of replies", JSON.stringify(settings.match)],
    ["verifying of replies", onOff(settings.verify)],
    ["compression", onOff(settings.deflate)],
    ["length", length.kind === "duration" ? `${length.durationMs} ms` : "a number of messages"],
    ["warmup", `${settings.warmupMs} ms`],
    ["drain", `${settings.drainMs} ms`],
    ["stages", stageTimes === "" ? "none" : `${stageTimes} ms`],
    ["server", embedded ? "the embedded one" : "another one"],
    ["number of parts", shard ? String(shard.count) : "unknown"],
  ]);
}

function loadTraits(load: BenchSettings["load"]): [string, string][] {
  if (load.model === "closed") {
    return [
      ["load model", "closed"],
      ["messages in flight", String(load.inFlight)],
      ["think time", `${load.thinkMs} ms`],
    ];
  }
  return [
    ["load model", "open"],
    ["rate", load.per === "total" ? "one for all sockets" : `${load.ratePerSecond}/s a socket`],
    ["arrival", load.arrival],
  ];
}

function onOff(value: boolean): string {
  return value ? "on" : "off";
}

/** No part may be there twice, nor a result that is the same in all it counted. */
function checkOnce(results: readonly BenchResult[], names: readonly string[]): void {
  const seen = new Map<string, number>();
  for (const [index, result] of results.entries()) {
    for (const what of partsOf(result)) {
      const before = seen.get(what);
      if (before !== undefined) {
        const said = result.settings.shard ? what : "the same result";
        throw usageError(`${nameOf(names, before)} and ${nameOf(names, index)} are both ${said}`);
      }
      seen.set(what, index);
    }
  }
}

function partsOf(result: BenchResult): string[] {
  const { shard } = result.settings;
  if (!shard) return [JSON.stringify(result)];
  return shard.indexes.map((index) => `part ${index} of ${shard.count}`);
}

function nameOf(names: readonly string[], index: number): string {
  return names[index] ?? `result ${index + 1}`;
}
