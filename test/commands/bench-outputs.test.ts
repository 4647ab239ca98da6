import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { judge } from "../../src/bench/verdict.ts";
import { BENCH_OPTIONS } from "../../src/commands/bench-options.ts";
import {
  checkOutputs,
  judgedBy,
  outputsOf,
  printResult,
  readAssertions,
  writeFiles,
} from "../../src/commands/bench-outputs.ts";
import { bench } from "../../src/commands/bench.ts";
import { parseArgs } from "../../src/commands/parse-args.ts";
import { createSink } from "../../src/commands/sink.ts";
import { folder } from "../helpers/bench-commands.ts";
import { benchResult } from "../helpers/bench-result.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { benchDocument } from "../helpers/schemas.ts";
import { expectUsage } from "../helpers/usage.ts";
import { parseXml } from "../helpers/xml.ts";

const FLAGS = ["save", "csv", "hgrm", "hlog", "html", "junit"] as const;
const args = (...argv: string[]) => parseArgs(bench, argv);

describe("files", () => {
  it("are named by flags that help knows as such", () => {
    const files = BENCH_OPTIONS.filter(
      ({ topic, value }) => topic === "Result" && value === "FILE",
    );
    expect(files.map(({ name }) => name).toSorted()).toEqual([...FLAGS].toSorted());
    expect(outputsOf(args("--csv", "a", "--save", "b"))).toEqual(["save", "csv"]);
  });

  it("are written, each in its form", async () => {
    const path = folder();
    const given = args(...FLAGS.flatMap((flag) => [`--${flag}`, path(flag)]));
    const result = benchResult();
    await writeFiles(result, judge(result), given);
    const text = (flag: (typeof FLAGS)[number]) => readFileSync(path(flag), "utf8");
    expect(benchDocument(text("save"))).toEqual(result);
    expect(text("csv").split("\n")[0]).toMatch(/^[a-z_]+,[a-z_,.0-9]+/i);
    expect(text("hgrm")).toMatch(/Value\s+Percentile\s+TotalCount/);
    expect(text("hlog")).toMatch(/Histogram log format version 1/);
    expect(text("html")).toMatch(/^<!doctype html>/i);
    expect(parseXml(text("junit"))).toMatchObject({ name: "testsuites" });
  });

  it("are written also where nothing was measured", async () => {
    const path = folder();
    const result = benchResult({ histograms: {}, intervals: [] });
    const given = args(...FLAGS.flatMap((flag) => [`--${flag}`, path(flag)]));
    await writeFiles(result, judge(result), given);
    for (const flag of FLAGS) expect([flag, existsSync(path(flag))]).toEqual([flag, true]);
  });

  it.each(FLAGS)("--%s is checked before the run", async (flag) => {
    const path = folder();
    const run = async (file: string) => checkOutputs(args(`--${flag}`, file));
    await run(path("fine"));
    expect(existsSync(path("fine"))).toBe(false);
    await expectUsage(run(path("no/such")), new RegExp(`^--${flag}: cannot write `));
    await expectUsage(run(path(".")), /it is a folder/);
  });
});

describe("objectives", () => {
  it("are many in one flag or in several", () => {
    const given = args("--assert", "p99<50ms,errors<1%", "--assert", "rate>5");
    expect(readAssertions(given).map(({ expression }) => expression)).toEqual([
      "p99<50ms",
      "errors<1%",
      "rate>5",
    ]);
  });

  it("take the place of those of the run", () => {
    const own = { expression: "x", passed: false, bound: 1, unit: "ms" } as const;
    const result = benchResult({ assertions: [own] });
    expect(judgedBy([], result)).toBe(result);
    const judged = judgedBy(readAssertions(args("--assert", "errors==0")), result);
    expect(judged.assertions).toMatchObject([{ expression: "errors==0", passed: true }]);
  });
});

describe("stdout", () => {
  it("has the report, or the document", async () => {
    for (const flags of [[], ["--json"]]) {
      const io = memoryIo();
      const output = createSink(io.stdout);
      await printResult(benchResult(), { args: args(...flags), io, output });
      await output.flushed();
      if (flags.length > 0) expect(benchDocument(io.out())).toEqual(benchResult());
      else expect(io.out()).toMatch(/^bench +ws:/);
    }
  });
});
