import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FramecatError } from "../../../src/errors.ts";
import { FAULT_NAMES } from "../../../src/server/faults/catalogue.ts";
import { parseFault, parseFaults } from "../../../src/server/faults/parse-fault.ts";

const chance = (probability: number) => ({ kind: "chance", probability });
const message = (number: number) => ({ kind: "message", number });
const time = (ms: number) => ({ kind: "time", ms });

describe("a fault", () => {
  it.each<[string, object]>([
    ["latency=100ms±50ms", { family: "link", latencyMs: 100, jitterMs: 50 }],
    ["drop@5%", { family: "message", name: "drop", when: chance(0.05) }],
    ["drop@0.1%", { when: chance(0.001) }],
    ["drop", { when: chance(1) }],
    ["drop@100%", { when: chance(1) }],
    ["corrupt@10msgs", { when: message(10) }],
    ["corrupt@1msg", { when: message(1) }],
    ["fragment=100B@5%", { name: "fragment", size: 100, when: chance(0.05) }],
    ["opcode=0xb@2msgs", { name: "opcode", opcode: 11, when: message(2) }],
    ["mask", { name: "mask", when: chance(1) }],
    ["wrong-accept@50%", { family: "handshake", when: chance(0.5) }],
    ["stall-handshake", { ms: Infinity, when: chance(1) }],
    ["stall-handshake=2s@50%", { ms: 2000, when: chance(0.5) }],
    ["no-pong", { family: "silence", when: chance(1) }],
    ["half-close", { family: "end", when: time(0) }],
    ["half-close@0s", { when: time(0) }],
    ["reset@5s", { when: time(5000) }],
    ["reset@1%", { when: chance(0.01) }],
    ["close=1006@10msgs", { code: 1006, when: message(10) }],
    ["close=none", { code: undefined, when: time(0) }],
  ])("%s", (text, expected) => {
    expect(parseFault(text, "--fault")).toMatchObject({ text, ...expected });
  });
});

describe("what is no fault", () => {
  it.each([
    ["", /"" is none of latency, bandwidth, split, /],
    ["Drop", /"Drop" is none of /],
    ["toString", /"toString" is none of /],
    ["drop=5%", /must be drop\[@P%\|Nmsgs\], not "drop=5%"$/],
    ["drop=", /must be drop/],
    ["drop@", /must be drop/],
    ["drop@0%", /must be drop/],
    ["drop@101%", /must be drop/],
    ["drop@-1%", /must be drop/],
    ["drop@0msgs", /must be drop/],
    ["drop@5s", /must be drop/],
    ["drop@5%@5%", /must be drop|is none of/],
    ["split", /must be split=SIZE, not "split"$/],
    ["split=", /must be split=SIZE/],
    ["split=3B@5%", /must be split=SIZE/],
    ["split=x", /split must be a size/],
    ["stall-handshake=", /must be stall-handshake\[=TIME\]/],
    ["no-pong@3msgs", /must be no-pong\[@P%\]/],
    ["reset@soon", /must be reset\[@P%\|Nmsgs\|TIME\]/],
    ["reset@5x", /reset must be a duration/],
    ["close", /must be close=CODE/],
    ["close=65536", /close must be a whole number from 0 to 65535/],
  ])("%s", (text, message_) => {
    expect(() => parseFault(text, "--fault")).toThrow(message_);
  });
});

it("two faults of a link cannot be one, nor two that are the same", () => {
  const parse = (...texts: string[]) => parseFaults(texts, "--fault");
  expect(parse("opcode=3@1%", "opcode=4@1%", "drop@1%", "drop@2%")).toHaveLength(4);
  expect(() => parse("split=1B", "drop", "split=2B")).toThrow("--fault split is given twice");
  expect(() => parse("drop@1%", "drop@1%")).toThrow("--fault drop is given twice");
});

it("takes any text, or tells in one line what is wrong", () => {
  const word = fc.oneof(fc.constantFrom<string>(...FAULT_NAMES), fc.string());
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom("5%", "3msgs", "1s", "0xb", "1KiB/s", "1ms±2ms"),
  );
  const texts = fc
    .tuple(word, fc.constantFrom("", "=", "@"), part, fc.constantFrom("", "=", "@"), part)
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, (text) => {
      try {
        expect(parseFault(text, "--fault").text).toBe(text);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(FramecatError);
        expect((thrown as FramecatError).code).toBe("usage");
      }
    }),
  );
});
