import { describe, expect, it } from "vitest";
import { MaskKeyLint } from "../../src/protocol/mask-key-lint.ts";
import type { FrameHeader } from "../../src/protocol/frame.ts";
import { reports } from "../helpers/lint.ts";
import { seededRandom } from "../helpers/seeded-random.ts";

const HEADER = { masked: true } as FrameHeader;

/** The findings with the number of the frame. */
function judge(keys: Iterable<number>): string[] {
  const { found, report } = reports();
  const lint = new MaskKeyLint(report);
  let frame = 0;
  for (const maskKey of keys) {
    lint.frame({ part: "frame", flow: "c2s", frame: frame++, offset: 0 }, { ...HEADER, maskKey });
  }
  return found.map(({ rule, place }) => `${rule} ${"frame" in place ? place.frame : ""}`);
}

function random(count: number): number[] {
  const next = seededRandom(5);
  return Array.from({ length: count }, () => Math.floor(next() * 2 ** 32));
}

describe("masking keys", () => {
  it.each<[string, readonly number[], readonly string[]]>([
    ["none", [], []],
    ["random", random(300), []],
    ["zero", [0, 0x37fa213d, 0], ["mask-key-zero 0", "mask-key-zero 2"]],
    ["repeated", [7e8, 3e9, 7e8, 7e8], ["mask-key-repeated 2", "mask-key-repeated 3"]],
    ["counting", [41, 42, 43, 44, 45], ["mask-key-predictable 2"]],
    ["counting down", [0xfffffff1, 0xfffffff0, 0xffffffef], ["mask-key-predictable 2"]],
    [
      "counting over the end",
      [0xfffffffe, 0xffffffff, 0x00000001].map((key) => (key + 0x10) >>> 0),
      [],
    ],
    [
      "counting with the octets the other way round",
      [0x39300000, 0x3a300000, 0x3b300000],
      ["mask-key-predictable 2"],
    ],
    ["a large step", [0x10203040, 0x9abcdef0, 0x25598da0, 0xaff63c50], ["mask-key-predictable 3"]],
    ["a large step twice may be chance", [0x10203040, 0x9abcdef0, 0x25598da0], []],
    ["few octets", [0x61626364, 0x64636261, 0x62616463, 0x63646162], ["mask-key-predictable 3"]],
  ])("%s", (_name, keys, expected) => {
    expect(judge(keys)).toEqual(expected);
  });

  it("are not judged where nothing is masked", () => {
    const { found, report } = reports();
    const place = { part: "frame", flow: "c2s", frame: 0, offset: 0 } as const;
    new MaskKeyLint(report).frame(place, { ...HEADER, masked: false, maskKey: 0 });
    expect(found).toEqual([]);
  });

  it("may meet once by chance in a long connection, and no more often", () => {
    const long = random(6000);
    const [last = 0, before = 0] = long.toReversed();
    expect(judge([...long, last])).toEqual([]);
    expect(judge([...long, last, before])).toEqual(["mask-key-repeated 6001"]);
  });

  it("are forgotten after a thousand others", () => {
    const many = random(1030);
    expect(judge([...many, many[0]!])).toEqual([]);
    expect(judge([...many, many[10]!])).toEqual(["mask-key-repeated 1030"]);
  });
});
