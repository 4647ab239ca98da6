import { Defragmenter, type DefragmenterLimits } from "./defragment.ts";
import { IpHeader } from "./ip.ts";
import { findIp, isKnownLinkType } from "./link-layer.ts";
import type { Packet } from "./packet.ts";
import { TCP, TcpSegment } from "./tcp-segment.ts";

/** What became of the packets that hold no TCP segment. */
export interface PacketCounts {
  /** All packets. */
  packets: number;
  /** Those that gave a segment, the last fragment of one included. */
  segments: number;
  /** Fragments of IP packets. */
  fragments: number;
  /** IP or TCP headers that are cut or make no sense. */
  malformed: number;
  /** Segments with data for connections that are over. */
  late: number;
  /** By link type, where framecat does not know it. */
  readonly unknownLinkTypes: Map<number, number>;
}

/** Packets of any link type → TCP segments. Others are counted. */
export class PacketDecoder {
  readonly counts: PacketCounts = {
    packets: 0,
    segments: 0,
    fragments: 0,
    malformed: 0,
    late: 0,
    unknownLinkTypes: new Map(),
  };
  readonly defragmenter: Defragmenter;
  readonly #take: (segment: TcpSegment) => void;
  readonly #ip = new IpHeader();
  readonly #segment = new TcpSegment();

  /** @param take gets each segment, which is valid until it returns */
  constructor(take: (segment: TcpSegment) => void, limits: DefragmenterLimits = {}) {
    this.#take = take;
    this.defragmenter = new Defragmenter(limits);
  }

  push(packet: Packet): void {
    const { linkType, bytes, start, end } = packet;
    this.counts.packets += 1;
    const at = findIp(linkType, bytes, start, end);
    if (at === -1) {
      this.#countOther(linkType);
      return;
    }
    const uncaptured = Math.max(0, packet.originalLength - (end - start));
    const ip = this.#ip;
    if (!ip.decode(bytes, at, end, uncaptured)) this.counts.malformed += 1;
    else if (ip.protocol === TCP && ip.isFragment) this.#fragment(packet);
    else if (ip.protocol === TCP) this.#decode(packet, bytes, ip.start, ip.end, ip.missing);
  }

  #fragment(packet: Packet): void {
    this.counts.fragments += 1;
    const whole = this.defragmenter.push(this.#ip, packet.seconds);
    if (whole) this.#decode(packet, whole.bytes, 0, whole.bytes.length, whole.missing);
  }

  #decode(packet: Packet, bytes: Uint8Array, start: number, end: number, missing: number): void {
    const segment = this.#segment;
    if (!segment.decode(this.#ip, bytes, start, end, missing)) {
      this.counts.malformed += 1;
      return;
    }
    this.counts.segments += 1;
    segment.seconds = packet.seconds;
    segment.nanoseconds = packet.nanoseconds;
    segment.packetNumber = packet.number;
    this.#take(segment);
  }

  #countOther(linkType: number): void {
    if (isKnownLinkType(linkType)) return;
    const { unknownLinkTypes } = this.counts;
    unknownLinkTypes.set(linkType, (unknownLinkTypes.get(linkType) ?? 0) + 1);
  }
}
