import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mergeResults } from "../../src/bench/merge.ts";
import { readResult } from "../../src/bench/read-result.ts";
import { echoServer } from "../helpers/bench.ts";
import { command, folder } from "../helpers/bench-commands.ts";

const SHORT = ["--quiet", "--warmup", "0s", "-c", "5"];

function run(args: readonly string[], env: Record<string, string> = {}) {
  return command(["bench", ...args], { env });
}

describe("a part of a run", () => {
  it("is its share, and the parts in a folder are the whole", async () => {
    const { url } = await echoServer();
    const results = folder()("new/results");
    const startAt = `@${Math.ceil(Date.now() / 1000) + 1}`;
    const all = [url, ...SHORT, "-n", "101", "--start-at", startAt, "--results", results];
    const parts = await Promise.all(["0/2", "1/2"].map((shard) => run([...all, "--shard", shard])));
    // A machine that has much to do may be late, which is told.
    const said = parts.map(({ code, err }) => [
      code,
      err.replace(/^framecat: the load began.*\n/, ""),
    ]);
    expect(said).toEqual([
      [0, ""],
      [0, ""],
    ]);
    const names = readdirSync(results).toSorted();
    expect(names).toEqual(["shard-0-of-2.json", "shard-1-of-2.json"]);
    const read = names.map((name) => readResult(readFileSync(join(results, name), "utf8"), name));
    expect(read.map(({ settings }) => settings.connections)).toEqual([2, 3]);
    const merged = mergeResults(read, names);
    expect(merged.settings).toMatchObject({ connections: 5, length: { count: 101 } });
    expect(merged.settings).not.toHaveProperty("shard");
    expect(merged.messages).toMatchObject({ planned: 101, answered: 101 });
    expect(merged.discrepancies).toEqual([]);
  });

  it("is told by the scheduler, and by the flag in its place", async () => {
    const { url } = await echoServer();
    const env = { JOB_COMPLETION_INDEX: "1", JOB_COMPLETIONS: "5" };
    const args = [url, ...SHORT, "-n", "50", "--json"];
    const told = JSON.parse((await run(args, env)).out) as { settings: object };
    expect(told.settings).toMatchObject({ connections: 1, shard: { indexes: [1], count: 5 } });
    const flag = JSON.parse((await run([...args, "--shard", "0/2"], env)).out) as typeof told;
    expect(flag.settings).toMatchObject({ connections: 2, shard: { indexes: [0], count: 2 } });
  });

  it.each([
    [["--shard", "2/2"], {}, /--shard must be like 0\/4/],
    [["--shard", "1/9"], {}, /5 connections are fewer than the 9 shards/],
    [[], { SLURM_PROCID: "7", SLURM_NTASKS: "3" }, /which cannot be/],
    [["--start-at", "yesterday"], {}, /--start-at must be like/],
    [["--start-at", "@1000000000"], {}, /has passed/],
    [["--results", "/dev/null/x"], {}, /--results: cannot write into/],
    [["--measure", "fanout", "--shard", "0/2"], {}, /cannot be cut/],
  ])("%j with %j is refused", async (args, env, message) => {
    const { code, err } = await run(["ws://127.0.0.1:1/", ...SHORT, ...args], env);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    expect(err.trim().split("\n")).toHaveLength(1);
  });
});
