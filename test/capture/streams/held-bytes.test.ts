import { expect, it } from "vitest";
import { HeldBytes, PIECE_COST } from "../../../src/capture/streams/held-bytes.ts";
import { MemoryBudget } from "../../../src/capture/streams/memory-budget.ts";
import { PacketTime } from "../../../src/capture/streams/packet-time.ts";
import { utf8 } from "../../helpers/bytes.ts";

function holding(...pieces: readonly string[]) {
  const budget = new MemoryBudget();
  const held = new HeldBytes(budget);
  pieces.forEach((text, seconds) => {
    const bytes = utf8(`<${text}>`);
    held.add(bytes, 1, bytes.length - 1, { seconds, nanoseconds: 0 });
    bytes.fill(0);
  });
  return { held, budget };
}

it("bytes are copied, counted with what each piece costs, and known by their pieces", () => {
  const { held, budget } = holding("ab", "", "cde");
  expect(Buffer.from(held.view).toString()).toBe("abcde");
  expect([0, 1, 2, 3, 5].filter((at) => held.isPieceBorder(at))).toEqual([0, 2, 5]);
  expect(held.since).toMatchObject({ seconds: 0 });
  expect(budget.held).toBe(5 + 2 * PIECE_COST);
  expect(held.drop()).toBe(5);
  expect(budget.held).toBe(0);
});

it("they are given away at their times, and the time is now again", () => {
  const { held, budget } = holding("ab", "cde", "f");
  const time = new PacketTime();
  time.set({ seconds: 9, nanoseconds: 0 });
  const given: string[] = [];
  held.replay(
    time,
    (bytes, start, end) =>
      void given.push(`${time.seconds} ${Buffer.from(bytes.subarray(start, end)).toString()}`),
    3,
  );
  expect(given).toEqual(["1 de", "2 f"]);
  expect(time.seconds).toBe(9);
  expect([held.length, budget.held]).toEqual([0, 0]);
});

it("the last packet of a long write is shorter than the full ones before it", () => {
  const { held } = holding("x".repeat(500), "y".repeat(500), "z", "z");
  expect([500, 1000, 1001].map((at) => held.isTail(at))).toEqual([false, true, false]);
  expect(holding("xx", "y").held.isTail(2)).toBe(false);
});
