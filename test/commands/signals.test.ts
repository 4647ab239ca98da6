import { afterEach, expect, it, vi } from "vitest";
import { exitCodeOf, watchSignals } from "../../src/commands/signals.ts";
import { memoryIo } from "../helpers/memory-io.ts";

it("the first signal asks, the second insists, and the first is the one that counts", () => {
  const io = memoryIo();
  const signals = watchSignals(io);
  const state = () => [signals.received, signals.stop.aborted, signals.kill.aborted];
  expect(state()).toEqual([undefined, false, false]);
  io.raise("SIGTERM");
  expect(state()).toEqual(["SIGTERM", true, false]);
  io.raise("SIGINT");
  expect(state()).toEqual(["SIGTERM", true, true]);
});

it("hears nothing once it is off", () => {
  const io = memoryIo();
  const signals = watchSignals(io);
  signals.off();
  io.raise("SIGINT");
  expect(signals.received).toBeUndefined();
});

it("has the shell's exit codes", () => {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  expect(signals.map(exitCodeOf)).toEqual([130, 143, 143]);
});

it.each([
  [{}, "SIGHUP"],
  [{ _: "/usr/local/bin/framecat" }, "SIGHUP"],
  [{ _: "/usr/bin/nohup" }, undefined],
  [{ _: "nohup" }, undefined],
])("a terminal that goes away ends it, but not under nohup: %j", (env, received) => {
  const io = memoryIo({ env });
  const signals = watchSignals(io);
  io.raise("SIGHUP");
  expect([signals.received, signals.stop.aborted]).toEqual([received, received !== undefined]);
  io.raise("SIGHUP");
  expect(signals.kill.aborted).toBe(false);
  io.raise("SIGTERM");
  expect(signals.received).toBe(received ?? "SIGTERM");
});

afterEach(() => vi.useRealTimers());

it("waits for work without end before a signal, and a second after one", async () => {
  vi.useFakeTimers();
  const io = memoryIo();
  const signals = watchSignals(io);
  const never = new Promise<void>(() => undefined);
  await signals.hurry(Promise.resolve());
  let over = false;
  const hurried = signals.hurry(never).then(() => (over = true));
  await vi.advanceTimersByTimeAsync(10_000);
  io.raise("SIGTERM");
  await vi.advanceTimersByTimeAsync(999);
  expect(over).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await hurried;
  expect(vi.getTimerCount()).toBe(0);
  io.raise("SIGTERM");
  await signals.hurry(never);
});

it("hands on what goes wrong with the work", async () => {
  const signals = watchSignals(memoryIo());
  await expect(signals.hurry(Promise.reject(new Error("disk full")))).rejects.toThrow("disk full");
});
