import { expect, it } from "vitest";
import { Silence } from "../../src/bench/silence.ts";

it("lasts from when a number changed last, or from when it was begun anew", () => {
  const silence = new Silence();
  expect(silence.ofMs(5, 100)).toBe(0);
  expect(silence.ofMs(5, 130)).toBe(30);
  expect(silence.ofMs(6, 140)).toBe(0);
  expect(silence.ofMs(6, 190)).toBe(50);
  silence.begin(200);
  expect(silence.ofMs(6, 230)).toBe(30);
});
