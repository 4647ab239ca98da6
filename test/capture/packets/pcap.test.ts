import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PcapReader, pcapVariant } from "../../../src/capture/packets/pcap.ts";
import { FramecatError } from "../../../src/errors.ts";
import { filler, hex, singly, splitAt, splitPoints } from "../../helpers/bytes.ts";
import { fields, pcap, type PcapSpec, recordCapture } from "../../helpers/packets.ts";

function read(pieces: readonly Uint8Array[]) {
  const record = recordCapture();
  const reader = new PcapReader(record, "x.pcap");
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return record;
}

const NS = 1_700_000_000_123_456_789n;
const PACKETS = [
  { data: filler(60), ns: NS },
  { data: new Uint8Array(0), ns: NS + 1000n, originalLength: 4 },
  { data: filler(900), ns: NS + 2000n, originalLength: 10_000 },
];

const VARIANTS: readonly (readonly [string, PcapSpec, bigint])[] = [
  ["µs, little endian", { order: "little" }, 1000n],
  ["µs, big endian", { order: "big" }, 1000n],
  ["ns, little endian", { order: "little", magic: 0xa1b23c4d }, 1n],
  ["ns, big endian", { order: "big", magic: 0xa1b23c4d }, 1n],
  ["modified, little endian", { order: "little", magic: 0xa1b2cd34 }, 1000n],
  ["modified, big endian", { order: "big", magic: 0xa1b2cd34 }, 1000n],
];

describe.each(VARIANTS)("a file with %s", (_, spec, unit) => {
  const file = pcap(PACKETS, { ...spec, linkType: 113 });

  it("is read whole, and byte by byte", () => {
    for (const pieces of [[file], singly(file)]) {
      const { packets, notes } = read(pieces);
      expect(packets.map(({ data }) => data)).toEqual(PACKETS.map(({ data }) => data));
      expect(packets.map(({ ns }) => ns)).toEqual(PACKETS.map(({ ns }) => ns - (ns % unit)));
      expect(packets.map(({ originalLength }) => originalLength)).toEqual([60, 4, 10_000]);
      expect(packets.map(({ number, linkType }) => [number, linkType])).toEqual([
        [1, 113],
        [2, 113],
        [3, 113],
      ]);
      expect(packets[0]?.fileOffset).toBe(24);
      expect(notes).toEqual([]);
    }
  });
});

it("a file cut anywhere gives what is whole, and one note where the rest begins", () => {
  const file = pcap([{ data: filler(5) }, { data: filler(3) }]);
  const borders = [0, 24, 45, 64];
  for (let length = 1; length <= file.length; length++) {
    const { packets, notes } = read([file.subarray(0, length)]);
    const whole = borders.filter((border) => border <= length);
    const offset = whole.at(-1)!;
    expect(packets).toHaveLength(Math.max(0, whole.length - 2));
    if (offset === length) expect(notes).toEqual([]);
    else expect(notes).toMatchObject([{ type: "truncated", offset, present: length - offset }]);
  }
});

describe("lengths that lie", () => {
  const claim = (captured: number, snapLength: number) => {
    const record = fields("little", [0, 8], [captured, 4], [captured, 4]);
    return [pcap([{ data: filler(4) }], { snapLength }), record, new Uint8Array(100)];
  };

  it.each([
    [0xffff_ffff, 65_535, "262144"],
    [262_145, 65_535, "262144"],
    [262_145, 0, "262144"],
    [16_777_217, 0xffff_ffff, "16777216"],
  ])("%d bytes with a snap length of %d", (captured, snapLength, most) => {
    const record = recordCapture();
    const reader = new PcapReader(record, "x.pcap");
    expect(() => {
      for (const piece of claim(captured, snapLength)) reader.push(piece);
    }).toThrow(
      `x.pcap is damaged at byte 44: a packet claims ${captured} bytes, more than ${most}`,
    );
    expect(record.packets).toHaveLength(1);
  });

  it("more than the snap length is nothing to stop at", () => {
    const { packets } = read([pcap([{ data: filler(200) }], { snapLength: 96 })]);
    expect(packets[0]?.data).toHaveLength(200);
  });

  it("a fraction of more than a second is carried over", () => {
    const file = pcap([{ data: filler(1) }]);
    file.set(fields("little", [7, 4], [2_500_000, 4]), 24);
    expect(read([file]).packets[0]?.ns).toBe(9_500_000_000n);
  });
});

it("no other file is one", () => {
  expect(pcapVariant(hex("0a 0d 0d 0a"))).toBeUndefined();
  expect(() => read([new Uint8Array(24)])).toThrow(FramecatError);
});

it("the upper half of the link type is about something else", () => {
  expect(read([pcap([{ data: filler(1) }], { linkType: 0x2400_0001 })]).packets[0]?.linkType).toBe(
    1,
  );
});

it("any bytes behind the header give packets or one error, however they are cut", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), splitPoints, (bytes, points) => {
      const whole = outcome([pcap([]), bytes]);
      expect(outcome([pcap([]), ...splitAt(bytes, points)])).toEqual(whole);
    }),
  );
});

function outcome(pieces: readonly Uint8Array[]) {
  const record = recordCapture();
  const reader = new PcapReader(record);
  let error = "";
  try {
    for (const piece of pieces) reader.push(piece);
    reader.end();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(FramecatError);
    error = (thrown as Error).message;
  }
  return { packets: record.packets, notes: record.notes, error };
}
