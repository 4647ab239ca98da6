import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Waker, type WakerOptions } from "../../src/bench/waker.ts";

/** A waker with a clock that the test moves; `due` are the moments at which something is to be done. */
function waker(options: Partial<WakerOptions> = {}) {
  const state = { now: 0, activity: 0, due: [] as number[], pumped: [] as number[], spared: 0 };
  const made = new Waker({
    pump: (now) => {
      state.pumped.push(now);
      while (state.due[0] !== undefined && state.due[0] <= now) state.due.shift();
      return state.due[0] ?? Infinity;
    },
    now: () => state.now,
    activity: () => state.activity,
    spared: (ms) => void (state.spared += ms),
    exact: true,
    ...options,
  });
  onTestFinished(() => made.stop());
  return { waker: made, state };
}

/** Lets the event loop turn, the clock going on by `ms` each time. */
async function turns(state: { now: number }, count: number, ms: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    state.now += ms;
    await turn();
  }
}

describe("near its moment", () => {
  it("turns with the event loop, and pumps when it has come", async () => {
    const { waker: woken, state } = waker();
    state.due = [1, 1.5];
    woken.wake();
    expect(state.pumped).toEqual([0]);
    await turns(state, 8, 0.25);
    expect(state.pumped).toHaveLength(3);
    expect(state.pumped[1]).toBeGreaterThanOrEqual(1);
    expect(state.pumped[2]).toBeGreaterThanOrEqual(1.5);
  });

  it("tells of turns for nothing", async () => {
    const { waker: woken, state } = waker();
    state.due = [1.9];
    woken.wake();
    await turns(state, 4, 0.25);
    const idle = state.spared;
    expect(idle).toBeGreaterThanOrEqual(0.75);
    state.activity += 1;
    await turns(state, 1, 0.25);
    // What happened in this turn was for something.
    expect(state.spared - idle).toBeLessThanOrEqual(0.25);
  });

  it("turns once each time, however often it is woken", async () => {
    const { waker: woken, state } = waker();
    state.due = [1.5];
    for (let i = 0; i < 5; i++) woken.wake();
    await turns(state, 4, 0.25);
    // Two chains of turns would count each turn twice.
    expect(state.spared).toBeLessThanOrEqual(1);
  });
});

describe("far from its moment", () => {
  it.each([true, false])("waits by a timer (exact: %s)", async (exact) => {
    const { waker: woken, state } = waker({ exact, now: () => performance.now() });
    const due = performance.now() + 8;
    state.due = [due];
    woken.wake();
    await vi.waitFor(() => expect(state.due).toEqual([]));
    // Not before its moment, and not at each turn until then.
    expect(state.pumped.at(-1)).toBeGreaterThanOrEqual(due);
    expect(state.pumped.length).toBeLessThanOrEqual(exact ? 2 : 10);
  });

  it("does not take a wait of months for none", async () => {
    const { waker: woken, state } = waker();
    state.due = [1e12];
    const timers = vi.spyOn(globalThis, "setTimeout");
    onTestFinished(() => timers.mockRestore());
    woken.wake();
    expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([2 ** 31 - 1]);
    await turns(state, 3, 1);
    expect(state.pumped).toEqual([0]);
  });

  it("has no timer where nothing is due", () => {
    const { waker: woken } = waker();
    const timers = vi.spyOn(globalThis, "setTimeout");
    onTestFinished(() => timers.mockRestore());
    woken.wake();
    expect(timers).not.toHaveBeenCalled();
  });
});

describe("what is due sooner", () => {
  it("is done then, and nothing is done at once", async () => {
    const { waker: woken, state } = waker();
    woken.wake();
    state.due = [1];
    woken.wakeAt(1);
    woken.wakeAt(1.5);
    expect(state.pumped).toEqual([0]);
    await turns(state, 5, 0.25);
    expect(state.pumped).toHaveLength(2);
    expect(state.pumped[1]).toBeGreaterThanOrEqual(1);
  });

  it("may become known while it pumps, which turns the loop no more often", async () => {
    const { waker: woken, state } = waker({
      pump: (now) => {
        state.pumped.push(now);
        woken.wakeAt(now - 1);
        return now + 0.5;
      },
    });
    const immediates = vi.spyOn(globalThis, "setImmediate");
    onTestFinished(() => immediates.mockRestore());
    woken.wake();
    await turns(state, 12, 0.25);
    expect(state.pumped.length).toBeGreaterThan(3);
    expect(immediates.mock.calls.length).toBeLessThanOrEqual(14);
  });
});

describe("when it is stopped", () => {
  it("does nothing any more", async () => {
    const { waker: woken, state } = waker();
    state.due = [0.5];
    woken.wake();
    woken.stop();
    woken.wake();
    woken.wakeAt(0.1);
    await turns(state, 4, 0.25);
    expect(state.pumped).toEqual([0]);
  });

  it("while it pumps, too", async () => {
    const { waker: woken, state } = waker({
      pump: (now) => {
        state.pumped.push(now);
        if (now > 0) woken.stop();
        return now + 0.1;
      },
    });
    woken.wake();
    await turns(state, 4, 0.25);
    expect(state.pumped).toHaveLength(2);
  });
});
