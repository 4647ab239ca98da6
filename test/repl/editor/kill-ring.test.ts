import { expect, it } from "vitest";
import { createKillRing } from "../../../src/repl/editor/kill-ring.ts";

it("gives the newest, then older ones in turn, and the newest again", () => {
  const ring = createKillRing();
  for (const text of ["one", "two", "three"]) ring.kill(text, undefined);
  expect(ring.yank()).toBe("three");
  expect([ring.rotate(), ring.rotate(), ring.rotate()]).toEqual(["two", "one", "three"]);
  ring.rotate();
  expect(ring.yank()).toBe("three");
});

it("joins kills in a row, on the side where they were", () => {
  const ring = createKillRing();
  ring.kill("b", undefined);
  ring.kill("c", "after");
  ring.kill("a", "before");
  expect(ring.yank()).toBe("abc");
  expect(ring.rotate()).toBe("abc");
});

it("has nothing before a kill", () => {
  const ring = createKillRing();
  expect(ring.yank()).toBeUndefined();
  expect(ring.rotate()).toBeUndefined();
});

it("keeps the newest sixty", () => {
  const ring = createKillRing();
  for (let i = 0; i < 100; i++) ring.kill(String(i), undefined);
  const all = new Set([ring.yank(), ...Array.from({ length: 200 }, () => ring.rotate())]);
  expect(all.size).toBe(60);
  expect(all.has("39")).toBe(false);
});
