import { expect, it } from "vitest";
import { Recency } from "../../../src/capture/packets/recency.ts";

it("what was used last is last", () => {
  const recency = new Recency<string>();
  for (const item of ["a", "b", "c", "c", "a", "b"]) recency.touch(item);
  expect([...recency]).toEqual(["c", "a", "b"]);
  expect([recency.oldest, recency.size]).toEqual(["c", 3]);
});

it("what was deleted can come again", () => {
  const recency = new Recency<string>();
  recency.touch("a");
  recency.delete("a");
  expect([recency.oldest, recency.size]).toEqual([undefined, 0]);
  recency.touch("a");
  expect([...recency]).toEqual(["a"]);
});
