import { describe, expect, it, vi } from "vitest";
import { main } from "../../src/cli.ts";
import type { SelfCheck } from "../../src/bench/self-check.ts";
import { command } from "../helpers/bench-commands.ts";
import { withProcesses } from "../helpers/local-workers.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { expectDocument } from "../helpers/schemas.ts";

vi.mock(import("../../src/bench/child-process.ts"), async (original) => {
  const { localWorkers } = await import("../helpers/local-workers.ts");
  return localWorkers(original);
});

const SMALL = ["bench", "--self-check", "--warmup", "0s", "-c", "4"];
const QUICK = [...SMALL, "-d", "150ms"];

describe("a self-check", () => {
  it("measures this client and says how far it can be trusted", async () => {
    const { code, out, err } = await withProcesses(() => command(QUICK));
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^self-check +this client and its own echo server/);
    expect(out).toMatch(/^at most .* round trips\/s, 1 in flight/m);
    expect(out).toMatch(/^trust /m);
  });

  it("is one document", async () => {
    const { code, out } = await command([...QUICK, "--json", "--size", "100", "--workers", "2"]);
    expect(code).toBe(0);
    const check = expectDocument("self-check", out) as SelfCheck;
    expect(check).toMatchObject({ workers: 2, connections: 4, message: "100 B text" });
    expect(check.fastest.map(({ inFlight }) => inFlight)).toEqual([1, 16]);
  });

  it("ends at a signal, without a report", async () => {
    const io = memoryIo({ tty: true });
    const done = main([...SMALL, "-d", "60s"], io);
    await io.seen(/measuring/);
    io.raise("SIGINT");
    expect([await done, io.out()]).toEqual([130, ""]);
  });
});

it.each([
  [["ws://h/"], /give no URL/],
  [["-r", "5/s"], /--rate cannot be combined with --self-check/],
  [["--in-flight", "5"], /--in-flight cannot be combined/],
  [["--measure", "ping"], /--measure cannot be combined/],
  [["-n", "5"], /--messages cannot be combined/],
  [["--stages", "5s:5"], /--stages cannot be combined/],
  [["--assert", "p99<5ms"], /--assert cannot be combined/],
  [["--html", "x"], /--html cannot be combined/],
  [["--insecure"], /--insecure cannot be combined/],
  [["-c", "0"], /--connections/],
])("%j is refused", async (argv, message) => {
  const { code, out, err } = await command(["bench", "--self-check", ...argv]);
  expect([code, out, err.split("\n").length]).toEqual([2, "", 2]);
  expect(err).toMatch(message);
});
