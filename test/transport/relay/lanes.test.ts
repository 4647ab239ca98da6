import { describe, expect, it } from "vitest";
import type { Unit } from "../../../src/transport/relay/lane.ts";
import { Lanes } from "../../../src/transport/relay/lanes.ts";

function laid() {
  const told: string[] = [];
  const unit = (name: string, blocks = 0): Unit => ({
    size: 10,
    blocks,
    go: () => told.push(name),
  });
  return { told, unit, lanes: new Lanes() };
}
const never = (): boolean => false;

describe("Lanes", () => {
  it("let what is in order go first, and what is aside overtake what is blocked", () => {
    const { told, unit, lanes } = laid();
    const blocked = unit("b", 1);
    lanes.pushAside(unit("p"));
    for (const one of [unit("a"), blocked, unit("c")]) lanes.push(one);
    expect([lanes.isBlocked, lanes.isAsideEmpty]).toEqual([true, false]);
    lanes.drain(never);
    expect([told, lanes.isBlocked, lanes.isAsideEmpty]).toEqual([["a", "p"], true, true]);
    blocked.blocks = 0;
    lanes.drain(never);
    expect([told, lanes.isEmpty, lanes.size]).toEqual([["a", "p", "b", "c"], true, 0]);
  });

  it("let nothing from aside go in the midst of a frame", () => {
    const { told, unit, lanes } = laid();
    lanes.pushAside(unit("p"));
    lanes.drain(() => true);
    expect([told, lanes.size > 10]).toEqual([[], true]);
    lanes.drain(never);
    expect(told).toEqual(["p"]);
  });

  it("keep what is last until both are empty", () => {
    const { told, unit, lanes } = laid();
    const held = unit("p", 1);
    lanes.pushAside(held);
    lanes.push(unit("a"));
    lanes.pushLast(unit("close"));
    lanes.push(unit("late"));
    lanes.drain(never);
    expect(told).toEqual(["a"]);
    held.blocks = 0;
    lanes.drain(never);
    expect(told).toEqual(["a", "p", "close", "late"]);
  });

  it("may be asked again while something leaves", () => {
    const { told, unit, lanes } = laid();
    const first = unit("a");
    lanes.push({
      ...first,
      go: () => {
        lanes.push(unit("b"));
        lanes.drain(never);
        first.go();
      },
    });
    lanes.drain(never);
    expect(told).toEqual(["a", "b"]);
  });

  it("unblock all, or forget all, or what is aside", () => {
    const ends: Record<string, string[]> = {};
    for (const end of ["unblock", "clear", "clearAside"] as const) {
      const { told, unit, lanes } = laid();
      lanes.push(unit("a"));
      lanes.pushAside(unit("p", 1));
      lanes[end]();
      lanes.drain(never);
      ends[end] = told;
    }
    expect(ends).toEqual({ unblock: ["a", "p"], clear: [], clearAside: ["a"] });
  });
});
