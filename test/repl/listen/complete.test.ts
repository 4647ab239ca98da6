import { expect, it } from "vitest";
import { completeListen } from "../../../src/repl/listen/complete.ts";
import { listenDesk } from "../../helpers/listen-desk.ts";

const publish = {
  name: "publish",
  takes: "CHANNEL",
  meaning: "",
  run: () => [],
  candidates: (argument: string) => (argument.includes("x") ? [] : ["news", "notes", "other"]),
};
const { desk } = listenDesk({ commands: [publish] });

it.each([
  ["/p", 0, ["/ping ", "/publish "]],
  ["/to", 0, ["/to ", "/top "]],
  ["/to ", 4, ["1 ", "2 ", "12 "]],
  ["/kick 1", 6, ["1 ", "12 "]],
  ["/kick 2,1", 8, ["1 ", "12 "]],
  ["/publish n", 9, ["news ", "notes "]],
  ["/publish x n", 11, []],
  ["/all n", 6, []],
])("%s: from %d on", (before, from, candidates) => {
  const { from: at, candidates: found } = completeListen(before, desk)!;
  expect(found).toEqual(candidates);
  if (candidates.length > 0) expect(at).toBe(from);
});

it.each(["", "hello /t", "/to 1 2", "//to"])("%j is not completed", (before) => {
  expect(completeListen(before, desk)).toBeUndefined();
});
