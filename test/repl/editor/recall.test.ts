import { expect, it } from "vitest";
import { createRecall } from "../../../src/repl/editor/recall.ts";

const ENTRIES = ["one", "two", "three"];

it("goes back and forth, and ends at either side", () => {
  const recall = createRecall(() => ENTRIES);
  expect(recall.go(1, "")).toBeUndefined();
  expect(recall.go(-1, "")).toBe("three");
  expect(recall.go(-1, "three")).toBe("two");
  expect(recall.go(-1, "two")).toBe("one");
  expect(recall.go(-1, "one")).toBeUndefined();
  expect(recall.go(1, "one")).toBe("two");
});

it("keeps what is being typed as the newest", () => {
  const recall = createRecall(() => ENTRIES);
  recall.go(-1, "half a li");
  recall.go(-1, "three");
  expect(recall.go(2, "two")).toBe("half a li");
});

it("keeps what was changed in an older entry", () => {
  const recall = createRecall(() => ENTRIES);
  recall.go(-1, "");
  recall.go(-1, "three, changed");
  expect(recall.go(1, "two")).toBe("three, changed");
  recall.reset();
  expect(recall.go(-1, "")).toBe("three");
});

it("goes to an entry that a search found, and on from there", () => {
  const recall = createRecall(() => ENTRIES);
  recall.goTo(1, "draft");
  expect(recall.go(-1, "two")).toBe("one");
  expect(recall.go(Infinity, "one")).toBe("draft");
  expect(recall.go(-Infinity, "draft")).toBe("one");
});

it("has nowhere to go without a history", () => {
  const recall = createRecall(() => []);
  expect(recall.go(-1, "draft")).toBeUndefined();
});
