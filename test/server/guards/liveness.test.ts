import { expect, it, vi } from "vitest";
import { livenessGuard } from "../../../src/server/guards/liveness.ts";
import { event, fakeClock, guardedClient, stopTime } from "../../helpers/guarded-client.ts";

function living() {
  stopTime();
  const guard = livenessGuard({ intervalMs: 30_000, timeoutMs: 30_000 }, fakeClock);
  const played = guardedClient(guard);
  guard.joined?.(played.client);
  return { guard, ...played };
}

it("pings every interval while pongs come, which is no traffic", () => {
  const { guard, client, connection, done } = living();
  for (let i = 0; i < 10; i++) {
    vi.advanceTimersByTime(30_000);
    connection.heardAt = { epochUs: 0, ns: fakeClock.now().ns + 1n };
    guard.heard?.(client, event({ type: "pong", dir: "in", data: Buffer.alloc(0) }));
    vi.advanceTimersByTime(1);
  }
  expect(done).toEqual(Array.from({ length: 10 }, () => "ping"));
});

it("ends who gave no sign of life, 60 s after the last", () => {
  const { done } = living();
  vi.advanceTimersByTime(59_999);
  expect(done).toEqual(["ping"]);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(["ping", "fail heartbeat", "liveness: it gave no sign of life for 60 s"]);
});

it("nothing is kept of who has gone", () => {
  const { guard, client, done } = living();
  guard.left?.(client);
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(100_000);
  expect(done).toEqual([]);
});
