import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FramecatError } from "../../src/errors.ts";
import { RECONNECT_DEFAULTS, type ReconnectPolicy } from "../../src/transport/reconnect-policy.ts";
import { Redial } from "../../src/transport/redial.ts";

const LOSS = { kind: "failed", failure: new FramecatError("unreachable", "nobody there") } as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  const left = vi.getTimerCount();
  vi.useRealTimers();
  if (left > 0) throw new Error(`${left} timers were left behind`);
});

/** @param chances what each draw gives, from 0 to 255 */
function start(policy: Partial<ReconnectPolicy> | undefined, ...chances: number[]) {
  const told: string[] = [];
  const redial = new Redial({
    policy: policy && { ...RECONNECT_DEFAULTS, ...policy },
    random: (length) => new Uint8Array(length).fill(chances.shift() ?? 0),
    tell: ({ attempt, tries, delayMs, reason }) =>
      told.push(`${attempt}/${tries} ${Math.round(delayMs)} ${reason}`),
  });
  return { redial, told };
}

it("waits by the policy, and by chance", async () => {
  const { redial, told } = start({ tries: 2 }, 0, 255);
  for (const delayMs of [1000, 750]) {
    let go: boolean | undefined;
    const after = redial.after(LOSS).then((answer) => (go = answer));
    await vi.advanceTimersByTimeAsync(delayMs - 1);
    expect(go).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await after;
    expect(go).toBe(true);
  }
  expect(await redial.after(LOSS)).toBe(false);
  expect(redial.failure?.message).toBe("gave up after 2 tries: nobody there");
  expect(told).toEqual(["1/2 1000 nobody there", "2/2 750 nobody there"]);
});

it("has none without a policy, and says why it was the end", async () => {
  const { redial, told } = start(undefined);
  expect([redial.isLikely, await redial.after(LOSS)]).toEqual([false, false]);
  expect([redial.failure, told]).toEqual([LOSS.failure, []]);
});

it("does what is asked for at once, once", async () => {
  const { redial, told } = start(undefined);
  redial.askFor();
  expect([redial.isLikely, await redial.after(LOSS)]).toEqual([true, true]);
  expect(told).toEqual(["1/1 0 asked for"]);
  expect([redial.isLikely, await redial.after(LOSS)]).toEqual([false, false]);
});

it("can be hurried", async () => {
  const { redial } = start({});
  const after = redial.after(LOSS);
  redial.hurry();
  expect(await after).toBe(true);
});

it("can be halted while it waits, and stays so, whatever is asked for", async () => {
  const { redial } = start({});
  const after = redial.after(LOSS);
  redial.halt();
  expect([await after, redial.over, redial.isLikely]).toEqual([false, true, false]);
  redial.askFor();
  expect([await redial.after(LOSS), redial.failure]).toEqual([false, undefined]);
});

it("begins anew after a connection that has held", async () => {
  const { redial, told } = start({ firstDelayMs: 0 });
  await redial.after(LOSS);
  await redial.after(LOSS);
  redial.lasted(60_000, 0);
  await redial.after(LOSS);
  expect(told.map((line) => line.slice(0, 1))).toEqual(["1", "2", "1"]);
});
