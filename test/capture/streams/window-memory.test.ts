import { expect, it } from "vitest";
import { WindowMemory } from "../../../src/capture/streams/window-memory.ts";

/** Directions a, b and c, and which of them had to forget. */
function holders(limit?: number) {
  const forgot: string[] = [];
  const [a, b, c] = ["a", "b", "c"].map((name) => ({
    forgetWindow: () => void forgot.push(name),
  })) as [Holder, Holder, Holder];
  return { memory: new WindowMemory(limit), forgot, a, b, c };
}

interface Holder {
  readonly forgetWindow: () => void;
}

it("windows grow with what is inflated, up to their size", () => {
  const { memory, a, b } = holders();
  memory.grow(a, 300, 512);
  memory.grow(a, 300, 512);
  memory.grow(b, 100, 512);
  expect(memory.held).toBe(612);
  memory.drop(a);
  memory.drop(a);
  expect(memory.held).toBe(100);
});

it("where they are too much, those go that were needed longest ago", () => {
  const { memory, forgot, a, b, c } = holders(1000);
  memory.grow(a, 400, 512);
  memory.grow(b, 400, 512);
  memory.grow(a, 10, 512);
  expect(forgot).toEqual([]);
  memory.grow(c, 500, 512);
  expect(forgot).toEqual(["b"]);
  memory.grow(b, 512, 512);
  expect(forgot).toEqual(["b", "a", "c"]);
  expect(memory.held).toBe(512);
});

it("the one that is needed now stays, however large", () => {
  const { memory, forgot, a } = holders(10);
  memory.grow(a, 400, 512);
  expect(forgot).toEqual([]);
  expect(memory.held).toBe(400);
});
