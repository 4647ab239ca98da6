import { expect, it, onTestFinished } from "vitest";
import { ProcessMeter } from "../../../src/server/http/process-metrics.ts";

function meter(): ProcessMeter {
  const made = new ProcessMeter();
  onTestFinished(() => made.close());
  return made;
}

it("tells what this process uses", () => {
  const figures = meter().read();
  expect(figures.cpuUserSeconds).toBeGreaterThan(0);
  expect(figures.residentBytes).toBeGreaterThan(10 * 2 ** 20);
  expect(Math.abs(Date.now() / 1000 - process.uptime() - figures.startSeconds)).toBeLessThan(1);
  expect(figures.lagSeconds).toEqual({ p50: 0, p99: 0, max: 0 });
});

it.skipIf(process.platform !== "linux")("tells of files, where the system does", () => {
  const { openFiles = 0, maxFiles = 0 } = meter().read();
  expect(openFiles).toBeGreaterThan(3);
  expect(maxFiles).toBeGreaterThan(openFiles);
});

it("tells how late timers were since the last look", async () => {
  const made = meter();
  // Timers come in the order of their times: the meter has had its own by then.
  const wait = () => new Promise((resolve) => setTimeout(resolve, 25));
  await wait();
  const end = performance.now() + 60;
  while (performance.now() < end);
  await wait();
  expect(made.read().lagSeconds.max).toBeGreaterThan(0.03);
  expect(made.read().lagSeconds.max).toBe(0);
});
