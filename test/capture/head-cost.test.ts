import { expect, it } from "vitest";
import { headCost } from "../../src/capture/head-cost.ts";

it("a head costs its text, and each field as much again as many an object", () => {
  const startLine = "GET / HTTP/1.1";
  expect(headCost({ startLine, headers: [] })).toBe(14);
  expect(headCost({ startLine, headers: [["Host", "a.test"]] })).toBe(14 + 96 + 10);
  const empty = Array.from({ length: 1000 }, (): [string, string] => ["a", ""]);
  expect(headCost({ startLine, headers: empty })).toBe(14 + 97_000);
});
