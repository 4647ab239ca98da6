import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Awaited, Patience, patienceOf } from "../../src/transport/patience.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Tells what becomes of it, and takes itself away. */
function awaited(patience: Patience, name: string, ms: number, told: string[]): Awaited {
  const own: Awaited = {
    deadline: performance.now() + ms,
    late: () => ends("late"),
    interrupt: () => ends("interrupted"),
  };
  const ends = (how: string): void => {
    patience.delete(own);
    told.push(`${name} ${how}`);
  };
  patience.add(own);
  return own;
}

it("ends what is late, each by its own deadline, a tick later at most", () => {
  const [patience, told] = [new Patience(), [] as string[]];
  awaited(patience, "a", 100, told);
  awaited(patience, "b", 50, told);
  const c = awaited(patience, "c", 60, told);
  vi.advanceTimersByTime(49);
  expect(told).toEqual([]);
  patience.delete(c);
  vi.advanceTimersByTime(21);
  expect(told).toEqual(["b late"]);
  vi.advanceTimersByTime(1000);
  expect(told).toEqual(["b late", "a late"]);
});

it("looks at a deadline that was moved", () => {
  const [patience, told] = [new Patience(), [] as string[]];
  const own = awaited(patience, "a", 50, told);
  Object.assign(own, { deadline: own.deadline + 100 });
  vi.advanceTimersByTime(149);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(21);
  expect(told).toEqual(["a late"]);
});

it("interrupts all when the signal is aborted", () => {
  const controller = new AbortController();
  const [patience, told] = [new Patience(controller.signal), [] as string[]];
  awaited(patience, "a", 100, told);
  awaited(patience, "b", 100, told);
  controller.abort();
  expect(told).toEqual(["a interrupted", "b interrupted"]);
  vi.advanceTimersByTime(1000);
  expect(told).toHaveLength(2);
});

it("has one timer and one listener, as long as something is under way", () => {
  const { signal } = new AbortController();
  const patience = new Patience(signal);
  const watching = () => [vi.getTimerCount(), getEventListeners(signal, "abort").length];
  for (let round = 0; round < 2; round++) {
    const [a, b] = [awaited(patience, "a", 100, []), awaited(patience, "b", 100, [])];
    expect(watching()).toEqual([1, 1]);
    patience.delete(a);
    expect(watching()).toEqual([1, 1]);
    patience.delete(b);
    patience.delete(b);
    expect(watching()).toEqual([0, 0]);
  }
});

it("is the same for a signal, and for all without", () => {
  const [a, b] = [new AbortController().signal, new AbortController().signal];
  expect(patienceOf(a)).toBe(patienceOf(a));
  expect(patienceOf(a)).not.toBe(patienceOf(b));
  expect(patienceOf(undefined)).toBe(patienceOf(undefined));
});
