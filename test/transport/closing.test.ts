import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkCloseFrame, Closing } from "../../src/transport/closing.ts";

describe("the time limit", () => {
  let unsent: number;
  let held: boolean;
  let expired: number;
  let closing: Closing;
  beforeEach(() => {
    vi.useFakeTimers();
    [unsent, held, expired] = [0, false, 0];
    closing = new Closing({
      timeoutMs: 100,
      unsent: () => unsent,
      isHeld: () => held,
      expire: () => (expired += 1),
    });
  });
  afterEach(() => vi.useRealTimers());

  it("passes once, counted from the first start", () => {
    closing.start();
    vi.advanceTimersByTime(60);
    closing.start();
    vi.advanceTimersByTime(39);
    expect(expired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(expired).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(expired).toBe(1);
  });

  it("begins anew while the peer takes what is sent", () => {
    unsent = 1000;
    closing.start();
    for (const left of [900, 500, 600, 0]) {
      unsent = left;
      vi.advanceTimersByTime(100);
    }
    expect(expired).toBe(0);
    vi.advanceTimersByTime(100);
    expect(expired).toBe(1);
  });

  it("passes when the peer takes nothing of what is left", () => {
    unsent = 1000;
    closing.start();
    vi.advanceTimersByTime(100);
    expect(expired).toBe(1);
  });

  it("does not pass while we hold the peer back", () => {
    held = true;
    closing.start();
    vi.advanceTimersByTime(1000);
    held = false;
    expect(expired).toBe(0);
    vi.advanceTimersByTime(100);
    expect(expired).toBe(1);
  });

  it("is cut short where nothing more is expected of the peer", () => {
    held = true;
    closing.start();
    closing.hasten(10);
    vi.advanceTimersByTime(10);
    expect([expired, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it("stops", () => {
    closing.start();
    closing.stop();
    vi.advanceTimersByTime(1000);
    expect([expired, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

describe("the outcome", () => {
  const idle = { timeoutMs: 1, unsent: () => 0, isHeld: () => false, expire: () => undefined };
  const sent = { code: 1000, reason: "ours" };
  const received = { code: 4000, reason: "theirs" };

  it.each([
    ["nothing was said", {}, { code: 1006, reason: "", initiator: "peer", clean: false }],
    [
      "ours never left",
      { sent, initiator: "local" },
      { code: 1006, reason: "", initiator: "local", clean: false },
    ],
    [
      "ours was not answered",
      { sent, left: true, initiator: "local" },
      { ...sent, initiator: "local", clean: false },
    ],
    [
      "theirs was not answered",
      { sent: received, received, initiator: "peer" },
      { ...received, initiator: "peer", clean: false },
    ],
    [
      "both passed",
      { sent, left: true, received, initiator: "local" },
      { ...received, initiator: "local", clean: true },
    ],
  ])("%s", (_, facts, outcome) => {
    expect(Object.assign(new Closing(idle), facts).outcome).toEqual(outcome);
  });
});

it("takes from the first Close frame on, and no time without one", () => {
  const closing = new Closing({
    timeoutMs: 1,
    unsent: () => 0,
    isHeld: () => false,
    expire: () => undefined,
  });
  expect(closing.durationMs(9_000_000n)).toBeUndefined();
  closing.passed(1_000_000n);
  closing.passed(2_000_000n);
  expect(closing.durationMs(3_500_000n)).toBe(2.5);
});

describe("what a Close frame can say", () => {
  it.each([
    1000, 1001, 1002, 1003, 1005, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999,
  ])("%d", (code) => expect(() => checkCloseFrame({ code, reason: "" })).not.toThrow());
  it.each([0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65_536, -1, 1.5, Number.NaN])(
    "not %d",
    (code) => expect(() => checkCloseFrame({ code, reason: "" })).toThrow(RangeError),
  );
  it("a reason of 123 bytes and no more", () => {
    expect(() => checkCloseFrame({ code: 1000, reason: "x".repeat(123) })).not.toThrow();
    expect(() => checkCloseFrame({ code: 1000, reason: "x".repeat(124) })).toThrow(RangeError);
    expect(() => checkCloseFrame({ code: 1005, reason: "x" })).toThrow(RangeError);
  });
});
