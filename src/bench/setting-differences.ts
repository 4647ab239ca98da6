import type { BenchResult } from "./result.ts";

/** A setting that two runs do not share, in the form of JSON. */
export interface Difference {
  readonly setting: string;
  /** Absent where the run has no such setting. */
  readonly base?: string;
  readonly current?: string;
}

/** What two runs were asked for differently, the address and kind of the server among it. */
export function settingDifferences(base: BenchResult, current: BenchResult): Difference[] {
  const [before, now] = [settingsOf(base), settingsOf(current)];
  const names = [...new Set([...before.keys(), ...now.keys()])];
  return names.flatMap((setting) => {
    const [ours, theirs] = [before.get(setting), now.get(setting)];
    if (ours === theirs) return [];
    return [
      {
        setting,
        ...(ours !== undefined && { base: ours }),
        ...(theirs !== undefined && { current: theirs }),
      },
    ];
  });
}

function settingsOf({ url, embedded, settings, client }: BenchResult): ReadonlyMap<string, string> {
  const all = { url: embedded ? "embedded" : url, ...settings, workers: client.workers };
  return new Map(flat(all, ""));
}

function flat(value: unknown, name: string): [string, string][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [[name, JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([key, part]) =>
    flat(part, name === "" ? key : `${name}.${key}`),
  );
}
