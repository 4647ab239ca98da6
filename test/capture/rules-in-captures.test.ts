import { describe, expect, it } from "vitest";
import { RULES, type RuleId } from "../../src/protocol/rules.ts";
import { hex } from "../helpers/bytes.ts";
import { Call } from "../helpers/forged/call.ts";
import { lintByMain, lintPackets } from "../helpers/forged/lint-file.ts";
import { RULE_CASES, type RuleCase } from "../helpers/forged/rule-cases.ts";

const CASES = Object.entries(RULE_CASES) as [RuleId, RuleCase][];

function packetsOf(script: RuleCase["broken"]) {
  return [script(new Call())].flat().flatMap(({ packets }) => packets);
}

function codeFor(findings: readonly string[]): number {
  return findings.some((finding) => /\berror /.test(finding)) ? 33 : 0;
}

describe("every rule has a connection that breaks it", () => {
  it("and nothing else, and one much like it that does not", () => {
    expect(CASES.map(([rule]) => rule).toSorted()).toEqual(Object.keys(RULES).toSorted());
    for (const [rule, { finds, also = [] }] of CASES) {
      const names = (lines: readonly string[]) => lines.map((line) => line.split(" ").slice(0, 3));
      expect(names(finds).flat()).toContain(rule);
      expect(names(also).flat()).not.toContain(rule);
    }
  });

  it.each(CASES)("%s", async (_, { broken, sound, finds, also = [] }) => {
    expect(await lintByMain(packetsOf(broken))).toEqual({ code: codeFor(finds), found: finds });
    expect(await lintPackets(packetsOf(sound))).toEqual(also);
  });

  it("and the twins that break nothing give 0", async () => {
    const sound = CASES.filter(([, { also = [] }]) => codeFor(also) === 0);
    const packets = sound.flatMap(([, one], i) =>
      [one.sound(new Call({ port: 41_000 + i, ms: 1 + 100 * i }))]
        .flat()
        .flatMap((call) => call.packets),
    );
    const { code, found } = await lintByMain(packets);
    expect(code).toBe(0);
    expect(found.filter((finding) => !finding.includes("info "))).toEqual([]);
  });
});

describe("a connection that ends within a header", () => {
  const CUT = [
    ["client", "81", []],
    ["client", "a1", ["error rsv-not-negotiated → 0@0"]],
    ["client", "81 7e", ["error client-frame-unmasked → 0@0"]],
    ["client", "81 fe 00", []],
    ["server", "0b", ["error opcode-reserved ← 0@0", "error control-fragmented ← 0@0"]],
    ["server", "89 7e", ["error control-too-long ← 0@0"]],
    ["server", "81 80 00 00 00", ["error server-frame-masked ← 0@0"]],
  ] as const;

  it.each(CUT)("%s: %s", async (side, octets, finds) => {
    const { packets } = new Call().open().raw(side, hex(octets)).hangUp(side);
    const arrow = side === "client" ? "→" : "←";
    const ends = [`error frame-truncated ${arrow} 0@0`, `error tcp-without-close ${arrow}`];
    expect(await lintPackets(packets)).toEqual([...finds, ...ends]);
    expect(await lintByMain(packets)).toEqual({ code: 33, found: [...finds, ...ends] });
  });
});
