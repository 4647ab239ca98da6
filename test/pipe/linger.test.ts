import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Quiet, type QuietOptions } from "../../src/pipe/linger.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** Whether the wait is over after each of these steps in ms, with what is done before the step. */
async function overAfter(quiet: Quiet, steps: readonly (readonly [() => void, number])[]) {
  let over = false;
  void quiet.wait().then(() => (over = true));
  const seen: boolean[] = [];
  for (const [act, ms] of steps) {
    act();
    await vi.advanceTimersByTimeAsync(ms);
    await new Promise(setImmediate);
    seen.push(over);
  }
  return seen;
}

const nothing = () => undefined;

function quietFor(quietMs: number, options: Partial<QuietOptions> = {}): Quiet {
  return new Quiet({ quietMs, received: () => 0, blocked: () => false, ...options });
}

it("is over once nothing has come for so long", async () => {
  const quiet = quietFor(100);
  expect(
    await overAfter(quiet, [
      [nothing, 99],
      [nothing, 1],
    ]),
  ).toEqual([false, true]);
});

it("begins anew whenever something comes", async () => {
  const quiet = quietFor(100);
  const touch = () => quiet.touch();
  expect(
    await overAfter(quiet, [
      [nothing, 90],
      [touch, 90],
      [touch, 90],
      [nothing, 10],
    ]),
  ).toEqual([false, false, false, true]);
});

it("does not count while nothing can come", async () => {
  let blocked = true;
  const quiet = quietFor(100, { blocked: () => blocked });
  const release = () => {
    blocked = false;
    quiet.touch();
  };
  expect(
    await overAfter(quiet, [
      [nothing, 1010],
      [release, 99],
      [nothing, 1],
    ]),
  ).toEqual([false, false, true]);
});

it("leaves no timer once it is stopped, whatever comes", () => {
  const quiet = quietFor(100);
  void quiet.wait();
  quiet.stop();
  quiet.touch();
  expect(vi.getTimerCount()).toBe(0);
});

it("goes on while a part of something comes", async () => {
  let received = 0;
  const quiet = quietFor(100, { received: () => received });
  const part = () => void (received += 1);
  expect(
    await overAfter(quiet, [
      [nothing, 50],
      [part, 50],
      [part, 100],
      [nothing, 99],
      [nothing, 1],
    ]),
  ).toEqual([false, false, false, false, true]);
});
