import { uint16, uint32 } from "./octets.ts";

/**
 * The header of an IP packet, version 4 (RFC 791) or 6 (RFC 8200), with what TCP needs of it.
 *
 * 1. The length that the header tells ends the payload, not the frame: Ethernet pads short ones.
 * 2. Where less was captured than that, `missing` tells how much.
 * 3. A length of 0 comes from a machine whose network card would have cut the packet (segmentation
 *    offload): the packet reaches to the end of the frame.
 * 4. One object for all packets: decode() fills it anew.
 */
const IPV6_HEADER = 40;
const FRAGMENT_HEADER = 44;
const AUTHENTICATION_HEADER = 51;
/** Hop-by-hop, routing, destination options, mobility, HIP, shim6. */
const EXTENSION_HEADERS = [0, 43, 60, 135, 139, 140];
const HOP_BY_HOP = 0;
const JUMBO_PAYLOAD = 0xc2;

export class IpHeader {
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the addresses are in `bytes`, and how long each is. */
  source = 0;
  destination = 0;
  addressLength = 4;
  protocol = 0;
  /** The captured payload is `bytes[start, end)`. */
  start = 0;
  end = 0;
  /** Bytes of the payload that were not captured. */
  missing = 0;
  isFragment = false;
  moreFragments = false;
  fragmentOffset = 0;
  identification = 0;

  /**
   * @param uncaptured bytes that the packet had on the wire behind `end`
   * @returns whether it is an IP packet with its header captured
   */
  decode(bytes: Uint8Array, start: number, end: number, uncaptured: number): boolean {
    this.bytes = bytes;
    this.isFragment = false;
    const version = start < end ? (bytes[start] ?? 0) >> 4 : 0;
    if (version === 4) return this.#decode4(bytes, start, end, uncaptured);
    return version === 6 && this.#decode6(bytes, start, end, uncaptured);
  }

  #decode4(bytes: Uint8Array, start: number, end: number, uncaptured: number): boolean {
    const headerLength = ((bytes[start] ?? 0) & 0x0f) * 4;
    if (headerLength < 20 || start + headerLength > end) return false;
    const total = uint16(bytes, start + 2);
    if (total !== 0 && total < headerLength) return false;
    this.#limit(end, total === 0 ? end + uncaptured : start + total);
    this.start = start + headerLength;
    this.protocol = bytes[start + 9] ?? 0;
    this.source = start + 12;
    this.destination = start + 16;
    this.addressLength = 4;
    const fragment = uint16(bytes, start + 6);
    if ((fragment & 0x3fff) !== 0) {
      this.#fragment((fragment & 0x1fff) * 8, (fragment & 0x2000) !== 0, uint16(bytes, start + 4));
    }
    return true;
  }

  #decode6(bytes: Uint8Array, start: number, end: number, uncaptured: number): boolean {
    if (start + IPV6_HEADER > end) return false;
    const length = uint16(bytes, start + 4);
    this.#limit(end, length === 0 ? end + uncaptured : start + IPV6_HEADER + length);
    this.source = start + 8;
    this.destination = start + 24;
    this.addressLength = 16;
    return this.#extensions(bytes[start + 6] ?? 0, start + IPV6_HEADER);
  }

  /** Goes through the extension headers to the payload; false where they are not captured. */
  #extensions(first: number, start: number): boolean {
    const { bytes } = this;
    let type = first;
    let at = start;
    let length = this.#extensionLength(type, at);
    while (length > 0) {
      if (type === HOP_BY_HOP) this.#jumbo(at, start);
      if (type === FRAGMENT_HEADER) this.#fragment6(at);
      type = bytes[at] ?? 0;
      at += length;
      // Behind the header of a fragment is a part of something, and no header.
      length = this.isFragment ? 0 : this.#extensionLength(type, at);
    }
    this.protocol = type;
    this.start = at;
    return at <= this.end && !this.#isCut(type, at);
  }

  /** Whether a header is not captured that tells of the next one. */
  #isCut(type: number, at: number): boolean {
    const others = [FRAGMENT_HEADER, AUTHENTICATION_HEADER, ...EXTENSION_HEADERS];
    return others.includes(type) && !this.isFragment && at + 8 > this.end;
  }

  /** Length of the extension header at `at`; 0 where it is none, or cut. */
  #extensionLength(type: number, at: number): number {
    if (at + 8 > this.end) return 0;
    const field = this.bytes[at + 1] ?? 0;
    if (type === FRAGMENT_HEADER) return 8;
    if (type === AUTHENTICATION_HEADER) return (field + 2) * 4;
    return EXTENSION_HEADERS.includes(type) ? (field + 1) * 8 : 0;
  }

  /** A jumbogram (RFC 2675) has its length in an option, aligned to the first place. */
  #jumbo(at: number, start: number): void {
    const { bytes, end } = this;
    if (bytes[at + 2] !== JUMBO_PAYLOAD) return;
    const declared = start + uint32(bytes, at + 4);
    this.#limit(end, Math.min(declared, end + this.missing));
  }

  #limit(captured: number, declared: number): void {
    this.end = Math.min(captured, declared);
    this.missing = declared - this.end;
  }

  #fragment6(at: number): void {
    const field = uint16(this.bytes, at + 2);
    this.#fragment(field & 0xfff8, (field & 1) !== 0, uint32(this.bytes, at + 4));
  }

  #fragment(offset: number, more: boolean, identification: number): void {
    // An atomic fragment (RFC 6946) is whole.
    this.isFragment = more || offset !== 0;
    this.fragmentOffset = offset;
    this.moreFragments = more;
    this.identification = identification;
  }
}
