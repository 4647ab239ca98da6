import { describe, expect, it, vi } from "vitest";
import { watchIdle } from "../../../src/server/relay/idle-watch.ts";
import { stopTime } from "../../helpers/guarded-client.ts";

function watched() {
  stopTime();
  const connection = { progress: 0, isHeld: false };
  const told: string[] = [];
  const end = watchIdle(connection, 800, () => told.push("idle"));
  return { connection, told, end };
}

describe("watchIdle", () => {
  it("tells once that nothing has passed for so long", () => {
    const { told } = watched();
    vi.advanceTimersByTime(799);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect([told, vi.getTimerCount()]).toEqual([["idle"], 0]);
  });

  it.each([
    ["something passes", { progress: 7 }],
    ["somebody holds it back", { isHeld: true }],
  ])("begins anew where %s", (_, change) => {
    const { connection, told } = watched();
    vi.advanceTimersByTime(750);
    Object.assign(connection, change);
    vi.advanceTimersByTime(100);
    connection.isHeld = false;
    vi.advanceTimersByTime(749);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(101);
    expect(told).toEqual(["idle"]);
  });

  it("leaves no timer behind", () => {
    watched().end();
    expect(vi.getTimerCount()).toBe(0);
  });
});
