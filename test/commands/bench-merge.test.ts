import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { BenchResult } from "../../src/bench/result.ts";
import { command, folder } from "../helpers/bench-commands.ts";
import { benchResult, SETTINGS } from "../helpers/bench-result.ts";
import { benchDocument } from "../helpers/schemas.ts";

function part(index: number, given: Partial<BenchResult> = {}): string {
  const settings = { ...SETTINGS, shard: { indexes: [index], count: 3 } };
  return `${JSON.stringify(benchResult({ settings, ...given }))}\n`;
}

const merge = (argv: readonly string[], stdin = "") =>
  command(["bench", "merge", ...argv], { stdin });

it("joins the parts of a run into the whole", async () => {
  const path = folder({ a: part(0), b: part(2) });
  const { code, out, err } = await merge([path("a"), "-", path("b"), "--json"], part(1));
  expect([code, err]).toEqual([0, ""]);
  const whole = benchDocument(out);
  expect(whole.settings).toMatchObject({ connections: 3000 });
  expect(whole.settings.shard).toBeUndefined();
  expect(whole.messages.answered).toBe(60_000);
  expect(whole.histograms.latency?.count).toBe(60_000);
});

it("reports it, and writes it to files", async () => {
  const path = folder();
  const { code, out } = await merge(["-", "--save", path("s")], part(0) + part(1) + part(2));
  expect([code, out]).toEqual([0, expect.stringMatching(/^bench .*3,000 sockets/s)]);
  expect(benchDocument(readFileSync(path("s"), "utf8")).sockets.opened).toBe(3000);
});

it("says which parts are not there", async () => {
  const one = await merge(["-"], part(0) + part(2));
  expect([one.code, one.err]).toEqual([
    0,
    "framecat: part 1 of 3 (counted from 0) not merged: this is not the whole run.\n",
  ]);
  const two = await merge(["-"], part(1));
  expect(two.err).toContain("parts 0, 2 of 3");
});

it("judges the whole: what a part could not know", async () => {
  const all = part(0) + part(1) + part(2);
  const { code, err } = await merge(["-", "--assert", "connected==1000"], all);
  expect([code, err]).toEqual([31, expect.stringContaining("connected==1000 (it is 3000)")]);
  const sockets = { ...benchResult().sockets, open: 999, broken: 1 };
  const breaks = [{ kind: "reset", code: "abnormal", message: "reset", count: 1 }] as const;
  const broken = await merge(["-"], part(0) + part(1, { sockets, breaks }) + part(2));
  expect([broken.code, broken.err]).toEqual([
    21,
    "framecat: 1 of 3000 sockets failed: reset (exit 21).\n",
  ]);
});

it.each([
  [[], "", /no file is named/],
  [["-"], part(0) + part(0), /stdin, result 1 and stdin, result 2 are both part 0 of 3/],
  [["-"], part(0) + part(1, { embedded: true }), /is no part of the run/],
  [["-"], "[]", /stdin/],
])("%j is one line", async (argv, stdin, message) => {
  const { code, out, err } = await merge(argv, stdin);
  expect([code, out, err.split("\n").length]).toEqual([2, "", 2]);
  expect(err).toMatch(message);
});
