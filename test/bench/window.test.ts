import { expect, it } from "vitest";
import { Window } from "../../src/bench/window.ts";

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
