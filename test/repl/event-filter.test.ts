import { describe, expect, it } from "vitest";
import { parseFilter } from "../../src/repl/event-filter.ts";
import { frameEvents } from "../helpers/frame-events.ts";

const FRAMES = frameEvents([
  { opcode: 1, payload: "Hello (1+1)", maskKey: 1 },
  { opcode: 1, payload: "goodbye" },
  { opcode: 2, payload: Buffer.alloc(2000) },
  { opcode: 9, payload: "ping me", maskKey: 1 },
  { opcode: 8, payload: "" },
]);

/** Which of the frames pass, by number. */
function passing(filter: string): number[] {
  const matches = parseFilter(filter);
  return FRAMES.flatMap((frame, at) => (matches(frame) ? [at] : []));
}

describe("a filter of frames", () => {
  it.each([
    ["", [0, 1, 2, 3, 4]],
    ["out", [0, 3]],
    ["in", [1, 2, 4]],
    ["text", [0, 1]],
    ["in text", [1]],
    ["control", [3, 4]],
    ["data", [0, 1, 2]],
    ["close", [4]],
    [">100", [2]],
    ["<8 in", [1, 4]],
    ["hello", [0]],
    ["(1+1)", [0]],
    ["/^good/", [1]],
    ["/HELLO/", []],
    ["/HELLO/i", [0]],
    ["text out hello", [0]],
    ["ping me", [3]],
    ["ping  ping you", []],
    ["/", []],
  ])("%j passes %j", (filter, numbers) => {
    expect(passing(filter)).toEqual(numbers);
  });

  it("refuses what is no regular expression", () => {
    expect(() => parseFilter("/(/")).toThrow("/(/ is no regular expression");
  });
});
