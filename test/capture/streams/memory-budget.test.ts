import { expect, it } from "vitest";
import { MemoryBudget } from "../../../src/capture/streams/memory-budget.ts";

it("a budget is exceeded above its limit", () => {
  const budget = new MemoryBudget(10);
  budget.held = 10;
  expect(budget.exceeded).toBe(false);
  budget.held += 1;
  expect(budget.exceeded).toBe(true);
});

it("refuses one direction much, and only while all hold too much", () => {
  const budget = new MemoryBudget(10);
  expect(budget.refuses(4097)).toBe(false);
  budget.held = 11;
  expect([budget.refuses(4096), budget.refuses(4097)]).toEqual([false, true]);
});
