import { describe, expect, it } from "vitest";
import { DeflateLint, deflateTerms, type DeflateTerms } from "../../src/protocol/deflate-lint.ts";
import type { Frame } from "../../src/protocol/frame.ts";
import { DEFAULT_LINT_LIMITS } from "../../src/protocol/lint-limits.ts";
import { hex } from "../helpers/bytes.ts";
import { compress, reports } from "../helpers/lint.ts";

const HELLO = hex("f2 48 cd c9 c9 07 00");
/** Hello once more, by a reference into the message before (RFC 7692, section 7.2.3.2). */
const AGAIN = hex("f2 00 11 00 00");
const NOISE = Array.from({ length: 600 }, (_, i) => ((i * i * 31 + 7) % 96) ^ (i >> 3)).join("");

const FREE: DeflateTerms = { windowBits: 15, noContextTakeover: false, fromStart: true };
const ALONE: DeflateTerms = { ...FREE, noContextTakeover: true };
const SMALL: DeflateTerms = { ...FREE, windowBits: 9 };

interface Part {
  readonly payload: Uint8Array;
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly rsv1?: boolean;
  readonly cut?: boolean;
}

function judge(terms: DeflateTerms, parts: readonly (Part | "gap")[], limits = {}): string[] {
  const { found, report } = reports();
  const lint = new DeflateLint(report, { ...DEFAULT_LINT_LIMITS, ...limits }, terms);
  parts.forEach((part, i) => {
    if (part === "gap") return lint.gap();
    const { payload, opcode = 1, fin = true, rsv1 = opcode !== 0, cut = false } = part;
    const header = { opcode, fin, rsv1, length: payload.length };
    const place = { part: "frame", flow: "s2c", frame: i, offset: 0 } as const;
    const frame = { header, payload, payloadCut: cut } as Frame;
    return lint.frame(place, frame, { violations: [], fragment: 1 });
  });
  return found.map(({ rule, place }) => `${rule} ${"frame" in place ? place.frame : ""}`);
}

const message = (payload: Uint8Array, more: Partial<Part> = {}): Part => ({ payload, ...more });

describe("compressed messages", () => {
  const large = compress(`${NOISE}${NOISE}`, { windowBits: 15, level: 9 });

  it.each<[string, DeflateTerms, readonly (Part | "gap")[], readonly string[]]>([
    ["context takeover", FREE, [message(HELLO), message(AGAIN)], []],
    ["in a small window", SMALL, [message(HELLO), message(AGAIN)], []],
    ["none agreed", ALONE, [message(HELLO), message(AGAIN)], ["deflate-context-kept 1"]],
    [
      "none agreed, in fragments",
      ALONE,
      [
        message(HELLO),
        message(AGAIN.subarray(0, 1), { fin: false }),
        message(hex(""), { opcode: 9, rsv1: false }),
        message(AGAIN.subarray(1), { opcode: 0 }),
      ],
      ["deflate-context-kept 3"],
    ],
    [
      "an uncompressed one between",
      SMALL,
      [message(HELLO), message(HELLO, { rsv1: false }), message(AGAIN)],
      [],
    ],
    ["a large window", SMALL, [message(large)], ["deflate-beyond-window 0"]],
    ["a large window that was agreed", FREE, [message(large)], []],
    ["a beginning that is not seen", { ...SMALL, fromStart: false }, [message(AGAIN)], []],
    ["a reference after a gap", SMALL, ["gap", message(AGAIN)], []],
    [
      "a reference after a gap, no takeover",
      ALONE,
      ["gap", message(AGAIN)],
      ["deflate-context-kept 1"],
    ],
    [
      "a reference after one that is cut",
      SMALL,
      [message(HELLO, { cut: true }), message(AGAIN)],
      [],
    ],
    [
      "a reference after one that was given up",
      SMALL,
      [message(HELLO, { fin: false }), message(AGAIN)],
      [],
    ],
    ["the tail left on", FREE, [message(hex(HELLO, "00 00 ff ff"))], ["deflate-tail-kept 0"]],
    [
      "the tail left on, split",
      FREE,
      [
        message(hex(HELLO, "00 00"), { fin: false }),
        message(hex("ff"), { opcode: 0, fin: false }),
        message(hex("ff"), { opcode: 0 }),
      ],
      ["deflate-tail-kept 2"],
    ],
    [
      "the end of one message, the start of another",
      FREE,
      [message(hex(HELLO, "00 00"), { rsv1: false }), message(hex("ff ff"))],
      [],
    ],
    ["nonsense", SMALL, [message(hex("ff ff")), message(AGAIN)], []],
  ])("%s", (_name, terms, parts, expected) => {
    const judged = judge(terms, parts).filter((told) => !told.startsWith("compression-grew"));
    expect(judged).toEqual(expected);
  });

  it("are compared with their plain text", () => {
    const zeros = compress(new Uint8Array(400_000));
    const limits = { inflationRatio: 100, inflationFloor: 400_000 };
    expect(judge(ALONE, [message(zeros)], limits)).toEqual(["inflation-ratio 0"]);
    expect(judge(ALONE, [message(zeros)], { ...limits, inflationFloor: 400_001 })).toEqual([]);
    expect(judge(ALONE, [message(zeros)], { ...limits, inflationRatio: 2000 })).toEqual([]);
    expect(judge(ALONE, [message(HELLO)])).toEqual(["compression-grew 0"]);
    expect(judge(ALONE, [message(hex("00"))])).toEqual([]);
  });

  it("are not kept beyond a limit, and nothing is said of those that follow", () => {
    const limits = { maxWalkedLength: 6 };
    expect(judge(SMALL, [message(HELLO), message(AGAIN)], limits)).toEqual([]);
  });
});

describe("the terms", () => {
  const agreed = {
    clientMaxWindowBits: 10,
    serverMaxWindowBits: 12,
    clientNoContextTakeover: true,
    serverNoContextTakeover: false,
  };

  it("are those of the direction", () => {
    expect(deflateTerms("c2s", agreed)).toEqual({
      windowBits: 10,
      noContextTakeover: true,
      fromStart: true,
    });
    expect(deflateTerms("s2c", agreed)).toMatchObject({ windowBits: 12, noContextTakeover: false });
  });

  it("are the widest where nothing is known", () => {
    expect(deflateTerms("c2s", undefined)).toEqual({ ...FREE, fromStart: false });
  });
});
