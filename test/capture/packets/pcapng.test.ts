import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPcapng, PcapngReader } from "../../../src/capture/packets/pcapng.ts";
import { FramecatError } from "../../../src/errors.ts";
import { concat, filler, hex, singly, splitAt, splitPoints, utf8 } from "../../helpers/bytes.ts";
import {
  block,
  enhancedPacket,
  fields,
  interfaceBlock,
  option,
  recordCapture,
  sectionHeader,
} from "../../helpers/packets.ts";

function read(pieces: readonly Uint8Array[]) {
  const record = recordCapture();
  const reader = new PcapngReader(record, "x.pcapng");
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return record;
}

const NS = 1_700_000_000_123_456_789n;

describe.each(["little", "big"] as const)("%s endian", (order) => {
  const nanoseconds = { linkType: 276, options: option(order, 9, hex("09")) };
  const head = concat([
    sectionHeader(order),
    interfaceBlock(order),
    interfaceBlock(order, nanoseconds),
  ]);

  it("packets of several interfaces, byte by byte too", () => {
    const file = concat([
      head,
      enhancedPacket(filler(61), { units: NS / 1000n, originalLength: 99 }, order),
      enhancedPacket(filler(3), { units: NS, interface: 1, options: hex("00000000") }, order),
    ]);
    for (const pieces of [[file], singly(file)]) {
      const { packets, notes } = read(pieces);
      expect(packets).toEqual([
        {
          number: 1,
          ns: (NS / 1000n) * 1000n,
          linkType: 1,
          interface: 0,
          originalLength: 99,
          fileOffset: head.length,
          data: filler(61),
        },
        {
          number: 2,
          ns: NS,
          linkType: 276,
          interface: 1,
          originalLength: 3,
          fileOffset: head.length + 96,
          data: filler(3),
        },
      ]);
      expect(notes).toEqual([]);
    }
  });

  it("the obsolete packet block", () => {
    const fixed = fields(order, [1, 2], [7, 2], [NS >> 32n, 4], [NS & 0xffff_ffffn, 4]);
    const body = concat([fixed, fields(order, [5, 4], [6, 4]), filler(5)]);
    const { packets } = read([head, block(order, 2, body)]);
    expect(packets).toMatchObject([{ interface: 1, ns: NS, originalLength: 6, data: filler(5) }]);
  });

  it("the simple packet block, which the snap length cuts", () => {
    const simple = (length: number, data: Uint8Array) =>
      block(order, 3, concat([fields(order, [length, 4]), data]));
    const snapped = [sectionHeader(order), interfaceBlock(order, { snapLength: 8 })];
    expect(read([head, simple(5, filler(5))]).packets[0]?.data).toEqual(filler(5));
    const { packets } = read([...snapped, simple(50, filler(8))]);
    expect(packets).toMatchObject([{ data: filler(8), originalLength: 50, ns: 0n }]);
  });

  it("TLS secrets, and no others", () => {
    const secrets = (type: number, text: string) =>
      block(order, 10, concat([fields(order, [type, 4], [text.length, 4]), utf8(text)]));
    const file = [head, secrets(0x544c534b, "CLIENT_RANDOM 00 11\n"), secrets(0x57474b4c, "wg")];
    expect(read(file).secretTexts).toEqual(["CLIENT_RANDOM 00 11\n"]);
  });

  it("other blocks are passed over", () => {
    const others = [4, 5, 0xbad, 0x80000001].map((type) => block(order, type, filler(40)));
    expect(read([head, ...others, enhancedPacket(filler(4), {}, order)]).packets).toHaveLength(1);
  });

  it.each([
    ["length 13", fields(order, [5, 4], [13, 4], [0, 4], [13, 4]), "impossible length 13"],
    ["length 0", fields(order, [5, 4], [0, 4], [0, 4]), "impossible length 0"],
    ["4 GiB", fields(order, [5, 4], [0xffff_fffc, 4], [0, 4]), "impossible length 4294967292"],
    ["other length behind", fields(order, [5, 4], [12, 4], [16, 4]), "12 in front and 16 behind"],
    ["too short", block(order, 6, filler(8)), "a block of type 6 is too short with 20 bytes"],
    ["no such interface", enhancedPacket(filler(4), { interface: 2 }, order), "names interface 2"],
    [
      "captured too much",
      enhancedPacket(filler(4), { capturedLength: 5 }, order),
      "a packet claims 5 bytes in a block with room for 4",
    ],
    [
      "too many secrets",
      block(order, 10, fields(order, [0x544c534b, 4], [9, 4])),
      "secrets claim 9 bytes in a block with room for 0",
    ],
    ["no byte order", block(order, 0x0a0d0d0a, filler(16)), "no byte-order magic"],
  ])("damage: %s", (_, damage, message) => {
    const record = recordCapture();
    const reader = new PcapngReader(record, "x.pcapng");
    const good = concat([head, enhancedPacket(filler(4), {}, order)]);
    const place = `x.pcapng is damaged at byte ${good.length}: `;
    expect(() => reader.push(concat([good, damage]))).toThrow(place);
    expect(() => read([good, damage])).toThrow(message);
    expect(record.packets).toHaveLength(1);
  });
});

