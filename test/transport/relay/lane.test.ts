import { describe, expect, it } from "vitest";
import { Lane, type Unit } from "../../../src/transport/relay/lane.ts";

function unit(name: string, told: string[], blocks = 0): Unit {
  return { size: 10, blocks, go: () => told.push(name), gone: () => told.push(`${name} gone`) };
}

describe("Lane", () => {
  it("lets units go in their order, up to one that is blocked", () => {
    const told: string[] = [];
    const lane = new Lane();
    const blocked = unit("b", told, 1);
    for (const one of [unit("a", told), blocked, unit("c", told)]) lane.push(one);
    lane.pump();
    expect(told).toEqual(["a gone", "a"]);
    blocked.blocks = 0;
    lane.pump();
    expect(told.filter((name) => !name.endsWith("gone"))).toEqual(["a", "b", "c"]);
    expect([lane.size, lane.isEmpty]).toEqual([0, true]);
  });

  it("stops when it is told to", () => {
    const told: string[] = [];
    const lane = new Lane();
    for (const name of ["a", "b"]) lane.push(unit(name, told));
    lane.pump(() => told.length === 0);
    expect(told).toEqual(["a gone", "a"]);
    expect(lane.isEmpty).toBe(false);
  });

  it("counts what waits, with what it costs to wait", () => {
    const lane = new Lane();
    lane.push(unit("a", [], 1));
    expect(lane.size).toBeGreaterThan(10);
  });

  it("unblocks all, or forgets all", () => {
    for (const end of ["unblock", "clear"] as const) {
      const told: string[] = [];
      const lane = new Lane();
      for (const name of ["a", "b"]) lane.push(unit(name, told, 2));
      lane[end]();
      expect(told).toEqual(["a gone", "b gone"]);
      lane.pump();
      expect(told.includes("b")).toBe(end === "unblock");
      expect(lane.size).toBe(0);
    }
  });

  it("keeps nothing of many that have left", () => {
    const lane = new Lane();
    let left = 0;
    for (let i = 0; i < 1000; i++) {
      lane.push({ size: 1, blocks: 0, go: () => (left += 1) });
      lane.push({ size: 1, blocks: 0, go: () => (left += 1) });
      lane.pump();
    }
    expect([left, lane.size, lane.isEmpty]).toEqual([2000, 0, true]);
  });
});
