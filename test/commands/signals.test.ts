import { expect, it } from "vitest";
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
  expect([exitCodeOf("SIGINT"), exitCodeOf("SIGTERM")]).toEqual([130, 143]);
});