it("sections have their own byte order and interfaces", () => {
  const { packets } = read([
    sectionHeader("little"),
    interfaceBlock("little", { linkType: 101 }),
    enhancedPacket(filler(4)),
    sectionHeader("big"),
    interfaceBlock("big", { linkType: 113 }),
    enhancedPacket(filler(5), {}, "big"),
  ]);
  expect(packets.map(({ linkType, number }) => [linkType, number])).toEqual([
    [101, 1],
    [113, 2],
  ]);
  expect(() =>
    read([sectionHeader(), interfaceBlock(), sectionHeader(), enhancedPacket(hex(""))]),
  ).toThrow("interface 0, which is not described");
});

it("a file cut anywhere gives what is whole, and one note where the rest begins", () => {
  const blocks = [
    sectionHeader(),
    interfaceBlock(),
    enhancedPacket(filler(5)),
    enhancedPacket(hex("01")),
  ];
  const file = concat(blocks);
  const borders = blocks.map((_, i) => concat(blocks.slice(0, i + 1)).length);
  for (let length = 1; length <= file.length; length++) {
    const { packets, notes } = read([file.subarray(0, length)]);
    const whole = borders.filter((border) => border <= length);
    const offset = whole.at(-1) ?? 0;
    expect(packets).toHaveLength(Math.max(0, whole.length - 2));
    if (offset === length) expect(notes).toEqual([]);
    else expect(notes).toMatchObject([{ type: "truncated", offset, present: length - offset }]);
  }
});

it("the number of interfaces is limited", () => {
  const one = interfaceBlock();
  const many = concat(Array.from({ length: 1024 }, () => one));
  const reader = new PcapngReader(recordCapture());
  reader.push(sectionHeader());
  expect(() => {
    for (let i = 0; i < 100; i++) reader.push(many);
  }).toThrow("more than 65536 interfaces");
});

it("no other file is one", () => {
  expect(isPcapng(hex("0a 0d 0d 0a"))).toBe(true);
  expect(isPcapng(hex("a1 b2 c3 d4"))).toBe(false);
  expect(() => read([interfaceBlock()])).toThrow("does not begin as a pcapng file");
});

it("any damage gives packets or one error, however the file is cut", () => {
  const file = concat([
    sectionHeader(),
    interfaceBlock(),
    enhancedPacket(filler(30)),
    enhancedPacket(filler(9)),
  ]);
  const damage = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 4 });
  fc.assert(
    fc.property(damage, splitPoints, (changes, points) => {
      const bytes = Uint8Array.from(file);
      for (const [at, value] of changes) bytes[at] = value;
      expect(outcome(splitAt(bytes, points))).toEqual(outcome([bytes]));
    }),
    { numRuns: 300 },
  );
});

function outcome(pieces: readonly Uint8Array[]) {
  const record = recordCapture();
  const reader = new PcapngReader(record);
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
