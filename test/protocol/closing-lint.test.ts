import { describe, expect, it } from "vitest";
import { encodeClosePayload } from "../../src/protocol/close-codes.ts";
import { ClosingLint, type EndKind } from "../../src/protocol/closing-lint.ts";
import type { Flow } from "../../src/protocol/finding.ts";
import type { Frame } from "../../src/protocol/frame.ts";
import type { RuleId } from "../../src/protocol/rules.ts";
import { reports } from "../helpers/lint.ts";

type Closes = readonly (readonly [Flow, number?, "late"?])[];
type Ends = readonly [first: Flow | undefined, c2s: EndKind, s2c: EndKind];

function judge(closes: Closes, [first, c2s, s2c]: Ends) {
  const { found, report } = reports();
  const lint = new ClosingLint(report);
  closes.forEach(([flow, code, late], i) => {
    const place = { part: "frame", flow, frame: i, offset: 0 } as const;
    const frame = { payload: encodeClosePayload(code), payloadCut: false } as Frame;
    lint.frame(place, frame, { tooLate: late === "late", atNs: undefined, failed: false });
  });
  lint.end({ how: { c2s, s2c }, first });
  return found;
}

const FIN: Ends = ["s2c", "fin", "fin"];

describe("the closing handshake", () => {
  it.each<[Closes, Ends, readonly RuleId[]]>([
    [
      [
        ["c2s", 1000],
        ["s2c", 1000],
      ],
      FIN,
      [],
    ],
    [[["c2s"], ["s2c"]], FIN, []],
    [[["c2s"], ["s2c", 1000]], FIN, []],
    [[["c2s", 1000], ["s2c"]], FIN, ["close-code-differs"]],
    [
      [
        ["s2c", 1001],
        ["c2s", 1000],
      ],
      FIN,
      ["close-code-differs"],
    ],
    [
      [
        ["s2c", 1005],
        ["c2s", 1002],
      ],
      FIN,
      [],
    ],
    [
      [
        ["c2s", 1000],
        ["c2s", 1001],
        ["s2c", 1000],
      ],
      FIN,
      [],
    ],
    [
      [
        ["s2c", 1010],
        ["c2s", 1010],
      ],
      FIN,
      ["close-1010-from-server"],
    ],
    [
      [
        ["c2s", 1010],
        ["s2c", 1010],
      ],
      FIN,
      [],
    ],
    [
      [
        ["c2s", 3001],
        ["s2c", 3001],
      ],
      FIN,
      ["close-code-unregistered", "close-code-unregistered"],
    ],
    [
      [
        ["c2s", 3000],
        ["s2c", 3000],
      ],
      FIN,
      [],
    ],
    [[["c2s", 1000]], FIN, ["close-unanswered"]],
    [[["s2c", 1000]], FIN, ["close-unanswered"]],
    [[["c2s", 1000]], ["s2c", "cut", "reset"], ["close-unanswered"]],
    [[["c2s", 1000]], ["c2s", "reset", "fin"], ["client-closed-tcp-first"]],
    [[["c2s", 1000, "late"]], FIN, ["tcp-without-close"]],
    [[["c2s", 1000, "late"]], ["s2c", "cut", "reset"], ["tcp-without-close"]],
    [[["c2s", 1000]], ["c2s", "fin", "cut"], ["client-closed-tcp-first"]],
    [[["c2s", 1000]], [undefined, "cut", "cut"], []],
    [
      [
        ["c2s", 1000],
        ["s2c", 1000],
      ],
      ["c2s", "fin", "fin"],
      ["client-closed-tcp-first"],
    ],
    [
      [
        ["c2s", 1000],
        ["s2c", 1000],
      ],
      [undefined, "cut", "cut"],
      [],
    ],
    [[], FIN, ["tcp-without-close"]],
    [[], ["c2s", "reset", "cut"], ["tcp-without-close"]],
    [[], ["c2s", "fin", "cut"], []],
    [[], [undefined, "cut", "cut"], []],
  ])("%j, ended %j: %j", (closes, ends, expected) => {
    expect(judge(closes, ends).map(({ rule }) => rule)).toEqual(expected);
  });

  it("tells what was answered to what, and how TCP ended", () => {
    const [differs] = judge(
      [
        ["c2s", 4001],
        ["s2c", 1000],
      ],
      FIN,
    );
    expect(differs!.message).toContain("1000 in answer to 4001");
    const [lost] = judge([], ["s2c", "cut", "reset"]);
    expect(lost).toMatchObject({ place: { part: "end", flow: "s2c" }, closeCode: 1006 });
    expect(lost!.message).toContain("TCP reset");
  });
});
