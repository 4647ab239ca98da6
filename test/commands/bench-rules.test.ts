import { describe, expect, it } from "vitest";
import { BENCH_OPTIONS } from "../../src/commands/bench-options.ts";
import { readBenchFlags } from "../../src/commands/bench-plan.ts";
import { givenFlags } from "../../src/commands/bench-rules.ts";
import { bench } from "../../src/commands/bench.ts";
import { parseArgs } from "../../src/commands/parse-args.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { expectUsage } from "../helpers/usage.ts";

const read = (...argv: string[]) =>
  readBenchFlags(parseArgs(bench, ["ws://h/", ...argv]), memoryIo());

describe("flags that exclude each other", () => {
  it.each([
    ["--rate 5/s --rate-per-socket 5/s", /--rate and --rate-per-socket exclude each other/],
    ["-d 5s -n 5", /--duration and --messages exclude/],
    ["--stages 5s:5 -c 5", /--stages and --connections exclude/],
    ["--stages 5s:5 -d 5s", /--stages and --duration exclude/],
    ["--stages 5s:5 -n 5", /--stages and --messages exclude/],
    ["--stages 5s:5 --churn 5/s", /--stages and --churn exclude/],
    ["--size 5 --payload x", /--size and --payload exclude/],
    ["--replay f --payload x", /--replay and --payload exclude/],
    ["--replay f --size 5", /--replay and --size exclude/],
    ["--replay f --binary", /--replay and --binary exclude/],
    ["--rate 5/s --in-flight 5", /--in-flight belongs to the closed model, and --rate makes/],
    ["--rate-per-socket 5/s --think 5s", /--think belongs to the closed model/],
    ["--arrival poisson", /--arrival needs --rate or/],
    ["--reconnect-delay 5s", /--reconnect-delay needs --reconnect/],
    ["--weights 1,2", /--weights needs --payload/],
  ])("%s", async (line, message) => expectUsage(read(...line.split(" ")), message));
});

describe("flags that some measures have no use for", () => {
  const values: Readonly<Record<string, string>> = {
    rate: "5/s",
    "rate-per-socket": "5/s",
    arrival: "poisson",
    "in-flight": "5",
    think: "5s",
    "ping-interval": "5s",
    stages: "5s:5",
    churn: "5/s",
    reconnect: "",
    "connect-rate": "5/s",
    size: "5",
    payload: "x",
    binary: "",
    send: "x",
    match: "seq",
    verify: "",
    replay: "x",
    publishers: "1",
    channel: "x",
    sequence: "$.n",
    timeout: "5s",
  };
  const refusing: Readonly<Record<string, string>> = {
    echo: "ping-interval publishers channel sequence",
    ping: "ping-interval publishers channel sequence size payload binary match verify replay",
    push: "rate rate-per-socket in-flight think size payload match verify replay publishers timeout",
    fanout: "in-flight think stages churn match verify replay sequence ping-interval",
    connect:
      "rate-per-socket in-flight think stages churn reconnect connect-rate send size timeout",
    hold: "rate rate-per-socket arrival in-flight think size payload match verify replay",
  };

  it.each(
    Object.entries(refusing).flatMap(([measure, flags]) =>
      flags.split(" ").map((flag) => [measure, flag] as const),
    ),
  )("%s refuses --%s", async (measure, flag) => {
    const value = values[flag] === "" ? [] : [values[flag]!];
    const run = read("--measure", measure, `--${flag}`, ...value);
    await expectUsage(run, new RegExp(`^--${flag} belongs to --measure .*, not to ${measure}$`));
  });
});

it("every flag that is given is known by its kind", () => {
  const argv = BENCH_OPTIONS.flatMap(({ name, kind, choices }) =>
    kind === "flag" ? [`--${name}`] : [`--${name}`, choices?.[0] ?? "x"],
  );
  const given = givenFlags(parseArgs(bench, argv));
  expect(given).toEqual(BENCH_OPTIONS.map(({ name }) => name));
  expect(givenFlags(parseArgs(bench, []))).toEqual([]);
});
