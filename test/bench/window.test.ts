import { writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { coreWaitMs, Window } from "../../src/bench/window.ts";

it("tells what passed since it was opened, and what that cost", () => {
  let passed = 10;
  const traffic = () => ({
    messagesOut: passed,
    messagesIn: passed * 2,
    bytesOut: passed * 3,
    bytesIn: passed * 4,
  });
  const window = new Window(traffic);
  passed = 15;
  const began = performance.now();
  while (performance.now() - began < 20);
  window.close();
  const { counts } = window;
  expect(counts.traffic).toEqual({ messagesOut: 5, messagesIn: 10, bytesOut: 15, bytesIn: 20 });
  expect(counts.windowMs).toBeGreaterThanOrEqual(20);
  expect(counts.cpuMs).toBeGreaterThan(0);
  expect(counts.busy).toBeGreaterThan(0.5);
  expect(counts.busy).toBeLessThanOrEqual(1);
  passed = 100;
  expect(window.counts).toBe(counts);
});

it("knows what it waited for a core where the system tells it", () => {
  const file = join(mkdtempSync(join(tmpdir(), "framecat-")), "schedstat");
  writeFileSync(file, "263579163 101584708 811\n");
  expect(coreWaitMs(file)).toBeCloseTo(101.584708);
  expect(coreWaitMs("/nonexistent")).toBe(0);
});
