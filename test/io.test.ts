import { expect, it } from "vitest";
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

it("a signal is heard until the handler is taken back", () => {
  const heard: string[] = [];
  const off = processIo().onSignal("SIGTERM", () => heard.push("SIGTERM"));
  process.emit("SIGTERM");
  off();
  expect(heard).toEqual(["SIGTERM"]);
  expect(process.listenerCount("SIGTERM")).toBe(0);
});
