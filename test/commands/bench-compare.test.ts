import { describe, expect, it } from "vitest";
import type { Comparison } from "../../src/bench/compare.ts";
import type { BenchResult } from "../../src/bench/result.ts";
import { command, folder } from "../helpers/bench-commands.ts";
import {
  benchResult,
  histogramResult,
  sampleInterval,
  sampleLatencies,
} from "../helpers/bench-result.ts";
import { histogramOf } from "../helpers/bench.ts";
import { expectDocument } from "../helpers/schemas.ts";

/** A run of twenty seconds whose latencies and rates are so many times those of the sample. */
function run(scale = 1, given: Partial<BenchResult> = {}): BenchResult {
  const intervals = Array.from({ length: 20 }, (_, index) => {
    const swing = scale * (1 + 0.02 * Math.sin(index * 1.7));
    const latency = histogramResult(histogramOf(sampleLatencies(500, swing)));
    return sampleInterval(index, { counted: true, latency, messagesIn: Math.round(4000 / swing) });
  });
  const base = benchResult();
  const latency = histogramResult(histogramOf(sampleLatencies(10_000, scale)));
  const { throughput } = base;
  return {
    ...base,
    intervals,
    histograms: { ...base.histograms, latency },
    throughput: { ...throughput, messagesInPerSecond: 4000 / scale },
    ...given,
  };
}

// Their histograms take a while to make.
const SAVED = {
  base: JSON.stringify(run()),
  same: JSON.stringify(run(1.001)),
  slow: JSON.stringify(run(1.5)),
  fast: JSON.stringify(run(0.5)),
  short: JSON.stringify(benchResult({ intervals: [sampleInterval(0)] })),
};
const files = () => folder({ ...SAVED, two: `${SAVED.base}\n${SAVED.base}\n` });

const QUICK = ["--resamples", "200"];
const compare = (argv: readonly string[], stdin = "") =>
  command(["bench", "compare", ...QUICK, ...argv], { stdin });

describe("two runs", () => {
  it("that are alike differ in nothing", async () => {
    const path = files();
    const { code, out, err } = await compare([path("base"), path("same")]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^no regression beyond 5 % tolerance/);
    expect(out).toMatch(/^latency p99 .* no difference$/m);
  });

  it("of which the new one is worse: a regression, by exit code too", async () => {
    const path = files();
    const { code, out, err } = await compare([path("base"), path("slow")]);
    expect(code).toBe(31);
    expect(out).toMatch(/^regression beyond 5 % tolerance: throughput 0\.67×/);
    expect(err).toMatch(/^framecat: a regression of throughput, latency p50.* \(exit 31\)\.\n$/);
  });

  it("may get worse within the tolerance", async () => {
    const path = files();
    expect((await compare([path("base"), path("slow"), "--tolerance", "80%"])).code).toBe(0);
  });

  it("of which the new one is better", async () => {
    const path = files();
    const { code, out } = await compare([path("base"), "-"], SAVED.fast);
    expect([code, out]).toEqual([0, expect.stringMatching(/better: throughput 2\.00×/)]);
    expect((await compare([path("base"), path("fast")])).out).toBe(out);
  });

  it("that are too short tell nothing, and do not fail", async () => {
    const path = files();
    const { code, out } = await compare([path("base"), path("short")]);
    expect([code, out]).toEqual([0, expect.stringMatching(/^cannot tell/)]);
  });
});

describe("the document", () => {
  it("keeps to its schema, whatever the runs", async () => {
    const path = files();
    for (const current of ["same", "slow", "short"]) {
      const { out } = await compare([path("base"), path(current), "--json"]);
      expectDocument("compare", out);
    }
  });

  it("is the same for the same seed", async () => {
    const path = files();
    const rows = async (...argv: string[]) => {
      const { out } = await compare([path("base"), path("slow"), "--json", ...argv]);
      return (JSON.parse(out) as Comparison).rows;
    };
    expect(await rows()).toEqual(await rows("--seed", "1"));
    expect(await rows("--seed", "2")).not.toEqual(await rows());
    const [sure] = await rows("--confidence", "99%");
    const [row] = await rows();
    expect(sure?.interval?.high).toBeGreaterThan(row?.interval?.high ?? Number.NaN);
  });
});

it.each([
  [[], /two files are compared/],
  [["base"], /two files are compared/],
  [["base", "base", "base"], /unexpected argument/],
  [["base", "two"], /each file to compare must hold one result/],
  [["base", "nothing"], /cannot read/],
  [["base", "base", "--tolerance", "5"], /--tolerance must be a share from 0% to 1000%/],
  [["base", "base", "--confidence", "100%"], /--confidence must be a share from 50% to 99.9%/],
  [["base", "base", "--seed", "x"], /--seed/],
])("%j is one line", async (names, message) => {
  const path = files();
  const argv = names.map((name) => (/^[a-z]+$/.test(name) ? path(name) : name));
  const { code, out, err } = await compare(argv);
  expect([code, out, err.split("\n").length]).toEqual([2, "", 2]);
  expect(err).toMatch(message);
});

it("draws often enough", async () => {
  const path = files();
  const { code, err } = await command([
    "bench",
    "compare",
    path("base"),
    path("base"),
    "--resamples",
    "5",
  ]);
  expect([code, err]).toEqual([
    2,
    expect.stringMatching(/--resamples must be a whole number from 100/),
  ]);
});
