import { concat } from "../bytes.ts";
import { ethernet, fields, ipv4, type Ipv4Spec, IPV6_ENDS, tcp } from "../packets.ts";
import type { Dice } from "./dice.ts";
import type { Segment } from "./segments.ts";

/** A link layer: its LINKTYPE_ number, and what it puts before an IP packet of that version. */
export interface Link {
  readonly name: string;
  readonly linkType: number;
  readonly wrap: (ip: Uint8Array, version: 4 | 6) => Uint8Array;
}

const etherType = (version: 4 | 6): number => (version === 4 ? 0x0800 : 0x86dd);
const before = (head: (version: 4 | 6) => Uint8Array) => (ip: Uint8Array, version: 4 | 6) =>
  concat([head(version), ip]);
const link = (name: string, linkType: number, wrap: Link["wrap"]): Link => ({
  name,
  linkType,
  wrap,
});
const raw = (ip: Uint8Array): Uint8Array => ip;
const family = (order: "big" | "little", six: number) =>
  before((version) => fields(order, [version === 4 ? 2 : six, 4]));

export const LINKS: readonly Link[] = [
  link("Ethernet", 1, (ip, version) => ethernet(ip, etherType(version))),
  link("Ethernet, padded and with a checksum", 1, (ip, version) => {
    const frame = ethernet(ip, etherType(version));
    return concat([
      frame,
      new Uint8Array(Math.max(0, 60 - frame.length)),
      Uint8Array.of(1, 2, 3, 4),
    ]);
  }),
  link("VLAN", 1, (ip, version) => ethernet(ip, etherType(version), [0x8100])),
  link("QinQ", 1, (ip, version) => ethernet(ip, etherType(version), [0x88a8, 0x8100])),
  link("three VLANs", 1, (ip, version) =>
    ethernet(ip, etherType(version), [0x9100, 0x88a8, 0x8100]),
  ),
  link(
    "SLL",
    113,
    before((version) => concat([new Uint8Array(14), fields("big", [etherType(version), 2])])),
  ),
  link(
    "SLL with a VLAN",
    113,
    before((version) =>
      concat([new Uint8Array(14), fields("big", [0x8100, 2], [7, 2], [etherType(version), 2])]),
    ),
  ),
  link(
    "SLL2",
    276,
    before((version) => concat([fields("big", [etherType(version), 2]), new Uint8Array(18)])),
  ),
  link("NULL, little-endian, macOS", 0, family("little", 30)),
  link("NULL, big-endian, FreeBSD", 0, family("big", 28)),
  link("NULL, OpenBSD", 0, family("little", 24)),
  link("LOOP", 108, family("big", 24)),
  link("raw", 101, raw),
  link("raw of OpenBSD", 14, raw),
  link("raw of others", 12, raw),
  link("raw by its version", 228, raw),
];

/** How packets are made, and cut. */
export interface Network {
  readonly link: Link;
  readonly version: 4 | 6;
  /** Octets of IPv4 options, or IPv6 extension headers. */
  readonly headers: readonly number[];
  readonly timestamps: boolean;
  /** How probable it is that a packet is fragmented. */
  readonly fragments: number;
  /** Bytes captured of each packet. */
  readonly snapLength: number;
}

/** A packet as it was captured. */
export interface ForgedPacket {
  readonly data: Uint8Array;
  readonly originalLength: number;
  readonly linkType: number;
  readonly ns: bigint;
}

/** NOP, NOP, timestamps. */
const TIMESTAMPS = Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2);

/** The packets of a segment: more than one where it is fragmented. */
export function packetsOf(dice: Dice, segment: Segment, network: Network): ForgedPacket[] {
  const { side, ports, ns } = segment;
  const { link: below, version, snapLength } = network;
  const [sourcePort, destinationPort] = side === 0 ? ports : [ports[1], ports[0]];
  const options = network.timestamps ? TIMESTAMPS : new Uint8Array(0);
  const bytes = tcp({ ...segment, sourcePort, destinationPort, options });
  const isFragmented = bytes.length > 100 && dice.chance(network.fragments);
  const ips = isFragmented
    ? fragmentsOf(dice, bytes, segment, network)
    : [ipOf(bytes, segment, network)];
  return ips.map((ip) => {
    const frame = below.wrap(ip, version);
    const data = frame.slice(0, snapLength);
    return { data, originalLength: frame.length, linkType: below.linkType, ns };
  });
}

function ipOf(bytes: Uint8Array, { side }: Segment, network: Network, spec: Ipv4Spec = {}) {
  const ends = [Uint8Array.of(10, 0, 0, 1), Uint8Array.of(10, 0, 0, 2)] as const;
  const [a, b] = network.version === 4 ? ends : IPV6_ENDS;
  const [from, to] = side === 0 ? [a, b] : [b, a];
  if (network.version === 6) return ipv6Of(6, network.headers, bytes, from, to);
  const options = new Uint8Array(network.headers.length * 4).fill(1);
  return ipv4(bytes, { source: [...from], destination: [...to], options, ...spec });
}

/** With extension headers of these types in a row, 8 octets or more each. */
function ipv6Of(
  last: number,
  types: readonly number[],
  payload: Uint8Array,
  from: Uint8Array,
  to: Uint8Array,
): Uint8Array {
  const nexts = [...types.slice(1), last];
  const headers = types.map((type, i) => {
    const octets = new Uint8Array(type === 51 ? 24 : type === 60 ? 16 : 8);
    octets[0] = nexts[i]!;
    octets[1] = type === 51 ? octets.length / 4 - 2 : octets.length / 8 - 1;
    return octets;
  });
  const body = concat([...headers, payload]);
  const fixed = fields("big", [0x6000_0000, 4], [body.length, 2], [types[0] ?? last, 1], [64, 1]);
  return concat([fixed, from, to, body]);
}

/** In any order, some of them twice. */
function fragmentsOf(dice: Dice, bytes: Uint8Array, segment: Segment, network: Network) {
  const identification = dice.next("IP identification") & 0xffff;
  const parts: Uint8Array[] = [];
  const size = 8 * dice.from(3, 60);
  for (let at = 0; at < bytes.length; at += size) {
    // One that reaches into the next has the same bytes there.
    const end = Math.min(bytes.length, at + size + (dice.chance(0.2) ? 8 : 0));
    const part = bytes.subarray(at, end);
    const more = end < bytes.length;
    parts.push(fragmentOf(part, { at, more, identification }, segment, network));
    if (dice.chance(0.1)) parts.push(parts.at(-1)!);
    if (!more) break;
  }
  return dice.stir(parts, parts.length);
}

/** Where a fragment belongs. */
interface Place {
  readonly at: number;
  readonly more: boolean;
  readonly identification: number;
}

function fragmentOf(
  part: Uint8Array,
  { at, more, identification }: Place,
  segment: Segment,
  network: Network,
): Uint8Array {
  if (network.version === 4) {
    const fragment = (more ? 0x2000 : 0) | (at / 8);
    return ipOf(part, segment, network, { identification, fragment });
  }
  const header = fields("big", [6, 1], [0, 1], [at | (more ? 1 : 0), 2], [identification, 4]);
  const [a, b] = IPV6_ENDS;
  const ends = segment.side === 0 ? ([a, b] as const) : ([b, a] as const);
  return ipv6Of(44, network.headers, concat([header, part]), ...ends);
}
