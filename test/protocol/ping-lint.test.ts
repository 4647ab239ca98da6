import { describe, expect, it } from "vitest";
import type { Frame } from "../../src/protocol/frame.ts";
import { PingLint } from "../../src/protocol/ping-lint.ts";
import { utf8 } from "../helpers/bytes.ts";
import { reports } from "../helpers/lint.ts";

/**
 * `>a` is a ping with the payload a, `<a` a pong; `@5` lets seconds pass; `|` is a gap among the
 * pongs, `#` among the pings, `-` something else from who pings, `.` the end.
 */
function judge(talk: string, cut = false): string[] {
  const { found, report } = reports();
  const lint = new PingLint(report, { slowPongMs: 5000 });
  let at = 0n;
  talk.split(" ").forEach((word, frame) => {
    const [kind, payload] = [word[0], word.slice(1)];
    const place = { part: "frame", flow: "c2s", frame, offset: frame } as const;
    const said = { payload: utf8(payload), payloadCut: cut && payload === "" } as Frame;
    if (kind === ">") lint.ping(place, said, { heard: 0, atNs: at, failed: false });
    else if (kind === "<") lint.pong(place, said, at);
    else if (kind === "@") at += BigInt(payload) * 1_000_000_000n;
    else if (kind === "|" || kind === "#") lint.gap({ pings: kind === "#" });
    else if (kind === "-") lint.speaks();
    else lint.end(({ payload: waiting }) => waiting?.[0] === 0x78);
  });
  return found.map(({ rule, place }) => `${rule} ${"frame" in place ? place.frame : ""}`);
}

describe("pings and pongs", () => {
  it.each([
    [">a <a .", []],
    [">a >b <a <b .", []],
    ["the latest answers for all", [], ">a >b >c <c ."],
    ["<a - .", ["pong-unsolicited 0"]],
    ["<a >b <b .", ["pong-unsolicited 0"]],
    ["a pong before its ping", [], "<a >a - ."],
    ["two of them", [], "<a <b >a >b - ."],
    ["pings are missing", [], "<a # - ."],
    [">a <a <a - .", ["pong-unsolicited 2"]],
    [">a .", ["ping-unanswered 0"]],
    [">a >b <a .", ["ping-unanswered 1"]],
    ["one that is excused", [], ">x ."],
    [">a <b .", ["pong-mismatch 1"]],
    [">a <b <a .", ["pong-unsolicited 1"]],
    ["no end, no judgement", [], ">a <b"],
    ["the same payload, answered once", [], "> > < ."],
    [">a @6 <a .", ["pong-slow 2"]],
    [">a @5 <a .", []],
    [">a <b @6 >c <c .", ["pong-mismatch 1"]],
    [">a <b @1 >c <c .", ["pong-unsolicited 1"]],
    ["a gap", [], ">a | <a ."],
    ["a gap, and a pong too many", ["pong-unsolicited 3"], ">a | <a <a - ."],
    ["pings are missing, and their pongs are not", [], ">a # <a <b <c ."],
  ] as const)("%s: %j", (name, expected, talk: string = name) => {
    expect(judge(talk)).toEqual(expected);
  });

  it("with a payload that is not all there fit each other", () => {
    expect(judge(">a < .", true)).toEqual([]);
    expect(judge(">a < .")).toEqual(["pong-mismatch 1"]);
  });

  it("in a flood are forgotten rather than blamed", () => {
    const numbers = Array.from({ length: 200 }, (_, i) => i);
    const flood = numbers.map((i) => `>${i}`).join(" ");
    expect(judge(`${flood} ${numbers.map((i) => `<${i}`).join(" ")} .`)).toEqual([]);
    expect(judge(`${flood} .`)).toHaveLength(64);
  });

  it("keep no more than a control frame may hold", () => {
    expect(judge(`>${"a".repeat(126)} <b .`)).toEqual([]);
  });
});
