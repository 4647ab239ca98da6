import { describe, expect, it } from "vitest";
import { settingDifferences } from "../../src/bench/setting-differences.ts";
import { benchResult, openModelResult, SETTINGS } from "../helpers/bench-result.ts";

describe("differences of settings", () => {
  it("are none between runs of the same", () => {
    expect(settingDifferences(benchResult(), benchResult({ startedAt: "later" }))).toEqual([]);
  });

  it("name each setting that differs, and what only one has", () => {
    const other = openModelResult({
      url: "ws://other/",
      client: { ...benchResult().client, workers: 4 },
    });
    const changed = { ...other, settings: { ...other.settings, warmupMs: 5 } };
    expect(settingDifferences(benchResult(), changed)).toEqual([
      { setting: "url", base: '"ws://127.0.0.1:9000/"', current: '"ws://other/"' },
      { setting: "load.model", base: '"closed"', current: '"open"' },
      { setting: "load.inFlight", base: "16" },
      { setting: "load.thinkMs", base: "0" },
      { setting: "warmupMs", base: "1000", current: "5" },
      { setting: "workers", base: "2", current: "4" },
      { setting: "load.ratePerSecond", current: "4000" },
      { setting: "load.per", current: '"total"' },
      { setting: "load.arrival", current: '"constant"' },
    ]);
  });

  it("do not tell ports of embedded servers apart", () => {
    const run = (port: number) => benchResult({ embedded: true, url: `ws://127.0.0.1:${port}/` });
    expect(settingDifferences(run(1), run(2))).toEqual([]);
    const stages = [{ durationMs: 1, connections: 2 }];
    expect(settingDifferences(run(1), { ...run(1), settings: { ...SETTINGS, stages } })).toEqual([
      { setting: "stages", base: "[]", current: '[{"durationMs":1,"connections":2}]' },
    ]);
  });
});
