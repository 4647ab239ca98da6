import { expect, it } from "vitest";
import { type HoleState, HolePatience } from "../../../src/capture/packets/hole-patience.ts";

const LIMITS = { acknowledgedPatience: 1, patience: 60 };
const waiting = { pieces: 1, acknowledged: false };
const acknowledged = { pieces: 1, acknowledged: true };

type Question = readonly [position: number, time: number, state: HoleState];

it.each<readonly [string, readonly Question[], boolean]>([
  ["a new hole", [[7, 100, waiting]], false],
  [
    "a hole as old as the limit",
    [
      [7, 100, waiting],
      [7, 160, waiting],
    ],
    false,
  ],
  [
    "an older one",
    [
      [7, 100, waiting],
      [7, 160.5, waiting],
    ],
    true,
  ],
  [
    "the next hole",
    [
      [7, 100, waiting],
      [8, 160.5, waiting],
    ],
    false,
  ],
  [
    "one that was just acknowledged",
    [
      [7, 100, waiting],
      [7, 150, acknowledged],
    ],
    false,
  ],
  [
    "one acknowledged a second ago",
    [
      [7, 100, acknowledged],
      [7, 101, acknowledged],
    ],
    false,
  ],
  [
    "one acknowledged before that",
    [
      [7, 100, acknowledged],
      [7, 101.5, acknowledged],
    ],
    true,
  ],
  [
    "the next one after that",
    [
      [7, 100, acknowledged],
      [8, 101.5, acknowledged],
    ],
    false,
  ],
  ["64 segments behind an acknowledged one", [[7, 100, { ...acknowledged, pieces: 64 }]], false],
  ["65 segments behind an acknowledged one", [[7, 100, { ...acknowledged, pieces: 65 }]], true],
  ["many segments behind another one", [[7, 100, { ...waiting, pieces: 1000 }]], false],
])("%s", (_, questions, over) => {
  const patience = new HolePatience(LIMITS);
  const answers = questions.map(([...question]) => patience.isOver(...question));
  expect(answers.at(-1)).toBe(over);
});

it("counts from when a hole was first asked about", () => {
  const patience = new HolePatience(LIMITS);
  expect([patience.waited(7, 100), patience.waited(7, 103), patience.waited(9, 104)]).toEqual([
    0, 3, 0,
  ]);
});
