import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { command, folder } from "../helpers/bench-commands.ts";
import { benchResult, openModelResult } from "../helpers/bench-result.ts";
import { benchDocument } from "../helpers/schemas.ts";

/** A run in which not all went well. */
const FAILED = openModelResult({
  sockets: { ...benchResult().sockets, open: 990, broken: 10 },
  breaks: [{ kind: "reset", code: "abnormal", message: "reset", count: 10 }],
  assertions: [{ expression: "p50<1us", passed: false, actual: 0.4, bound: 0.001, unit: "ms" }],
});

const line = (result = benchResult()) => `${JSON.stringify(result)}\n`;
const report = (argv: readonly string[], stdin = "") =>
  command(["bench", "report", ...argv], { stdin });

describe("a saved run", () => {
  it("is reported again", async () => {
    const path = folder({ run: line() });
    const { code, out, err } = await report([path("run")]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^bench +ws:\/\/127\.0\.0\.1:9000\//);
    expect(out).toMatch(/^latency +min +p50 /m);
  });

  it("may have failed: what shows it does not", async () => {
    expect((await report(["-"], line(FAILED))).code).toBe(0);
  });

  it("is printed as the same document, from stdin", async () => {
    const { code, out } = await report(["--json", "-"], line(FAILED));
    expect([code, benchDocument(out)]).toEqual([0, FAILED]);
  });

  it("is written to files", async () => {
    const path = folder({ run: line() });
    const { code } = await report([path("run"), "--hgrm", path("h"), "--junit", path("j")]);
    expect(code).toBe(0);
    expect(readFileSync(path("h"), "utf8")).toContain("Percentile");
    expect(readFileSync(path("j"), "utf8")).toContain("<testsuites");
  });

  it("is judged anew", async () => {
    const path = folder({ run: line(FAILED) });
    const { code, out, err } = await report([path("run"), "--assert", "p50<1us,connected>=1"]);
    expect(code).toBe(31);
    expect(out).toMatch(/^asserted +p50<1us +failed:.*\n +connected>=1 +held:/m);
    expect(err).toMatch(
      /^framecat: \S*run: 1 of 2 assertions failed: p50<1us \(it is [\d.]+ ms\) \(exit 31\)\.\n$/,
    );
    expect((await report([path("run"), "--assert", "connected>=1"])).code).toBe(0);
  });
});

describe("several", () => {
  it("come one after the other", async () => {
    const path = folder({ a: line(), b: line(FAILED) });
    const text = await report([path("a"), path("b")]);
    expect(text.out.match(/^bench /gm)).toHaveLength(2);
    const json = await report([path("a"), path("b"), "--json"]);
    const [first, second, ...rest] = json.out.split("\n");
    expect(rest).toEqual([""]);
    expect(benchDocument(`${first}\n`)).toEqual(benchResult());
    expect(benchDocument(`${second}\n`)).toEqual(FAILED);
  });

  it("are each judged, all of them", async () => {
    const path = folder({ a: line(), b: line() });
    const { code, out, err } = await report([path("a"), path("b"), "--assert", "connected==7"]);
    expect(code).toBe(31);
    expect(out.match(/^bench /gm)).toHaveLength(2);
    expect(err).toMatch(/\/a: 1 of 1 .*; \S*\/b: 1 of 1 /);
  });

  it("have no one file", async () => {
    const path = folder({ a: line() });
    const { code, out, err } = await report([path("a"), path("a"), "--csv", path("c")]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/--csv writes one result, and there are 2 .*bench merge/);
  });
});

it.each([
  [[], /no file is named/],
  [["/nonexistent"], /cannot read/],
  [["-", "--assert", "speed>1"], /--assert "speed>1"/],
  [["-", "--csv", "/nonexistent/x"], /--csv: cannot write/],
  [["--rate", "5/s", "-"], /unknown flag --rate/],
])("%j is one line", async (argv, message) => {
  const { code, out, err } = await report(argv);
  expect([code, out, err.split("\n").length]).toEqual([2, "", 2]);
  expect(err).toMatch(message);
});
