import { gzipSync } from "node:zlib";
import { concat } from "../bytes.ts";
import {
  block,
  enhancedPacket,
  fields,
  interfaceBlock,
  option,
  pcap,
  sectionHeader,
} from "../packets.ts";
import type { Dice } from "./dice.ts";
import type { ForgedPacket } from "./links.ts";

type Order = "big" | "little";
/** Writes packets of one link type into a file. */
export type Writer = (dice: Dice, packets: readonly ForgedPacket[]) => Uint8Array;

const ORDERS = ["big", "little"] as const;

export const FILES = {
  pcap: (dice, packets) =>
    pcap(packets, {
      order: dice.pick(ORDERS),
      magic: dice.pick([0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34]),
      linkType: packets[0]?.linkType ?? 1,
      snapLength: dice.pick([65_535, 262_144, 0]),
    }),
  pcapng: (dice, packets) => section(dice, packets),
  "pcapng in sections": (dice, packets) => {
    const at = dice.from(0, packets.length);
    const again = dice.from(at, packets.length);
    const parts = [packets.slice(0, at), packets.slice(at, again), packets.slice(again)];
    return concat(parts.map((part) => section(dice, part)));
  },
  "pcapng of simple packets": (dice, packets) => {
    const order = dice.pick(ORDERS);
    const simple = packets.map(({ data, originalLength }) =>
      block(order, 3, concat([fields(order, [originalLength, 4]), data])),
    );
    const snapLength = packets.reduce((most, { data }) => Math.max(most, data.length), 0);
    const described = interfaceBlock(order, { linkType: packets[0]?.linkType ?? 1, snapLength });
    return concat([sectionHeader(order), described, ...simple]);
  },
  "gzip'ed": (dice, packets) => gzipSync(section(dice, packets)),
  "gzip'ed in two members": (dice, packets) => {
    const file = section(dice, packets);
    const at = dice.from(0, file.length);
    return concat([gzipSync(file.subarray(0, at)), gzipSync(file.subarray(at))]);
  },
} as const satisfies Record<string, Writer>;

/** Units a second by the octet of if_tsresol. */
const RESOLUTIONS = [
  [6, 10n ** 6n],
  [9, 10n ** 9n],
  [7, 10n ** 7n],
  [4, 10n ** 4n],
  [0x80 | 20, 2n ** 20n],
  [0x80 | 30, 2n ** 30n],
  [0x80 | 10, 2n ** 10n],
] as const;
const PICOSECONDS = [12, 10n ** 12n] as const;
/** Finer than nanoseconds, times since 1970 do not fit into 64 bits. */
const RECENT = 1_795_231_000n;

/** Packets spread over several interfaces, with blocks between that are to be passed over. */
function section(dice: Dice, packets: readonly ForgedPacket[]): Uint8Array {
  const order = dice.pick(ORDERS);
  const interfaces = Array.from({ length: dice.from(1, 3) }, () =>
    dice.chance(0.2)
      ? { resolution: PICOSECONDS, offset: RECENT }
      : { resolution: dice.pick(RESOLUTIONS), offset: BigInt(dice.pick([0, dice.from(-99, 99)])) },
  );
  const linkType = packets[0]?.linkType ?? 1;
  const described = interfaces.map(({ resolution: [octet], offset }) => {
    const options = concat([
      option(order, 2, Buffer.from("eth0")),
      option(order, 9, Uint8Array.of(octet)),
      ...(offset === 0n ? [] : [option(order, 14, fields(order, [offset, 8]))]),
      option(order, 0, new Uint8Array(0)),
    ]);
    return interfaceBlock(order, { linkType, options });
  });
  const written = packets.flatMap((packet) => {
    const number = dice.from(0, interfaces.length - 1);
    const { resolution, offset } = interfaces[number]!;
    const units = ((packet.ns - offset * 10n ** 9n) * resolution[1]) / 10n ** 9n;
    const own = dice.chance(0.2)
      ? obsoletePacket(order, packet, number, units)
      : enhanced(dice, order, packet, number, units);
    return dice.chance(0.05) ? [unknownBlock(dice, order), own] : [own];
  });
  return concat([sectionHeader(order), ...described, ...written]);
}

function enhanced(dice: Dice, order: Order, packet: ForgedPacket, number: number, units: bigint) {
  const { data, originalLength } = packet;
  const comment = concat([
    option(order, 1, Buffer.from("seen")),
    option(order, 0, new Uint8Array(0)),
  ]);
  const options = dice.chance(0.2) ? comment : new Uint8Array(0);
  return enhancedPacket(data, { interface: number, units, originalLength, options }, order);
}

function obsoletePacket(order: Order, packet: ForgedPacket, number: number, units: bigint) {
  const { data, originalLength } = packet;
  const head = fields(
    order,
    [number, 2],
    [0xffff, 2],
    [units >> 32n, 4],
    [units & 0xffff_ffffn, 4],
    [data.length, 4],
    [originalLength, 4],
  );
  return block(order, 2, concat([head, data]));
}

/** Name resolution, statistics, a block of nobody's. */
function unknownBlock(dice: Dice, order: Order): Uint8Array {
  return block(order, dice.pick([4, 5, 0x0bad, 0x8000_0001]), dice.bytes(dice.from(0, 40)));
}
