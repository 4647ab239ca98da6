import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FrameSpec } from "../../src/protocol/encoder.ts";
import { LeanRules } from "../../src/transport/lean-rules.ts";
import { parse } from "../helpers/frames.ts";
import { BROKEN_BY_SERVER, encodeAll, soundFrames } from "../helpers/load-frames.ts";

/** The rules that a stream of frames breaks, by frame. */
function check(sender: "client" | "server", frames: readonly FrameSpec[]) {
  const rules = new LeanRules(sender);
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
