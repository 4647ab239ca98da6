import { describe, expect, it } from "vitest";
import { CaptureLint } from "../../src/capture/capture-lint.ts";
import { encodeClosePayload } from "../../src/protocol/close-codes.ts";
import type { FindingEvent } from "../../src/transport/events.ts";
import { type FrameSketch, frameEvents } from "../helpers/frame-events.ts";

const goodbye = encodeClosePayload(1000, "");
const CLOSES: readonly FrameSketch[] = [
  { opcode: 8, payload: goodbye, maskKey: 0x9abcdef0 },
  { opcode: 8, payload: goodbye },
];

/** The rules that a conversation breaks; `ends` happens on it after its frames. */
function rulesOf(sketches: readonly FrameSketch[], ends: (lint: CaptureLint) => void): string[] {
  const found: FindingEvent[] = [];
  const lint = new CaptureLint((event) => found.push(event));
  for (const event of frameEvents(sketches)) lint.event(event);
  ends(lint);
  lint.connectionEnd("1");
  return found.map(({ violation }) => violation.rule);
}

const inOrder = (lint: CaptureLint): void => {
  lint.directionEnd("1", "in", "fin", undefined);
  lint.directionEnd("1", "out", "fin", undefined);
};

describe("a conversation in a capture", () => {
  it("breaks nothing where all is well", () => {
    expect(rulesOf(CLOSES, inOrder)).toEqual([]);
  });

  it("is not answered, or ends without a Close", () => {
    expect(rulesOf(CLOSES.slice(0, 1), inOrder)).toContain("close-unanswered");
    expect(rulesOf([], inOrder)).toEqual([]);
    expect(rulesOf([{ opcode: 1, payload: "x" }], inOrder)).toContain("tcp-without-close");
  });

  it("is the client's to end last", () => {
    const found = rulesOf(CLOSES, (lint) => {
      lint.directionEnd("1", "out", "fin", undefined);
      lint.directionEnd("1", "in", "fin", undefined);
    });
    expect(found).toEqual(["client-closed-tcp-first"]);
  });

  it("is blamed for nothing that may be missing in the capture", () => {
    const found = rulesOf(CLOSES.slice(0, 1), (lint) => {
      lint.gap("1", "in");
      inOrder(lint);
    });
    expect(found).not.toContain("close-unanswered");
  });

  it("begins too early", () => {
    const found = rulesOf(CLOSES, (lint) => {
      lint.bytesBeforeResponse("2", 7);
      inOrder(lint);
    });
    expect(found).toEqual(["data-before-response"]);
  });
});
