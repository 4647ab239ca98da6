import { describe, expect, it } from "vitest";
import { benchCapacity } from "../../src/commands/bench-capacity.ts";
import { atLoad, benchArgs, readCapacityFlags } from "../../src/commands/bench-capacity-plan.ts";
import { parseArgs } from "../../src/commands/parse-args.ts";
import { memoryIo } from "../helpers/memory-io.ts";

const LIMITS = { cores: 4, openFiles: 1000, localPorts: 28_000 };

function read(...argv: string[]) {
  return readCapacityFlags(parseArgs(benchCapacity, argv), memoryIo(), LIMITS);
}

describe("the flags of a search make a plan", () => {
  it("for the rate of 100 sockets, from 100 a second on", async () => {
    const { bench, vary, slo, search, settleMs } = await read();
    expect([vary, settleMs, bench.embedded]).toEqual(["rate", 500, true]);
    expect(slo.map(({ expression }) => expression)).toEqual(["p99<50ms", "errors<0.1%"]);
    expect(search).toEqual({
      from: 100,
      to: undefined,
      resolution: 0.05,
      confirm: 3,
      maxTrials: 50,
      whole: false,
    });
    expect(bench.plan).toMatchObject({
      connections: 100,
      load: { model: "open", ratePerSecond: 100, per: "total", arrival: "constant" },
      length: { kind: "duration", durationMs: 5000 },
      warmupMs: 1000,
    });
  });

  it("with what bench has too", async () => {
    const { bench } = await read(
      "ws://h/",
      "-c",
      "7",
      "-d",
      "2s",
      "--arrival",
      "poisson",
      "-H",
      "A: b",
    );
    expect(bench.plan).toMatchObject({
      connections: 7,
      load: { arrival: "poisson" },
      length: { durationMs: 2000 },
      dial: { headers: [["A", "b"]] },
    });
  });

  it("with objectives in one flag or in many", async () => {
    const { slo } = await read("--slo", "p50<1ms, errors==0", "--slo", "max<1s");
    expect(slo.map(({ expression }) => expression)).toEqual(["p50<1ms", "errors==0", "max<1s"]);
  });

  it("with an objective that what is measured can meet", async () => {
    const { slo } = await read("ws://h/", "--measure", "push", "--vary", "connections");
    expect(slo.map(({ expression }) => expression)).toEqual(["errors<0.1%"]);
  });

  it("for sockets, as many as the system has room for", async () => {
    const { bench, search } = await read("ws://h/", "--vary", "connections");
    expect(bench.plan).toMatchObject({ connections: 10, load: { model: "closed", inFlight: 1 } });
    expect(search).toMatchObject({ from: 10, to: 28_000, whole: true });
    const wide = await read(
      "ws://h/",
      "--vary",
      "connections",
      "--local-address",
      "127.0.0.2,127.0.0.3",
    );
    expect(wide.search.to).toBe(56_000);
    expect((await read("--vary", "connections")).search.to).toBe(936);
    const given = await read("ws://h/", "--vary", "connections", "--from", "5", "--to", "50");
    expect(given.search).toMatchObject({ from: 5, to: 50 });
  });

  it("which under another load differs in nothing else", async () => {
    const { bench } = await read("ws://h/");
    const more = atLoad(bench, "rate", 1600);
    expect(more.plan.load).toMatchObject({ ratePerSecond: 1600, per: "total" });
    expect(more.settings.load).toEqual(more.plan.load);
    expect({ ...more.plan, load: bench.plan.load }).toEqual(bench.plan);
    const sockets = await read("ws://h/", "--vary", "connections", "--rate-per-socket", "2/s");
    const many = atLoad(sockets.bench, "connections", 500);
    expect([many.plan.connections, many.settings.connections]).toEqual([500, 500]);
    expect(many.plan.load).toEqual(sockets.bench.plan.load);
  });

  it("hides what a search does not have, but no misspelling of ours", () => {
    const args = benchArgs(parseArgs(benchCapacity, ["-q"]), "rate", 100);
    expect([args.text("rate"), args.text("stages"), args.flag("self-check")]).toEqual([
      "100/s",
      undefined,
      false,
    ]);
    expect([args.list("assert"), args.flag("quiet")]).toEqual([[], true]);
    expect(() => args.text("rat")).toThrow("bench has no --rat");
  });
});

describe("bad flags are refused", () => {
  it.each([
    [["--slo", "p99"], /--slo "p99" needs one of the operators/],
    [["--slo", ""], /--slo "" needs one of the operators/],
    [["--slo", "p99<50ms,speed>1"], /nothing is measured by the name "speed"/],
    [["--from", "0/s"], /--from must be more than nothing/],
    [["--from", "100"], /--from must be a rate such as 500\/s/],
    [["--from", "10/s", "--to", "5/s"], /--to is less than --from/],
    [["--vary", "connections", "--from", "10/s"], /--from must be a whole number/],
    [
      ["ws://h/", "--vary", "connections", "--to", "28001"],
      /28001 connections need as many local ports/,
    ],
    [["--vary", "connections", "-c", "5"], /--connections is what --vary connections finds/],
    [["--rate-per-socket", "1/s"], /--rate-per-socket cannot be combined with --vary rate/],
    [["--in-flight", "2"], /--in-flight cannot be combined with --vary rate/],
    [["ws://h/", "--measure", "push"], /--measure push has no rate to vary/],
    [["--measure", "hold"], /--measure hold has no rate to vary/],
    [["--resolution", "5"], /--resolution must be a share from 1% to 50%/],
    [["--resolution", "0.5%"], /--resolution must be a share from 1% to 50%/],
    [["--server-pid", "none"], /--server-pid must be a whole number/],
    [["--confirm", "0"], /--confirm must be a whole number from 1 to 100/],
    [["--trial-duration", "0s"], /duration must be longer than nothing/],
  ])("%j", async (argv, message) => {
    await expect(read(...argv)).rejects.toThrow(message);
  });
});
