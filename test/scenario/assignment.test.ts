import fc from "fast-check";
import { expect, it } from "vitest";
import { Assignment, type Order } from "../../src/scenario/assignment.ts";
import type { Pattern } from "../../src/scenario/pattern.ts";
import { utf8 } from "../helpers/bytes.ts";

/** Matches messages that hold one of these letters. */
function anyOf(letters: string): Pattern {
  const matches = (payload: Uint8Array) => payload.some((byte) => utf8(letters).includes(byte));
  return { text: letters, shown: letters, matches };
}

function assign(order: Order, patterns: readonly string[], messages: readonly string[]) {
  const assignment = new Assignment<string>(patterns.map(anyOf), order);
  const taken = messages.map((text) => assignment.take(utf8(text), "text", text));
  return { met: assignment.met, taken, isComplete: assignment.isComplete };
}

it.each<[Order, string[], string[], (string | undefined)[]]>([
  ["in-order", ["a", "b"], ["a", "b"], ["a", "b"]],
  ["in-order", ["a", "b"], ["b", "x", "a", "x", "b"], ["a", "b"]],
  ["in-order", ["a", "b"], ["b", "a"], ["a", undefined]],
  ["in-order", ["a", "a"], ["a"], ["a", undefined]],
  ["in-order", ["a", "b"], ["ab"], ["ab", undefined]],
  ["any", ["a", "b"], ["b", "a"], ["a", "b"]],
  ["any", ["a", "a"], ["a"], ["a", undefined]],
  ["any", ["a", "b"], ["ab", "a"], ["a", "ab"]],
  ["any", ["ab", "bc", "cd"], ["b", "c", "x", "a"], ["a", "b", "c"]],
])("%s: %j met by %j", (order, patterns, messages, met) => {
  const result = assign(order, patterns, messages);
  expect(result.met).toEqual(met);
  expect(result.isComplete).toBe(!met.includes(undefined));
  expect(result.taken.filter(Boolean)).toHaveLength(met.filter(Boolean).length);
});

/** The most patterns that can be met, by trying everything. */
function most(patterns: readonly string[], messages: readonly string[]): number {
  const [first, ...rest] = messages;
  if (first === undefined) return 0;
  const without = most(patterns, rest);
  const used = patterns.flatMap((pattern, i) =>
    anyOf(pattern).matches(utf8(first), "text") ? [1 + most(patterns.toSpliced(i, 1), rest)] : [],
  );
  return Math.max(without, ...used);
}

it("meets as many as can be in any order, and each message meets one at most", () => {
  const letters = fc.string({
    unit: fc.constantFrom("a", "b", "c", "d"),
    minLength: 1,
    maxLength: 3,
  });
  const lists = fc.array(letters, { maxLength: 4 });
  fc.assert(
    fc.property(lists, lists, (patterns, messages) => {
      const { met, taken } = assign("any", patterns, messages);
      expect(met.filter(Boolean)).toHaveLength(most(patterns, messages));
      expect(taken.filter(Boolean)).toHaveLength(met.filter(Boolean).length);
      for (const [i, message] of met.entries()) {
        if (message) expect(anyOf(patterns[i]!).matches(utf8(message), "text")).toBe(true);
      }
    }),
  );
});
