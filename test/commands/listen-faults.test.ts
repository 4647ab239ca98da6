import { describe, expect, it, onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import {
  FAULT_OPTIONS,
  readFaults,
  tellFaults,
  wantsFaultList,
} from "../../src/commands/listen-faults.ts";
import { LISTEN_OPTIONS } from "../../src/commands/listen-options.ts";
import { argsOf } from "../helpers/args.ts";
import { expectGolden } from "../helpers/golden.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { closing, collect, wsClient } from "../helpers/ws-peers.ts";

const args = (argv: readonly string[]) => argsOf(LISTEN_OPTIONS, argv);
const read = (argv: readonly string[], mode = "echo") => readFaults(args(argv), memoryIo(), mode);

it("plans no faults where none are asked for", () => expect(read([])).toBeUndefined());

it("plans the faults that are asked for, with the seed that is given, or any", () => {
  const argv = ["--fault", "drop@5%", "--fault", "reset@5s"];
  expect(read([...argv, "--seed", "4294967295"])).toMatchObject({
    seed: 4_294_967_295,
    faults: [{ name: "drop" }, { name: "reset" }],
  });
  const io = { ...memoryIo(), random: () => Uint8Array.of(0xff, 0, 0, 1) };
  expect(readFaults(args(argv), io, "push")?.seed).toBe(0xff000001);
});

describe("refuses", () => {
  it.each<[readonly string[], string, string]>([
    [["--seed", "1"], "echo", "--seed needs --fault"],
    [["--fault", "drop", "--seed", "-1"], "echo", "--seed must be a whole number"],
    [["--fault", "drop", "--seed", "4294967296"], "echo", "--seed must be a whole number"],
    [["--fault", "rain"], "echo", '--fault "rain" is none of latency, '],
    [["--fault", "split=1B", "--fault", "split=2B"], "echo", "--fault split is given twice"],
    [["--fault", "drop"], "relay", "--fault is not for --mode relay"],
  ])("%j in %s", (argv, mode, message) => {
    expect(() => read(argv, mode)).toThrow(message);
  });
});

it("lists what faults there are, in 80 columns", async () => {
  const io = memoryIo();
  expect(await main(["listen", "--color", "never", "--fault", "list"], io)).toBe(0);
  expectGolden("listen/faults.txt", io.out());
  for (const line of io.out().split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  const again = memoryIo();
  tellFaults(args(["--color", "never"]), again);
  expect(again.out()).toBe(io.out());
  expect([wantsFaultList(args(["--fault", "list"])), wantsFaultList(args([]))]).toEqual([
    true,
    false,
  ]);
});

it("names every fault in the help", () => {
  expect(FAULT_OPTIONS[0]?.description).toMatch(/latency, .*, close; @5% of the time/);
});

it("has faults strike, tells each, and by which seed", async () => {
  const io = memoryIo();
  const argv = ["--fault", "drop@2msgs", "--fault", "close=4000@3msgs", "--seed", "7"];
  const code = main(["listen", "0", "--color", "never", ...argv], io);
  onTestFinished(async () => {
    io.raise("SIGTERM");
    await code;
  });
  await io.seen(/listening on/);
  const [url = ""] = /ws:\/\/127\.0\.0\.1:\d+\//.exec(io.out()) ?? [];
  const socket = await wsClient(url);
  const { messages } = collect(socket);
  for (const word of ["one", "two", "three", "four"]) socket.send(word);
  expect((await closing(socket)).code).toBe(4000);
  expect(messages.map(({ data }) => data.toString())).toEqual(["one", "three"]);
  await io.seen(/closed/);
  expect(io.out()).toContain("faults strike by --seed 7");
  expect(io.out()).toMatch(/fault drop: message 2 is dropped \(3 B\)\n/);
  expect(io.out()).toMatch(/fault close: with 4000\n/);
});
