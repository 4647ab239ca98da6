import { describe, expect, it } from "vitest";
import { aimAt, readBenchFlags, wantedOf } from "../../src/commands/bench-plan.ts";
import { bench } from "../../src/commands/bench.ts";
import { parseArgs } from "../../src/commands/parse-args.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { folder } from "../helpers/bench-commands.ts";
import { expectUsage } from "../helpers/usage.ts";

const read = (...argv: string[]) => readBenchFlags(parseArgs(bench, argv), memoryIo());

describe("without flags", () => {
  it("is a run of five seconds with 100 sockets against a server of our own", async () => {
    const flags = await read();
    expect(flags).toMatchObject({
      embedded: true,
      workers: undefined,
      plan: {
        measure: "echo",
        connections: 100,
        stages: [],
        churnPerSecond: 0,
        connectPerSecond: undefined,
        reconnect: undefined,
        load: { model: "closed", inFlight: 1, thinkMs: 0 },
        message: { kind: "text", match: { by: "order" }, verify: false, onOpen: [] },
        length: { kind: "duration", durationMs: 5000 },
        publishers: 1,
        warmupMs: 1000,
        drainMs: 5000,
        dial: { connectTimeoutMs: 10_000, handshakeTimeoutMs: 10_000, deflate: false },
      },
      settings: { measure: "echo", message: "20 B text", match: "order", verify: false },
    });
    expect(wantedOf(flags)).toMatchObject({ connections: 100, embedded: true, overTcp: true });
  });

  it("has chance begin anywhere", async () => {
    expect((await read()).plan.seed).not.toBe((await read()).plan.seed);
  });
});

describe("every flag has its place in the plan", () => {
  const open = { model: "open", ratePerSecond: 50, per: "total", arrival: "constant" };

  it.each([
    [["-c", "1_000"], { connections: 1000 }],
    [["-d", "2m"], { length: { kind: "duration", durationMs: 120_000 } }],
    [["-n", "500"], { length: { kind: "messages", count: 500 } }],
    [["--in-flight", "16"], { load: { model: "closed", inFlight: 16, thinkMs: 0 } }],
    [["--think", "10ms"], { load: { model: "closed", inFlight: 1, thinkMs: 10 } }],
    [["-r", "50/s"], { load: open }],
    [["-r", "50/s", "--arrival", "poisson"], { load: { ...open, arrival: "poisson" } }],
    [["--rate-per-socket", "50/s"], { load: { ...open, per: "socket" } }],
    [["--warmup", "0s"], { warmupMs: 0 }],
    [["--drain", "50ms"], { drainMs: 50 }],
    [["--timeout", "5s"], { timeoutMs: 5000 }],
    [["--seed", "7"], { seed: 7 }],
    [["--connect-rate", "9/s"], { connectPerSecond: 9 }],
    [["--churn", "3/s"], { churnPerSecond: 3 }],
    [["--reconnect"], { reconnect: { delayMs: 1000, maxDelayMs: 30_000 } }],
    [["--reconnect", "--reconnect-delay", "5ms"], { reconnect: { delayMs: 5 } }],
    [["--binary"], { message: { kind: "binary" } }],
    [["--verify"], { message: { verify: true } }],
    [["-x", "hi", "-x", "ho"], { message: { onOpen: ["hi", "ho"] } }],
    [["--match", "seq"], { message: { match: { by: "seq" } } }],
    [["--deflate", "on"], { dial: { deflate: true } }],
    [["--deflate", "required"], { dial: { deflate: true, requireDeflate: true } }],
    [
      ["--local-address", "127.0.0.2-127.0.0.9"],
      { dial: { localAddresses: "127.0.0.2-127.0.0.9" } },
    ],
    [["--bearer", "x"], { dial: { headers: [["Authorization", "Bearer x"]] } }],
    [["--host", "v", "--ws-version", "8", "-4"], { dial: { host: "v", version: 8, family: 4 } }],
    [["--tls-min", "1.3"], { dial: { tls: { minVersion: "TLSv1.3" } } }],
    [["-s", "chat"], { dial: { subprotocols: ["chat"] } }],
    [["-H", "A: b"], { dial: { headers: [["A", "b"]] } }],
  ])("%j", async (argv, plan) => {
    expect((await read("ws://host:9/p", ...argv)).plan).toMatchObject(plan);
  });

  it("stages say how many sockets there are, and for how long", async () => {
    const { plan } = await read("--stages", "30s:10,1m:100,5s:0");
    expect(plan).toMatchObject({
      connections: 100,
      stages: [
        { durationMs: 30_000, connections: 10 },
        { durationMs: 60_000, connections: 100 },
        { durationMs: 5000, connections: 0 },
      ],
      length: { kind: "duration", durationMs: 95_000 },
      warmupMs: 0,
    });
  });

  it("idle sockets are asked for a sign of life, each at its own time", async () => {
    const { plan } = await read("--measure", "hold", "--ping-interval", "250ms");
    expect(plan.load).toEqual({
      model: "open",
      ratePerSecond: 4,
      per: "socket",
      arrival: "constant",
    });
  });

  it("a fan-out publishes ten a second, or as asked", async () => {
    const fanout = ["ws://h/", "--measure", "fanout"];
    expect((await read(...fanout)).plan.load).toMatchObject({ ratePerSecond: 10, per: "total" });
    const two = await read(...fanout, "--publishers", "2", "-r", "5/s", "--arrival", "poisson");
    expect(two.plan).toMatchObject({
      publishers: 2,
      load: { ratePerSecond: 5, arrival: "poisson" },
    });
  });

  it("a storm has no warm-up", async () => {
    expect((await read("--measure", "connect")).plan.warmupMs).toBe(0);
  });

  it("workers are asked for beside it", async () => {
    expect((await read("--workers", "3")).workers).toBe(3);
  });
});

