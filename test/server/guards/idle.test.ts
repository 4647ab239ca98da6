import { describe, expect, it, vi } from "vitest";
import { idleGuard } from "../../../src/server/guards/idle.ts";
import { event, guardedClient, messageOf, stopTime } from "../../helpers/guarded-client.ts";

function idling() {
  stopTime();
  const guard = idleGuard(1000);
  const played = guardedClient(guard);
  guard.joined?.(played.client);
  return { guard, ...played };
}

const CLOSED = ["idle: no message passed for 1 s", "close 1000 idle"];

describe("a client is closed", () => {
  it("when nothing passes in time, though it is pinged", () => {
    const { guard, client, done } = idling();
    vi.advanceTimersByTime(900);
    guard.heard?.(client, event({ type: "pong", dir: "in", data: Buffer.alloc(0) }));
    vi.advanceTimersByTime(99);
    expect(done).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(done).toEqual(CLOSED);
  });

  it.each(["in", "out"] as const)("counted from its last message, %s", (dir) => {
    const { guard, client, done } = idling();
    vi.advanceTimersByTime(999);
    guard.heard?.(client, messageOf("x", dir));
    vi.advanceTimersByTime(999);
    expect(done).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(done).toEqual(CLOSED);
  });
});

it("a client is closed that is not read since it reads none of its answers", () => {
  const { client, connection, done } = idling();
  connection.held = true;
  client.holdUntil(new Promise(() => undefined));
  connection.progress = 1;
  vi.advanceTimersByTime(1999);
  expect(done).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(CLOSED);
});

describe("a client is given more time", () => {
  it.each<[string, (connection: ReturnType<typeof idling>["connection"], n: number) => void]>([
    ["a long message is coming", (connection, n) => (connection.bytesReceived = n)],
    ["a long message is going", (connection, n) => (connection.progress = n)],
    ["we do not read", (connection) => (connection.held = true)],
  ])("while %s", (_, busy) => {
    const { connection, done } = idling();
    for (let n = 1; n <= 5; n++) {
      busy(connection, n);
      vi.advanceTimersByTime(1000);
    }
    expect(done).toEqual([]);
    connection.held = false;
    vi.advanceTimersByTime(1000);
    expect(done).toEqual(CLOSED);
  });
});

it("nothing is kept of who has gone", () => {
  const { guard, client, done } = idling();
  guard.left?.(client);
  guard.heard?.(client, messageOf("x"));
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(5000);
  expect(done).toEqual([]);
});
