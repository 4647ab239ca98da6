import { expect, it } from "vitest";
import { createHeldLines } from "../../../src/repl/editor/held-lines.ts";

it("gives all that waits at once, and then nothing", () => {
  const held = createHeldLines(100);
  held.add("one\n");
  held.add("two\nthree\n");
  expect(held.length).toBe(14);
  expect(held.take()).toBe("one\ntwo\nthree\n");
  expect(held.length).toBe(0);
  expect(held.take()).toBe("");
});

it("drops the oldest beyond its limit, and tells how many", () => {
  const held = createHeldLines(20);
  for (let i = 0; i < 2000; i++) held.add(`line ${i % 10}\n`);
  expect(held.length).toBeLessThanOrEqual(20);
  expect(held.take()).toBe("… 1,998 lines were not kept\nline 8\nline 9\n");
  expect(held.take()).toBe("");
});

it("never drops the newest", () => {
  const held = createHeldLines(5);
  held.add("a\nb\n");
  held.add("0123456789\n");
  expect(held.take()).toBe("… 2 lines were not kept\n0123456789\n");
});
