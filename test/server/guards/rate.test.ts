import { describe, expect, it, vi } from "vitest";
import { rateGuard } from "../../../src/server/guards/rate.ts";
import { fakeClock, guardedClient, stopTime } from "../../helpers/guarded-client.ts";

function sending(count = 3, periodMs = 60_000) {
  stopTime();
  const guard = rateGuard({ count, periodMs }, fakeClock);
  const played = guardedClient(guard);
  guard.joined?.(played.client);
  const times = (n: number) => Array.from({ length: n }, () => played.receives("x"));
  return { guard, ...played, times };
}

const WARNING =
  'send {"type":"error","code":"rate-limited","message":"too many messages","retryAfterMs":20000}';
const WARNED = "rate: its message is one too many and was dropped; it was told so";

describe("a client that sends too often", () => {
  it("is told at the first message beyond, and closed at the next", () => {
    const { done, times } = sending();
    expect(times(3)).toEqual([true, true, true]);
    expect(done).toEqual([]);
    expect(times(1)).toEqual([false]);
    expect(done).toEqual([WARNED, WARNING]);
    expect(times(1)).toEqual([false]);
    expect(done.slice(2)).toEqual([
      "rate: it sends more than 3 messages in 60 s and was told",
      "close 1008 too many messages",
    ]);
  });

  it("may go on where it slows down, and is told anew when a period has passed", () => {
    const { done, times } = sending();
    times(4);
    vi.advanceTimersByTime(20_000);
    expect(times(1)).toEqual([true]);
    vi.advanceTimersByTime(60_000);
    expect(times(3)).toEqual([true, true, true]);
    expect(times(1)).toEqual([false]);
    expect(done).toEqual([WARNED, WARNING, WARNED, WARNING]);
  });
});

it("who keeps to the rate is never told, however long", () => {
  const { done, receives } = sending(100, 60_000);
  for (let i = 0; i < 1000; i++) {
    expect(receives("x")).toBe(true);
    vi.advanceTimersByTime(600);
  }
  expect(done).toEqual([]);
});

it("what is saved up is no more than the count", () => {
  const { times } = sending();
  vi.advanceTimersByTime(3_600_000);
  expect(times(4)).toEqual([true, true, true, false]);
});

it("nothing is kept of who has gone", () => {
  const { guard, client, times } = sending();
  times(3);
  guard.left?.(client);
  expect([times(1), vi.getTimerCount()]).toEqual([[true], 0]);
});
