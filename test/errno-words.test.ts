import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { errnoWords, isSystemError } from "../src/errno-words.ts";

function failureOf(act: () => unknown): unknown {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

it.each([
  ["/nonexistent", "no such file or directory"],
  ["/", "it is a folder"],
  ["package.json/x", "a part of its path is no folder"],
])("%s: %s", (path, words) => {
  const thrown = failureOf(() => readFileSync(path));
  expect([errnoWords(thrown), isSystemError(thrown)]).toEqual([words, true]);
});

it("takes the words of any other error", () => {
  const thrown = new Error("it is no regular file");
  expect([errnoWords(thrown), isSystemError(thrown)]).toEqual(["it is no regular file", false]);
  expect(errnoWords("gone")).toBe("gone");
  expect(errnoWords(Object.assign(new Error("odd"), { errno: -99_999 }))).toBe("odd");
});
