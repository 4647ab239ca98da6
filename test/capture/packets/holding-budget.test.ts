import { describe, expect, it } from "vitest";
import { HoldingBudget } from "../../../src/capture/packets/holding-budget.ts";

describe("the memory of all", () => {
  function make() {
    const budget = new HoldingBudget(100);
    const gaveUp: string[] = [];
    const holder = (name: string) => {
      let held = 0;
      const change = (to: number) => {
        const difference = to - held;
        held = to;
        budget.change(self, difference, to);
      };
      const self = {
        giveUp: () => {
          gaveUp.push(name);
          change(0);
        },
        change,
      };
      return self;
    };
    return { budget, gaveUp, holder };
  }

  it("is kept by those who have waited longest", () => {
    const { budget, gaveUp, holder } = make();
    const [a, b, c] = [holder("a"), holder("b"), holder("c")];
    a.change(30);
    b.change(30);
    c.change(30);
    a.change(40);
    budget.enforce();
    expect([gaveUp, budget.memory]).toEqual([[], 100]);
    c.change(80);
    budget.enforce();
    expect([gaveUp, budget.memory]).toEqual([["a", "b"], 80]);
  });

  it("forgets those who hold nothing", () => {
    const { budget, gaveUp, holder } = make();
    const [a, b] = [holder("a"), holder("b")];
    a.change(30);
    a.change(0);
    b.change(101);
    budget.enforce();
    expect([gaveUp, budget.memory]).toEqual([["b"], 0]);
  });
});
