import { expect, it } from "vitest";
import { Flow } from "../../../src/capture/packets/flow.ts";
import { HoldingBudget } from "../../../src/capture/packets/holding-budget.ts";
import { Opening } from "../../../src/capture/packets/opening.ts";
import { TcpSegment } from "../../../src/capture/packets/tcp-segment.ts";
import { utf8 } from "../../helpers/bytes.ts";

const END = { address: Uint8Array.of(10, 0, 0, 1), port: 80 };
const FLOW = new Flow(0, { source: END, destination: END }, new HoldingBudget(1000));

function segment(seq: number, payload: string, seconds = 0, nanoseconds = 0): TcpSegment {
  const bytes = utf8(`head ${payload}`);
  const fields = { seq, bytes, start: 5, end: bytes.length, seconds, nanoseconds };
  return Object.assign(new TcpSegment(), fields);
}

it("gives back copies of what came, in order", () => {
  const opening = new Opening();
  const one = segment(7, "ab");
  opening.add(FLOW, one);
  one.bytes.fill(0);
  one.seq = 0;
  opening.add(FLOW, segment(5, "c"));
  expect(opening.isEmpty).toBe(false);
  expect(opening.memory).toBe(2 * 512 + 3);
  const told = opening
    .take()
    .map(({ segment: { seq, bytes, start, end } }) => [
      seq,
      Buffer.from(bytes.subarray(start, end)).toString(),
    ]);
  expect(told).toEqual([
    [7, "ab"],
    [5, "c"],
  ]);
  expect([opening.isEmpty, opening.memory]).toEqual([true, 0]);
});

it("is full with 32 segments", () => {
  const opening = new Opening();
  for (let i = 0; i < 31; i++) opening.add(FLOW, segment(i, "x"));
  expect(opening.isFull).toBe(false);
  opening.add(FLOW, segment(31, "x"));
  expect(opening.isFull).toBe(true);
});

it.each([
  [1, 1, 5, false],
  [1, 1, 6, true],
  [0, 9, 0, false],
])("with %i segments, %i.00000000%i s are too long: %s", (count, seconds, nanoseconds, over) => {
  const opening = new Opening();
  for (let i = 0; i < count; i++) opening.add(FLOW, segment(i, "x", 0, 5));
  expect(opening.isOver(segment(0, "", seconds, nanoseconds))).toBe(over);
});
