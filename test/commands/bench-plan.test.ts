import { describe, expect, it } from "vitest";
import { bench } from "../../src/commands/bench.ts";
import { aimAt, readBenchFlags, wantedOf } from "../../src/commands/bench-settings.ts";
import { parseArgs } from "../../src/commands/parse-args.ts";
import { FramecatError } from "../../src/errors.ts";

const read = (...argv: string[]) => readBenchFlags(parseArgs(bench, argv));

describe("without flags", () => {
  it("is a run of five seconds with 100 sockets against a server of our own", () => {
    const settings = read();
    expect(settings).toMatchObject({
      embedded: true,
      workers: undefined,
      plan: {
        connections: 100,
        load: { model: "closed", inFlight: 1 },
        message: { kind: "text", length: 20 },
        length: { kind: "duration", durationMs: 5000 },
        warmupMs: 1000,
        drainMs: 5000,
        dial: { connectTimeoutMs: 10_000, handshakeTimeoutMs: 10_000 },
      },
    });
    expect(wantedOf(settings)).toMatchObject({ connections: 100, embedded: true, overTcp: true });
  });
});

it("reads every flag", () => {
  const line =
    "host:9/p -c 1_000 -d 2m --in-flight 16 --size 1KiB --binary " +
    "--warmup 0s --drain 50ms --workers 3 -s chat";
  const settings = read(...line.split(" "), "-H", "A: b");
  expect(settings).toMatchObject({
    embedded: false,
    workers: 3,
    plan: {
      connections: 1000,
      load: { model: "closed", inFlight: 16 },
      message: { kind: "binary", length: 1024 },
      length: { kind: "duration", durationMs: 120_000 },
      warmupMs: 0,
      drainMs: 50,
      dial: { target: { url: "ws://host:9/p" }, subprotocols: ["chat"], headers: [["A", "b"]] },
    },
  });
});

it("counts messages in place of time", () => {
  expect(read("-n", "500").plan.length).toEqual({ kind: "messages", count: 500 });
});

it("takes no ports for a unix socket", () => {
  expect(wantedOf(read("ws+unix:/run/a.sock:/")).overTcp).toBe(false);
});

it("aims a plan at another server", () => {
  const { plan } = read("ws://one/");
  const aimed = aimAt("ws://two:2/", { ...plan, workers: 1 });
  expect(aimed.dial.target.host).toBe("two:2");
  expect({ ...aimed, dial: plan.dial }).toEqual({ ...plan, workers: 1 });
});

it.each([
  [["-c", "0"], /--connections must be a whole number/],
  [["-c", "many"], /--connections/],
  [["-d", "0s"], /--duration must be longer/],
  [["-d", "5"], /--duration must be a duration/],
  [["-d", "5s", "-n", "5"], /exclude each other/],
  [["-n", "0"], /--messages/],
  [["--in-flight", "0"], /--in-flight/],
  [["--size", "65MiB"], /--size is at most 64MiB/],
  [["--workers", "0"], /--workers/],
  [["--warmup", "soon"], /--warmup/],
  [["ftp://x"], /scheme ftp/],
  [["-H", "no colon"], /--header/],
  [["--ca", "/nonexistent"], /--ca/],
])("refuses %j", (argv, message) => {
  expect(() => read(...argv)).toThrow(FramecatError);
  expect(() => read(...argv)).toThrow(message);
});
