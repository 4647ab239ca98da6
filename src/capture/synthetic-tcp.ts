import { Buffer } from "node:buffer";
import type { Direction } from "../transport/events.ts";
import type { Endpoint } from "./packets/endpoint.ts";
import { ACK, FIN, SYN } from "./packets/tcp-segment.ts";

const PSH = 0x08;
const ETHERNET_LENGTH = 14;
const IP_LENGTH = 20;
const TCP_LENGTH = 20;
const HEAD_LENGTH = ETHERNET_LENGTH + IP_LENGTH + TCP_LENGTH;
/** An IPv4 packet has at most 65,535 bytes. */
const MAX_SEGMENT = 65_000;
/** Locally administered addresses, one for each side. */
const MAC: Readonly<Record<Direction, readonly number[]>> = {
  out: [2, 0, 0, 0, 0, 1],
  in: [2, 0, 0, 0, 0, 2],
};
/** Where each side begins to count. */
const START: Readonly<Record<Direction, number>> = { out: 1000, in: 5000 };

/**
 * A TCP connection that never was: bytes in → Ethernet packets with right sequence numbers and
 * checksums. Nothing is acknowledged by itself; each segment acknowledges all that came before it.
 */
export class SyntheticTcp {
  readonly #ends: Readonly<Record<Direction, Endpoint>>;
  readonly #next: Record<Direction, number> = { ...START };
  #identification = 0;

  /** @param ends both with IPv4 addresses: who sends `out`, and who sends `in` */
  constructor(ends: Readonly<Record<Direction, Endpoint>>) {
    this.#ends = ends;
  }

  /** The three packets that open it. */
  open(): Uint8Array[] {
    return [
      this.#segment("out", SYN, EMPTY),
      this.#segment("in", SYN | ACK, EMPTY),
      this.#segment("out", ACK, EMPTY),
    ];
  }

  send(dir: Direction, bytes: Uint8Array): Uint8Array[] {
    const packets: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += MAX_SEGMENT) {
      packets.push(this.#segment(dir, PSH | ACK, bytes.subarray(at, at + MAX_SEGMENT)));
    }
    return packets;
  }

  /** So many bytes were sent, of which nobody knows what they are. */
  skip(dir: Direction, length: number): void {
    this.#next[dir] = (this.#next[dir] + length) % 2 ** 32;
  }

  /** Both sides finish, `first` before the other. */
  close(first: Direction): Uint8Array[] {
    return [
      this.#segment(first, FIN | ACK, EMPTY),
      this.#segment(other(first), FIN | ACK, EMPTY),
      this.#segment(first, ACK, EMPTY),
    ];
  }

  #segment(dir: Direction, flags: number, payload: Uint8Array): Uint8Array {
    const packet = Buffer.alloc(HEAD_LENGTH + payload.length);
    packet.set(payload, HEAD_LENGTH);
    this.#writeIp(packet, dir);
    this.#writeTcp(packet, dir, flags);
    // SYN and FIN count as a byte each.
    this.skip(dir, payload.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1));
    return packet;
  }

  #writeIp(packet: Buffer, dir: Direction): void {
    packet.set([...MAC[other(dir)], ...MAC[dir], 0x08, 0x00]);
    const ip = packet.subarray(ETHERNET_LENGTH);
    this.#identification = (this.#identification + 1) & 0xffff;
    ip.writeUInt16BE(0x4500, 0);
    ip.writeUInt16BE(ip.length, 2);
    ip.writeUInt16BE(this.#identification, 4);
    // Not to be fragmented; 64 hops; TCP.
    ip.writeUInt16BE(0x4000, 6);
    ip.writeUInt16BE(0x4006, 8);
    ip.set(this.#ends[dir].address, 12);
    ip.set(this.#ends[other(dir)].address, 16);
    ip.writeUInt16BE(finish(sumWords(ip.subarray(0, IP_LENGTH))), 10);
  }

  #writeTcp(packet: Buffer, dir: Direction, flags: number): void {
    const ip = packet.subarray(ETHERNET_LENGTH);
    const tcp = ip.subarray(IP_LENGTH);
    tcp.writeUInt16BE(this.#ends[dir].port, 0);
    tcp.writeUInt16BE(this.#ends[other(dir)].port, 2);
    tcp.writeUInt32BE(this.#next[dir], 4);
    tcp.writeUInt32BE((flags & ACK) === 0 ? 0 : this.#next[other(dir)], 8);
    tcp.writeUInt8((TCP_LENGTH / 4) << 4, 12);
    tcp.writeUInt8(flags, 13);
    tcp.writeUInt16BE(0xffff, 14);
    // The checksum covers both addresses, the protocol and the length too (RFC 9293, section 3.1).
    const pseudo = sumWords(ip.subarray(12, IP_LENGTH)) + 6 + tcp.length;
    tcp.writeUInt16BE(finish(pseudo + sumWords(tcp)), 16);
  }
}

const EMPTY = new Uint8Array(0);

function other(dir: Direction): Direction {
  return dir === "out" ? "in" : "out";
}

/** The sum of all 16-bit words; a last octet counts as the high half of one (RFC 1071). */
function sumWords(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  return bytes.length % 2 === 0 ? sum : sum + (bytes.at(-1) ?? 0) * 256;
}

/** The sum in ones' complement, inverted. */
function finish(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}
