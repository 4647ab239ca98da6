import { type IpHeader } from "./ip.ts";
import { uint16, uint32 } from "./octets.ts";
import { toNanoseconds } from "./packet.ts";

export const TCP = 6;
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

const MIN_HEADER = 20;
const NONE = new Uint8Array(0);

/**
 * A TCP segment (RFC 9293, section 3.1). The checksum is not verified: on the machine that sends,
 * the network card computes it after the packet was captured.
 *
 * One object for all segments: decode() fills it anew, and its bytes are those of the capture.
 */
export class TcpSegment {
  /** Time of the packet since 1970. */
  seconds = 0;
  nanoseconds = 0;
  /** Number of the packet in the file, from 1; the last one where IP had fragmented it. */
  packetNumber = 0;

  /** Holds both IP addresses, each `addressLength` long. */
  addressBytes: Uint8Array = NONE;
  sourceAddress = 0;
  destinationAddress = 0;
  addressLength = 4;
  sourcePort = 0;
  destinationPort = 0;

  seq = 0;
  ack = 0;
  flags = 0;
  /** The captured payload is `bytes[start, end)`. */
  bytes: Uint8Array = NONE;
  start = 0;
  end = 0;
  /** Bytes of the payload behind `end` that were sent but not captured. */
  missing = 0;

  get tsNs(): bigint {
    return toNanoseconds(this.seconds, this.nanoseconds);
  }

  /** All but the addresses, with a payload of its own: stays as it is when the next one is decoded. */
  copy(): TcpSegment {
    const { start, end } = this;
    // Not slice(), which is a view where the bytes are a Buffer.
    const bytes = new Uint8Array(this.bytes.subarray(start, end));
    const none = { addressBytes: NONE, sourceAddress: 0, destinationAddress: 0 };
    return Object.assign(new TcpSegment(), this, none, { bytes, start: 0, end: end - start });
  }

  /**
   * Decodes the payload of an IP packet, `missing` bytes of which were not captured.
   * @param ip the header with the addresses
   * @returns whether it is a segment with its fixed header captured
   */
  decode(ip: IpHeader, bytes: Uint8Array, start: number, end: number, missing: number): boolean {
    if (end - start < MIN_HEADER) return false;
    const headerLength = ((bytes[start + 12] ?? 0) >> 4) * 4;
    const length = end - start + missing;
    if (headerLength < MIN_HEADER || headerLength > length) return false;
    this.addressBytes = ip.bytes;
    this.sourceAddress = ip.source;
    this.destinationAddress = ip.destination;
    this.addressLength = ip.addressLength;
    this.sourcePort = uint16(bytes, start);
    this.destinationPort = uint16(bytes, start + 2);
    this.seq = uint32(bytes, start + 4);
    this.ack = uint32(bytes, start + 8);
    this.flags = bytes[start + 13] ?? 0;
    this.bytes = bytes;
    // Where options are cut, the whole payload is.
    this.start = Math.min(start + headerLength, end);
    this.end = end;
    this.missing = length - headerLength - (this.end - this.start);
    return true;
  }
}
