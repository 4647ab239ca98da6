import { describe, expect, it } from "vitest";
import type { AssertionResult, BenchResult } from "../../src/bench/result.ts";
import type { Verdict } from "../../src/bench/verdict.ts";
import { benchJunit } from "../../src/render/bench-junit.ts";
import { benchResult } from "../helpers/bench-result.ts";
import { expectGolden } from "../helpers/golden.ts";
import { parseXml } from "../helpers/xml.ts";

const run = benchResult();

const DONE: Verdict = { exitCode: 0 };
const THRESHOLD: Verdict = {
  exitCode: 31,
  reason: { code: "threshold", message: "1 of 2 objectives was missed" },
};
const REFUSED: Verdict = {
  exitCode: 14,
  reason: { code: "refused", message: "10 of 1000 sockets failed: HTTP 503", hint: "Try less." },
};

const met: AssertionResult = {
  expression: "p99<50ms",
  passed: true,
  actual: 8.7,
  bound: 50,
  unit: "ms",
};
const missed: AssertionResult = { ...met, passed: false, actual: 61.25 };

/** The cases by name, each with the message of its failure. */
function casesOf(given: Partial<BenchResult>, verdict: Verdict): Record<string, string> {
  const [suite] = parseXml(benchJunit({ ...run, ...given }, verdict)).children;
  const cases = suite!.children.filter(({ name }) => name === "testcase");
  return Object.fromEntries(
    cases.map(({ attributes, children }) => [
      attributes.name!,
      children[0]?.attributes.message ?? "passed",
    ]),
  );
}

describe("a run as JUnit XML", () => {
  it("where all went well", () => {
    expectGolden("junit/bench.xml", benchJunit({ ...run, assertions: [met] }, DONE));
  });

  it("where the run failed, and an assertion", () => {
    const result: BenchResult = {
      ...run,
      assertions: [met, missed],
      refusals: [{ kind: "http-status", code: "refused", message: "HTTP 503", count: 10 }],
      breaks: [{ kind: "reset", code: "abnormal", message: "\x1b[2J reset", count: 1 }],
      client: { ...run.client, deaths: ["SIGKILL"] },
      discrepancies: ["1 is not 2"],
    };
    expectGolden("junit/bench-trouble.xml", benchJunit(result, REFUSED));
  });

  it("has a case for the run where nothing was asserted", () => {
    expect(casesOf({}, DONE)).toEqual({ run: "passed" });
  });

  it("does not hold the run to what its assertions say", () => {
    expect(casesOf({ assertions: [missed] }, THRESHOLD).run).toBe("passed");
  });

  it("lets the run fail where no assertion tells why", () => {
    const message = "1 of 2 objectives was missed (exit 31)";
    expect(casesOf({ assertions: [met] }, THRESHOLD).run).toBe(message);
  });

  it("lets a run fail that a signal ended", () => {
    const cases = casesOf({ ending: "interrupted" }, { exitCode: 130 });
    expect(cases).toEqual({ run: "a signal ended the run (exit 130)" });
  });

  it("has no time where the run has no interval", () => {
    const xml = benchJunit({ ...run, intervals: [] }, DONE);
    expect(parseXml(xml).children[0]?.attributes.time).toBe("0.000");
  });

  it("names our own server, not its address of the moment", () => {
    const xml = benchJunit({ ...run, embedded: true }, DONE);
    expect(xml).toContain('<property name="url" value="embedded server"/>');
  });

  it.each<[Partial<AssertionResult>, string]>([
    [{ actual: 61.25 }, "measured 61.25 ms, 11.25 ms above the bound"],
    [{ actual: 50 }, "measured 50 ms, the bound itself"],
    [{ actual: 0.3, bound: 0.1, unit: "percent" }, "measured 0.3 %, 0.2 % above the bound"],
    [{ actual: 9998, bound: 1e4, unit: "per-second" }, "measured 9998/s, 2/s below the bound"],
    [{ actual: 0.201599, bound: 0.1 }, "measured 0.2016 ms, 0.1016 ms above the bound"],
    [
      { actual: 12_345_678, bound: 1, unit: "count" },
      "measured 12345678, 12345677 above the bound",
    ],
    [{ actual: 0, bound: 1, unit: "count" }, "measured 0, 1 below the bound"],
    [{ actual: 2048, bound: 1024, unit: "bytes" }, "measured 2048 B, 1024 B above the bound"],
  ])("says by how much a bound was missed: %j", (given, text) => {
    const assertions = [{ ...missed, expression: "x", ...given }];
    expect(casesOf({ assertions }, THRESHOLD).x).toBe(`x does not hold: ${text}`);
  });

  it("says where nothing was measured", () => {
    const { actual: _, ...unmeasured } = missed;
    const cases = casesOf({ assertions: [unmeasured] }, THRESHOLD);
    expect(cases["p99<50ms"]).toBe("p99<50ms does not hold: nothing was measured");
  });
});
