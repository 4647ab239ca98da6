import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecentKeys } from "../../src/protocol/recent-keys.ts";

/** Keys of which many have the same hash, and any. */
const anyKey = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  fc.integer({ min: 1, max: 40 }).map((n) => (n * 2 ** 26) >>> 0 || 1),
);

describe("keys", () => {
  it("are those that a list of the last ones has", () => {
    fc.assert(
      fc.property(fc.array(anyKey, { maxLength: 120 }), (keys) => {
        const recent = new RecentKeys(32, { left: 32 });
        const list: number[] = [];
        for (const key of keys) {
          expect(recent.has(key)).toBe(list.includes(key));
          if (list.includes(key)) continue;
          recent.add(key);
          list.push(key);
          if (list.length > 32) list.shift();
        }
        expect(keys.filter((key) => recent.has(key))).toEqual(
          keys.filter((key) => list.includes(key)),
        );
      }),
    );
  });

  it("take memory as they come, and give it back", () => {
    const room = { left: 1000 };
    const recent = new RecentKeys(64, room);
    const capacities = [0];
    for (let key = 1; key <= 200; key++) {
      recent.add(key);
      if (recent.capacity !== capacities.at(-1)) capacities.push(recent.capacity);
    }
    expect(capacities).toEqual([0, 8, 16, 32, 64]);
    expect(room.left).toBe(936);
    recent.clear();
    expect([room.left, recent.capacity, recent.has(200)]).toEqual([1000, 0, false]);
    recent.add(5);
    expect([recent.has(5), recent.has(6)]).toEqual([true, false]);
  });

  it.each([
    [0, 0, []],
    [7, 0, []],
    [15, 8, [13, 14, 15, 16, 17, 18, 19, 20]],
    [16, 16, [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]],
  ])("where there is room for %d, %d are remembered, the latest", (left, capacity, remembered) => {
    const recent = new RecentKeys(64, { left });
    const keys = Array.from({ length: 20 }, (_, i) => i + 1);
    for (const key of keys) recent.add(key);
    expect(recent.capacity).toBe(capacity);
    expect(keys.filter((key) => recent.has(key))).toEqual(remembered);
  });
});
