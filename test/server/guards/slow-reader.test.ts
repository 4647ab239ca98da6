import { describe, expect, it, vi } from "vitest";
import { slowReaderGuard } from "../../../src/server/guards/slow-reader.ts";
import { guardedClient, stopTime } from "../../helpers/guarded-client.ts";

function reading() {
  stopTime();
  const guard = slowReaderGuard({ maxBuffered: 1000, closeTimeoutMs: 5000 });
  return { guard, ...guardedClient(guard) };
}

const SHOWN_OUT = [
  "slow-reader: 900 bytes wait to be sent to it, of 1000 that may",
  "close 1013 too much waits to be read",
];

describe("a message", () => {
  it.each([
    [0, 10, true],
    [0, 100_000, true],
    [900, 100, true],
    [900, 101, false],
    [1, 1000, false],
  ])("while %d bytes wait, of %d: %s", (backlog, length, taken) => {
    const { guard, client, connection, done } = reading();
    connection.backlog = backlog;
    expect(guard.maySend?.(client, length)).toBe(taken);
    expect(done.length > 0).toBe(!taken);
  });
});

describe("who does not read", () => {
  it("is told, and ended when it does not read that either", () => {
    const { guard, client, connection, done } = reading();
    connection.backlog = 900;
    guard.maySend?.(client, 200);
    expect(done).toEqual(SHOWN_OUT);
    vi.advanceTimersByTime(5000);
    expect(done).toEqual([...SHOWN_OUT, "terminate"]);
  });

  it("leaves nothing behind", () => {
    const { guard, client, connection, done } = reading();
    connection.backlog = 900;
    guard.maySend?.(client, 200);
    guard.left?.(client);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(5000);
    expect(done).toEqual(SHOWN_OUT);
  });
});
