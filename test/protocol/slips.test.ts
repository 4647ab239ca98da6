import { expect, it } from "vitest";
import { isSlip, slipsOf } from "../../src/protocol/slips.ts";

it.each([
  ["conections", "connections", true],
  ["duraton", "duration", true],
  ["tabel", "table", true],
  ["capcity", "capacity", true],
  ["reprot", "report", true],
  ["frame-dmp", "frame-dump", true],
  ["table", "table", true],
  ["text", "tree", false],
  ["pnig", "ping", true],
  ["pin", "ping", false],
  ["", "", true],
  ["x", "y", false],
  ["rate", "replay", false],
])("%j for %j: %s", (word, other, slip) => expect(isSlip(word, other)).toBe(slip));

it("finds the names that a word may stand for", () => {
  expect(slipsOf("compaer", ["merge", "compare", "report"])).toEqual(["compare"]);
});
