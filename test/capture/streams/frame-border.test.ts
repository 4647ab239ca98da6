import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { borderEvidence } from "../../../src/capture/streams/frame-border.ts";
import { concat, hex, utf8 } from "../../helpers/bytes.ts";
import { fromClient, fromServer } from "../../helpers/talk.ts";

const PLAIN = { masked: false, compressed: false };
const MASKED = { masked: true, compressed: false };

const evidence = (bytes: Uint8Array, terms = PLAIN, borders: readonly number[] = []) =>
  borderEvidence(bytes, 0, terms, (at) => borders.includes(at));

describe("what no endpoint sends rules a place out", () => {
  it.each([
    ["a reserved opcode", "83 00"],
    ["RSV2", "a1 00"],
    ["RSV1 where nothing is compressed", "c1 00"],
    ["RSV1 on a continuation", "c0 00"],
    ["the wrong mask bit", "81 80"],
    ["a fragmented ping", "09 00"],
    ["a long ping", "89 7e 00 80"],
    ["a length that is not minimal", "82 7e 00 05"],
    ["a 64-bit length that is not minimal", "82 7f 00 00 00 00 00 00 ff ff"],
    ["a length that nobody sends", "82 7f 40 00 00 00 00 01 00 00"],
    ["a Close of one byte", "88 01 03"],
    ["a Close with a reason that is no UTF-8", "88 04 03 e8 c3 28"],
    ["a frame behind a Close", "88 02 03 e8 81 00"],
    ["text that is no UTF-8", "81 02 c3 28"],
    ["a message within a message", "01 01 61 81 01 62"],
    ["a continuation of nothing", "81 01 61 80 01 62"],
    ["zeros", "00 00 00 00 00 00"],
    ["plain text", "48 65 6c 6c 6f"],
    ["frames that repeat themselves", "82 04 82 04 82 04".repeat(8)],
  ])("%s", (_, bytes) => {
    expect(evidence(hex(bytes))).toBe(-1);
  });
});

describe("evidence", () => {
  it.each([
    ["nothing to look at", hex(""), 0],
    ["half a header", hex("82"), 0],
    ["a header alone", hex("82 05"), 5],
    ["text", fromServer("hello"), 10],
    ["a Close with a code", hex("88 02 03 e8"), 15],
    ["a Close with a code of applications", hex("88 02 0f a0"), 10],
    ["a Close with a code that may not travel", hex("88 02 03 ed"), 5],
    ["a long frame", hex("82 7f 00 00 00 00 00 01 00 00"), 29],
    ["text with control characters", fromServer("\u0001\u0002"), 5],
    ["fragments with a ping between", hex("02 01 ff 89 00 80 01 ff"), 15],
  ])("%s", (_, bytes, bits) => {
    expect(evidence(bytes)).toBe(bits);
  });

  it("masked text is unmasked first; a wrong key shows", () => {
    const frame = fromClient("hello");
    expect(evidence(frame, MASKED)).toBe(10);
    frame[3]! ^= 0xff;
    expect(evidence(frame, MASKED)).toBe(-1);
  });

  it("RSV1 says less", () => {
    expect(evidence(hex("c1 00"), { masked: false, compressed: true })).toBe(-1);
    expect(evidence(hex("c1 01 00"), { masked: false, compressed: true })).toBe(4);
  });

  it("a frame that ends where a packet does says more", () => {
    expect(evidence(fromServer("hello"), PLAIN, [7])).toBe(18);
  });
});

it("random bytes are almost never a border", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 200, maxLength: 200 }),
      fc.boolean(),
      (bytes, masked) => {
        expect(borderEvidence(bytes, 0, { masked, compressed: true }, () => false)).toBeLessThan(
          32,
        );
      },
    ),
    { numRuns: 300, seed: 1 },
  );
});

it("a real chain is always certain", () => {
  const frames = Array.from({ length: 8 }, (_, i) =>
    fromServer(utf8(`message ${i}`), { opcode: 2 }),
  );
  expect(evidence(concat(frames))).toBeGreaterThanOrEqual(32);
});
