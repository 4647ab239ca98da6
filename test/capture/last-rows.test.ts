import { describe, expect, it } from "vitest";
import { LastRows } from "../../src/capture/last-rows.ts";
import { SelectedConnection } from "../../src/capture/selected-connections.ts";
import type { Event } from "../../src/transport/events.ts";
import { closeAt, messageAt } from "../helpers/connect-events.ts";

const connection = new SelectedConnection(true, undefined);

function last(count: number, events: readonly Event[], maxHeld?: number) {
  const rows = new LastRows(count, maxHeld === undefined ? {} : { maxHeld });
  events.forEach((event, i) => rows.push({ event, number: i + 1 }, connection));
  return { dropped: rows.dropped, numbers: rows.take().map(({ numbered }) => numbered.number) };
}

const message = messageAt(0, "in", "x".repeat(488));
const many = Array.from({ length: 10 }, () => message);

describe("the last rows", () => {
  it.each([
    [3, [8, 9, 10]],
    [1, [10]],
    [10, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [99, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ])("%d of ten", (count, numbers) => expect(last(count, many).numbers).toEqual(numbers));

  it("with what was told between them and after them", () => {
    const events = [message, closeAt(0), message, closeAt(0), message, closeAt(0)];
    expect(last(2, events).numbers).toEqual([3, 4, 5, 6]);
    expect(last(2, [closeAt(0)]).numbers).toEqual([]);
  });

  it("as many as memory holds, and how many are missing", () => {
    expect(last(5, many, 3000)).toEqual({ dropped: 2, numbers: [8, 9, 10] });
    expect(last(99, many, 3000)).toEqual({ dropped: 7, numbers: [8, 9, 10] });
    expect(last(5, many, 1)).toEqual({ dropped: 4, numbers: [10] });
  });

  it("with no more talk than that", () => {
    const talk = Array.from({ length: 5000 }, () => closeAt(0));
    const { numbers } = last(1, [message, ...talk]);
    expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([1025, 1, 5001]);
  });
});
