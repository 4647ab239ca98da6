import { describe, expect, it } from "vitest";
import { parseAssertion } from "../../src/bench/assertions.ts";
import { readBenchFlags } from "../../src/commands/bench-plan.ts";
import { type RunOptions, runPlan } from "../../src/commands/bench-run.ts";
import { bench } from "../../src/commands/bench.ts";
import { parseArgs } from "../../src/commands/parse-args.ts";
import { watchSignals } from "../../src/commands/signals.ts";
import { echoServer } from "../helpers/bench.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { expectValid } from "../helpers/schemas.ts";
import { expectUsage } from "../helpers/usage.ts";

async function run(given: Partial<RunOptions> = {}, ...argv: string[]) {
  const { url } = await echoServer();
  const io = memoryIo();
  const line = [url, "-c", "2", "-n", "20", "--warmup", "0s", ...argv];
  const { plan, settings } = await readBenchFlags(parseArgs(bench, line), io);
  const signals = watchSignals(io);
  const options = { settings, url, embedded: false, assertions: [], signals, clock: io.clock };
  return runPlan({ ...plan, workers: 1 }, { ...options, ...given });
}

describe("a plan that is run", () => {
  it("has a result with what was asked for", async () => {
    const result = await run({ url: "ws://shown/", assertions: [parseAssertion("lost==0")] });
    expectValid("bench", result);
    expect(result).toMatchObject({
      url: "ws://shown/",
      embedded: false,
      ending: "completed",
      settings: { connections: 2 },
      messages: { answered: 20 },
      assertions: [{ expression: "lost==0", passed: true, actual: 0 }],
    });
    expect(result.server).toBeUndefined();
  });

  it.runIf(process.platform === "linux")("has the process of the server watched", async () => {
    const { server } = await run({ serverPid: process.pid });
    expect(server).toMatchObject({ pid: process.pid });
    expect(server?.samples.length).toBeGreaterThan(0);
    await expectUsage(run({ serverPid: 2_000_000_000 }), /no such process/);
  });

  it("ends when a signal came", async () => {
    const io = memoryIo();
    const signals = watchSignals(io);
    io.raise("SIGTERM");
    const { ending } = await run({ signals });
    expect(ending).toBe("interrupted");
  });
});