describe("placeholders in the address and in headers", () => {
  it("are filled by each socket", async () => {
    const file = folder({ "users.csv": "name,token\na,1\nb,2\n" })("users.csv");
    const url = "ws://h/{{row.name}}?n={{socket}}";
    const { plan } = await read(url, "--data", file, "-H", "T: {{csv.token}}");
    expect(plan.dial.template).toEqual({ url, headers: [["T", "{{csv.token}}"]] });
  });

  it("stay where the server is our own", async () => {
    const { plan } = await read("-H", "T: {{socket}}");
    const aimed = aimAt("ws://127.0.0.1:77/", plan);
    expect(aimed.dial.template).toEqual({
      url: "ws://127.0.0.1:77/",
      headers: [["T", "{{socket}}"]],
    });
  });

  it("are there to be filled", async () => {
    await expectUsage(read("ws://h/{{row.name}}"), /row\.name/);
    await expectUsage(read("ws://h/{{nope}}"), /nope/);
    await expectUsage(read("ws://h/", "-H", "T: {{nope}}"), /--header T.*nope/);
    await expectUsage(read("ws://h/", "--auth", "{{socket}}:x"), /^--auth has no placeholders$/);
  });
});

it("takes no ports for a unix socket", async () => {
  expect(wantedOf(await read("ws+unix:/run/a.sock:/")).overTcp).toBe(false);
});

it("counts the source addresses", async () => {
  const flags = await read("--local-address", "127.0.0.2-127.0.0.9");
  expect(wantedOf(flags).addresses).toBe(8);
});

it("aims a plan at another server", async () => {
  const { plan } = await read("ws://one/");
  const aimed = aimAt("ws://two:2/", plan);
  expect(aimed.dial.target.host).toBe("two:2");
  expect({ ...aimed, dial: plan.dial }).toEqual(plan);
});

describe("a wrong value is one line", () => {
  it.each([
    [["-c", "0"], /--connections must be a whole number/],
    [["-c", "many"], /--connections/],
    [["-c", "1e9"], /--connections/],
    [["-d", "0s"], /--duration must be longer/],
    [["-d", "5"], /--duration must be a duration/],
    [["-n", "0"], /--messages/],
    [["-r", "0/s"], /--rate must be more than nothing/],
    [["-r", "500"], /--rate must be a rate/],
    [["--rate-per-socket", "0/s"], /--rate-per-socket must be more/],
    [["--in-flight", "0"], /--in-flight/],
    [["--in-flight", "1.5"], /--in-flight/],
    [["--think", "1"], /--think must be a duration/],
    [["--size", "65MiB"], /--size is at most 64MiB/],
    [["--size", "soon"], /--size/],
    [["--workers", "0"], /--workers/],
    [["--workers", "1025"], /--workers/],
    [["--warmup", "soon"], /--warmup/],
    [["--drain", "-1s"], /--drain/],
    [["--seed", "-1"], /--seed/],
    [["--connect-rate", "0/s"], /--connect-rate must be more/],
    [["--churn", "3"], /--churn must be a rate/],
    [["--reconnect", "--reconnect-delay", "x"], /--reconnect-delay/],
    [["--stages", "5"], /--stages must be like/],
    [["--stages", "5s:1:2"], /--stages must be like/],
    [["--stages", "5s:x"], /--stages must be a whole number/],
    [["--stages", "x:5"], /--stages must be a duration/],
    [["--stages", "5s:0"], /no stage with any sockets/],
    [["--stages", "0s:5"], /--stages must be longer/],
    [["--local-address", "nowhere"], /--local-address/],
    [["--measure", "hold", "--ping-interval", "0s"], /--ping-interval must be at least/],
    [["--measure", "push"], /--measure push needs the URL/],
    [["--measure", "fanout"], /--measure fanout needs the URL/],
    [["ws://h/", "--measure", "fanout", "-c", "2", "--publishers", "3"], /--publishers 3 is more/],
    [["ws://h/", "--measure", "fanout", "--publishers", "0"], /--publishers/],
    [["ws://h/", "--measure", "push", "--sequence", "$["], /--sequence/],
    [["--timeout", "0s"], /--timeout/],
    [["ftp://x"], /scheme ftp/],
    [["-H", "no colon"], /--header/],
    [["--ca", "/nonexistent"], /--ca/],
    [["--proxy", "gopher://x"], /--proxy/],
  ])("%j", async (argv, message) => {
    await expectUsage(read(...argv), message);
  });
});
