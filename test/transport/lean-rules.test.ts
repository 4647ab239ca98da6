import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FrameSpec } from "../../src/protocol/encoder.ts";
import { LeanRules } from "../../src/transport/lean-rules.ts";
import { parse } from "../helpers/frames.ts";
import { BROKEN_BY_SERVER, encodeAll, soundFrames } from "../helpers/load-frames.ts";

/** The rules that a stream of frames breaks, by frame. */
function check(
  sender: "client" | "server",
  frames: readonly FrameSpec[],
  options?: { readonly deflate: boolean },
) {
  const rules = new LeanRules(sender, options);
  const { frames: parsed } = parse([encodeAll(frames)]);
  return { rules, broken: parsed.map(({ header }) => rules.check(header)?.rule) };
}

describe.each(["client", "server"] as const)("frames of a %s", (sender) => {
  it("that are sound break nothing", () => {
    fc.assert(
      fc.property(soundFrames(sender), (frames) => {
        const { rules, broken } = check(sender, frames);
        expect(broken.every((rule) => rule === undefined)).toBe(true);
        expect(rules.inMessage).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it("must not begin a message within another", () => {
    const maskKey = sender === "client" ? 1 : undefined;
    const { rules, broken } = check(sender, [
      { opcode: 1, fin: false, maskKey },
      { opcode: 9, maskKey },
      { opcode: 2, maskKey },
    ]);
    expect(broken).toEqual([undefined, undefined, "message-interrupted"]);
    expect(rules.inMessage).toBe(true);
  });
});

it.each(BROKEN_BY_SERVER)("tells %s", (rule, frame) => {
  // A length that cannot be followed is told from the header alone.
  const { frames, end } = parse([encodeAll([frame])]);
  const { header } = frames[0] ?? end!.frame!;
  expect(new LeanRules("server").check(header)?.rule).toBe(rule);
});

it("wants a client's frames masked", () => {
  expect(check("client", [{ opcode: 1 }]).broken).toEqual(["client-frame-unmasked"]);
});

describe("where compression was agreed on", () => {
  const withDeflate = (...frames: FrameSpec[]) => check("server", frames, { deflate: true });

  it("a message may be compressed, whole or in fragments", () => {
    const { rules, broken } = withDeflate(
      { opcode: 1, rsv1: true },
      { opcode: 2, rsv1: true, fin: false },
      { opcode: 9 },
      { opcode: 0, fin: false },
      { opcode: 0 },
      { opcode: 1 },
    );
    expect(broken).toEqual(Array.from({ length: 6 }, () => undefined));
    expect(rules.inMessage).toBe(false);
  });

  it("a compressed message keeps the order of fragments, too", () => {
    const { rules, broken } = withDeflate(
      { opcode: 1, rsv1: true, fin: false },
      { opcode: 2, rsv1: true },
    );
    expect([...broken, rules.inMessage]).toEqual([undefined, "message-interrupted", true]);
  });

  it.each<[string, FrameSpec]>([
    ["rsv1-on-continuation", { opcode: 0, rsv1: true }],
    ["rsv1-on-control", { opcode: 9, rsv1: true }],
    ["opcode-reserved", { opcode: 3, rsv1: true }],
    ["rsv-not-negotiated", { opcode: 1, rsv1: true, rsv2: true }],
    ["length-not-minimal", { opcode: 1, rsv1: true, lengthForm: 16 }],
    ["server-frame-masked", { opcode: 1, rsv1: true, maskKey: 1 }],
  ])("tells %s", (rule, frame) => {
    expect(withDeflate({ opcode: 1, fin: frame.opcode !== 0 }, frame).broken).toEqual([
      undefined,
      rule,
    ]);
  });
});
