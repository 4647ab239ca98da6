import { expect, it, vi } from "vitest";
import { Allowance } from "../../../src/server/guards/allowance.ts";
import { fakeClock, stopTime } from "../../helpers/guarded-client.ts";

it("an allowance is there at once, and grows back evenly", () => {
  stopTime();
  const allowance = new Allowance({ count: 2, periodMs: 1024 }, fakeClock);
  expect([allowance.take(), allowance.take(), allowance.take()]).toEqual([true, true, false]);
  expect(allowance.waitMs).toBe(512);
  vi.advanceTimersByTime(511);
  expect([allowance.take(), allowance.waitMs]).toEqual([false, 1]);
  vi.advanceTimersByTime(1);
  expect([allowance.take(), allowance.take()]).toEqual([true, false]);
  vi.advanceTimersByTime(60_000);
  expect([allowance.take(), allowance.take(), allowance.take()]).toEqual([true, true, false]);
});
