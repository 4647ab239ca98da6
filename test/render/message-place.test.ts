import { describe, expect, it } from "vitest";
import { followMessage, newMessagePlaces } from "../../src/render/message-place.ts";
import { frameEvents } from "../helpers/frame-events.ts";

describe("what a frame's message is made of", () => {
  it("is what its first frame says, in each direction by itself", () => {
    const places = newMessagePlaces();
    const frames = frameEvents([
      { opcode: 0 },
      { opcode: 1, fin: false, rsv1: true },
      { opcode: 2, maskKey: 1, fin: false },
      { opcode: 9 },
      { opcode: 0, fin: false },
      { opcode: 0, maskKey: 1 },
      { opcode: 0 },
      { opcode: 0 },
      { opcode: 3 },
    ]);
    const told = frames.map((event) => {
      const { kind, compressed } = followMessage(event, places);
      return compressed ? `${kind} compressed` : kind;
    });
    expect(told).toEqual([
      "binary",
      "text compressed",
      "binary",
      "binary",
      "text compressed",
      "binary",
      "text compressed",
      "binary",
      "binary",
    ]);
  });
});
