import { describe, expect, it } from "vitest";
import { FragmentLint } from "../../src/protocol/fragment-lint.ts";
import type { FrameHeader } from "../../src/protocol/frame.ts";
import { reports } from "../helpers/lint.ts";

/** A step is a frame, as opcode, FIN and length, or what else happens. */
type Step = readonly [opcode: number, fin: boolean, length: number] | "gap" | "end";

function judge(steps: readonly Step[], tinyFragments = 4): string[] {
  const { found, report } = reports();
  const lint = new FragmentLint(report, { tinyFragments });
  steps.forEach((step, i) => {
    if (typeof step === "string") lint[step]();
    else {
      const [opcode, fin, length] = step;
      const place = { part: "frame", flow: "c2s", frame: i, offset: i * 10 } as const;
      lint.frame(place, { opcode, fin, length } as FrameHeader);
    }
  });
  return found.map(({ rule, place }) => `${rule} ${"frame" in place ? place.frame : ""}`);
}

const tiny: Step = [0, false, 1];

describe("fragments", () => {
  it.each<[string, readonly Step[], readonly string[]]>([
    ["a whole message", [[1, true, 5], "end"], []],
    ["a message in two", [[1, false, 5], [0, true, 5], "end"], []],
    [
      "never finished",
      [[1, true, 5], [1, false, 5], [9, true, 0], "end"],
      ["message-unfinished 1"],
    ],
    ["told once", [[1, false, 5], "end", "end"], ["message-unfinished 0"]],
    ["an end that may be missing", [[1, false, 5], "gap", "end"], []],
    ["a Close inside", [[2, false, 5], [8, true, 0], "end"], ["close-inside-message 1"]],
    ["a Close after", [[2, false, 5], [0, true, 5], [8, true, 0], "end"], []],
    ["four tiny ones", [[1, false, 1], tiny, tiny, tiny, tiny, [0, true, 0]], ["tiny-fragments 3"]],
    ["three tiny ones", [[1, false, 1], tiny, [0, true, 0], [1, true, 1]], []],
    ["control between", [[1, false, 1], tiny, [9, true, 9], tiny, tiny], ["tiny-fragments 4"]],
    ["a long one between", [[1, false, 1], tiny, tiny, [0, false, 2], tiny, tiny, tiny], []],
    [
      "two runs",
      [[1, false, 0], tiny, tiny, tiny, [0, false, 2], tiny, tiny, tiny, tiny],
      ["tiny-fragments 3", "tiny-fragments 8"],
    ],
    ["a gap between", [[1, false, 0], tiny, tiny, "gap", tiny], []],
    ["small messages", Array.from({ length: 9 }, (): Step => [1, true, 1]), []],
  ])("%s", (_name, steps, expected) => {
    expect(judge(steps)).toEqual(expected);
  });
});
