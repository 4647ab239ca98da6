import { spawnSync } from "node:child_process";
import v8 from "node:v8";
import { expect, it, vi } from "vitest";
import { processIo, systemClock } from "../src/io.ts";

it("the clock tells the time of day in microseconds, and a time that only grows", () => {
  const before = Date.now();
  const [first, second] = [systemClock.now(), systemClock.now()];
  expect(Math.abs(first.epochUs / 1000 - before)).toBeLessThan(1000);
  expect(Number.isInteger(first.epochUs)).toBe(true);
  expect(second.ns).toBeGreaterThanOrEqual(first.ns);
});

it("random bytes are as many as asked for, and differ", () => {
  const { random } = processIo();
  expect(random(16)).toHaveLength(16);
  expect(random(16)).not.toEqual(random(16));
});

it("random bytes are handed out once, over several fillings of what they come from", () => {
  const { random } = processIo();
  const all = Array.from({ length: 3000 }, () => Buffer.from(random(8)).toString("hex"));
  expect(new Set(all).size).toBe(all.length);
});

it("random bytes belong to who got them", () => {
  const { random } = processIo();
  const mine = random(16).fill(0);
  for (let i = 0; i < 1200; i++) random(16).fill(1);
  expect(mine).toEqual(new Uint8Array(16));
  expect(random(0)).toHaveLength(0);
});

it("random bytes may be many at once", () => {
  const { random } = processIo();
  const many = random(100_000);
  expect(many).toHaveLength(100_000);
  expect(new Set(many).size).toBe(256);
});

it("a signal is heard until the handler is taken back", () => {
  const heard: string[] = [];
  const off = processIo().onSignal("SIGTERM", () => heard.push("SIGTERM"));
  process.emit("SIGTERM");
  off();
  expect(heard).toEqual(["SIGTERM"]);
  expect(process.listenerCount("SIGTERM")).toBe(0);
});

it("is stopped as a shell stops its job", () => {
  const kill = vi.spyOn(process, "kill").mockReturnValue(true);
  processIo().suspend?.();
  expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, "SIGTSTP");
  kill.mockRestore();
});

/** What V8 tells of marking in steps while the script, and then what fills the heap, runs. */
function traceOf(script: string): string {
  const fill = "const kept = []; while (kept.length < 3e5) kept.push({ i: [kept.length] });";
  const flags = ["--trace-incremental-marking", "--max-old-space-size=100"];
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, "-e", `${script};${fill}`], {
    encoding: "utf8",
  });
  return stdout + stderr;
}

it("marks garbage in steps no longer once it is asked to, at a word that V8 understands", () => {
  const setFlags = vi.spyOn(v8, "setFlagsFromString").mockReturnValue(undefined);
  const io = processIo();
  expect(setFlags).not.toHaveBeenCalled();
  io.collectAtOnce?.();
  const [[flag] = []] = setFlags.mock.calls;
  setFlags.mockRestore();
  expect(traceOf(`require("v8").setFlagsFromString(${JSON.stringify(flag)})`)).toBe("");
  expect(traceOf("")).toContain("[IncrementalMarking] Start");
});

it("lets the heap grow slowly once it is asked to, at a word that V8 understands", () => {
  const setFlags = vi.spyOn(v8, "setFlagsFromString").mockReturnValue(undefined);
  processIo().growSlowly?.();
  const [flag] = setFlags.mock.calls[0]!;
  setFlags.mockRestore();
  const runs = (word: string) => spawnSync(process.execPath, [word, "-e", "0"]).status === 0;
  expect([flag, `${flag}-not`].map(runs)).toEqual([true, false]);
});

it("collects garbage when it is asked to", () => {
  let kept: number[][] = Array.from({ length: 1e6 }, () => [1, 2, 3]);
  const { heapUsed } = process.memoryUsage();
  expect(kept).toHaveLength(1e6);
  kept = [];
  processIo().collectGarbage?.();
  expect(process.memoryUsage().heapUsed).toBeLessThan(heapUsed - 3e7);
});
