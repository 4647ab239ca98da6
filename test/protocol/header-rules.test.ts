import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import type { FrameHeader } from "../../src/protocol/frame.ts";
import {
  type HeaderExpectations,
  judgeHeader,
  judgePartialHeader,
} from "../../src/protocol/header-rules.ts";
import type { RuleId } from "../../src/protocol/rules.ts";
import { hex } from "../helpers/bytes.ts";
import { anyFrame, parse, rules } from "../helpers/frames.ts";

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

type PrefixRow = readonly [header: string, client: readonly Known[], server: readonly Known[]];
/** A rule, and of how many octets on it is known to be broken. */
type Known = readonly [RuleId, from: number];

/** Whole headers, cut anywhere, and what that tells of a client and of a server. */
const PREFIXES: readonly PrefixRow[] = [
  ["81 85 37 fa 21 3d", [], [["server-frame-masked", 2]]],
  ["81 05", [["client-frame-unmasked", 2]], []],
  [
    "a1 85 37 fa 21 3d",
    [["rsv-not-negotiated", 1]],
    [
      ["rsv-not-negotiated", 1],
      ["server-frame-masked", 2],
    ],
  ],
  [
    "83 00",
    [
      ["opcode-reserved", 1],
      ["client-frame-unmasked", 2],
    ],
    [["opcode-reserved", 1]],
  ],
  [
    "0b 80 00 00 00 00",
    [
      ["opcode-reserved", 1],
      ["control-fragmented", 1],
    ],
    [
      ["opcode-reserved", 1],
      ["control-fragmented", 1],
      ["server-frame-masked", 2],
    ],
  ],
  [
    "89 fe 00 7e 37 fa 21 3d",
    [["control-too-long", 2]],
    [
      ["server-frame-masked", 2],
      ["control-too-long", 2],
    ],
  ],
  [
    "8a 7f 00 00 00 00 00 01 00 00",
    [
      ["client-frame-unmasked", 2],
      ["control-too-long", 2],
    ],
    [["control-too-long", 2]],
  ],
  [
    "82 fe 00 7d 37 fa 21 3d",
    [["length-not-minimal", 4]],
    [
      ["server-frame-masked", 2],
      ["length-not-minimal", 4],
    ],
  ],
  [
    "82 ff 80 00 00 00 00 00 00 00 37 fa 21 3d",
    [["length-top-bit", 3]],
    [
      ["server-frame-masked", 2],
      ["length-top-bit", 3],
    ],
  ],
];

describe("judgePartialHeader", () => {
  it.each(PREFIXES)("%s", (wire, client, server) => {
    const octets = hex(wire);
    for (const [sender, known] of [
      ["client", client],
      ["server", server],
    ] as const) {
      for (let size = 1; size < octets.length; size += 1) {
        const found = judgePartialHeader(octets.subarray(0, size), { ...LAX, sender });
        const broken = known.filter(([, from]) => from <= size).map(([rule]) => rule);
        expect(rules(found).toSorted(), `${sender} ${size}`).toEqual(broken.toSorted());
      }
    }
  });

  it.each([
    ["c1", false, ["rsv-not-negotiated"]],
    ["c1", true, []],
    ["e1", true, ["rsv-not-negotiated"]],
    ["c9", true, ["rsv1-on-control"]],
    ["40", true, ["rsv1-on-continuation"]],
  ] as const)("%s, permessage-deflate agreed: %s", (wire, deflate, broken) => {
    expect(rules(judgePartialHeader(hex(wire), { ...LAX, deflate }))).toEqual(broken);
  });

  it("does not judge the mask where nobody knows the sender", () => {
    for (const wire of ["81 80", "81 7e"]) expect(judgePartialHeader(hex(wire), LAX)).toEqual([]);
  });

  it("says exactly how long, where the masking key is cut", () => {
    const [found] = judgePartialHeader(hex("89 ff 7f ff ff ff ff ff ff ff 37"), LAX);
    expect(found!.message).toContain(": 9223372036854775807 bytes.");
  });

  it("says of a length that is not there only how it is written", () => {
    expect(judgePartialHeader(hex("89 7e"), LAX)[0]!.message).toMatch(/: a length of 16 bits\.$/);
  });

  it("finds nothing that the whole header does not break", () => {
    const any = fc.tuple(anyFrame, fc.constantFrom("client", "server", "unknown"), fc.boolean());
    const property = fc.property(any, ([spec, sender, deflate]) => {
      const expected = { ...LAX, sender, deflate };
      const bytes = encodeFrame(spec);
      const { header, headerBytes } = parse([bytes]).frames[0]!;
      const whole = new Set(rules(judgeHeader(header, expected)));
      // A control frame with a long form of length is too long, or its length is not minimal.
      if (whole.has("length-not-minimal")) whole.add("control-too-long");
      for (let size = 1; size < headerBytes.length; size += 1) {
        const found = rules(judgePartialHeader(headerBytes.subarray(0, size), expected));
        expect(new Set(found).size).toBe(found.length);
        expect([...whole]).toEqual(expect.arrayContaining(found));
      }
    });
    fc.assert(property);
  });
});
