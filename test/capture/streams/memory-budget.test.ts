import { expect, it } from "vitest";
import { MemoryBudget } from "../../../src/capture/streams/memory-budget.ts";

it("a budget is exceeded above its limit", () => {
  const budget = new MemoryBudget(10);
  budget.held = 10;
  expect(budget.exceeded).toBe(false);
  budget.held += 1;
  expect(budget.exceeded).toBe(true);
});
