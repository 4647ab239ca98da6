import { describe, expect, it } from "vitest";
import type { FrameHeader } from "../../src/protocol/frame.ts";
import { type HeaderExpectations, judgeHeader } from "../../src/protocol/header-rules.ts";
import type { RuleId } from "../../src/protocol/rules.ts";
import { rules } from "../helpers/frames.ts";

const SOUND: FrameHeader = {
  fin: true,
  rsv1: false,
  rsv2: false,
  rsv3: false,
  opcode: 1,
  masked: false,
  maskKey: 0,
  length: 5,
  lengthForm: 7,
  headerLength: 2,
  offset: 0,
};

const LAX: HeaderExpectations = {
  sender: "unknown",
  deflate: false,
  maxFrameLength: Number.POSITIVE_INFINITY,
};

const DEFLATE = { deflate: true };

type Row = readonly [Partial<FrameHeader>, Partial<HeaderExpectations>, readonly RuleId[]];

/** What differs from a sound header, what differs from lax expectations, what that breaks. */
const TABLE: readonly Row[] = [
  [{}, {}, []],
  [{ masked: true }, {}, []],
  [{ masked: true }, { sender: "client" }, []],
  [{ masked: false }, { sender: "client" }, ["client-frame-unmasked"]],
  [{ masked: true }, { sender: "server" }, ["server-frame-masked"]],
  [{ masked: false }, { sender: "server" }, []],
  [{ rsv1: true }, {}, ["rsv-not-negotiated"]],
  [{ rsv1: true }, DEFLATE, []],
  [{ rsv1: true, opcode: 2, fin: false }, DEFLATE, []],
  [{ rsv1: true, rsv2: true }, DEFLATE, ["rsv-not-negotiated"]],
  [{ rsv3: true }, DEFLATE, ["rsv-not-negotiated"]],
  [{ rsv1: true, opcode: 0 }, DEFLATE, ["rsv1-on-continuation"]],
  [{ rsv1: true, opcode: 8 }, DEFLATE, ["rsv1-on-control"]],
  [{ rsv1: true, opcode: 9 }, {}, ["rsv-not-negotiated"]],
  [{ opcode: 3 }, {}, ["opcode-reserved"]],
  [{ opcode: 15, fin: false }, {}, ["opcode-reserved", "control-fragmented"]],
  [{ opcode: 8, fin: false }, {}, ["control-fragmented"]],
  [{ opcode: 0, fin: false }, {}, []],
  [{ opcode: 9, length: 125 }, {}, []],
  [{ opcode: 9, length: 126, lengthForm: 16 }, {}, ["control-too-long"]],
  [{ length: 125, lengthForm: 16 }, {}, ["length-not-minimal"]],
  [{ length: 126, lengthForm: 16 }, {}, []],
  [{ length: 65_535, lengthForm: 64 }, {}, ["length-not-minimal"]],
  [{ length: 65_536, lengthForm: 64 }, {}, []],
  [{ length: 2 ** 62, lengthForm: 64 }, {}, []],
  [{ length: 2 ** 63, lengthForm: 64 }, {}, ["length-top-bit"]],
  [{ length: 100 }, { maxFrameLength: 100 }, []],
  [{ length: 101 }, { maxFrameLength: 100 }, ["length-over-limit"]],
  [
    { length: 2 ** 63, lengthForm: 64 },
    { maxFrameLength: 1 },
    ["length-top-bit", "length-over-limit"],
  ],
];

describe("judgeHeader", () => {
  it.each(TABLE)("%o against %o breaks %s", (header, expected, broken) => {
    expect(rules(judgeHeader({ ...SOUND, ...header }, { ...LAX, ...expected }))).toEqual(broken);
  });

  it("names the opcode as it stands in the header", () => {
    expect(judgeHeader({ ...SOUND, opcode: 11 }, LAX)[0]!.message).toContain("0xb");
  });

  it("names the reserved bits that nobody negotiated", () => {
    const header = { ...SOUND, rsv1: true, rsv3: true };
    expect(judgeHeader(header, LAX)[0]!.message).toContain("RSV1, RSV3");
    expect(judgeHeader(header, { ...LAX, deflate: true })[0]!.message).toMatch(/: RSV3\.$/);
  });
});
