import { Buffer } from "node:buffer";
import { BIG_ENDIAN, type ByteOrder, LITTLE_ENDIAN, uint32 } from "./octets.ts";
import { type CaptureSink, damaged, MAX_CAPTURED_LENGTH, Packet } from "./packet.ts";
import { type CaptureInterface, readInterface } from "./pcapng-interface.ts";
import { RecordCutter } from "./record-cutter.ts";

/**
 * Reads pcapng (draft-ietf-opsawg-pcapng), as it comes.
 *
 * 1. The file is blocks, each with its length in front and behind. Both must agree: that is the one
 *    check that tells damage from data.
 * 2. A Section Header Block begins anew: byte order and interfaces are those of the section.
 * 3. Packets are in three kinds of blocks. TLS secrets are told as they come, which is before the
 *    packets that need them. All other blocks are passed over.
 */
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 10;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const TLS_KEY_LOG = 0x544c534b;
/** Type and length in front, length behind. */
const BLOCK_OVERHEAD = 12;
/** Room for options behind the longest packet. */
const MAX_BLOCK_LENGTH = MAX_CAPTURED_LENGTH + 128 * 1024;
const MAX_INTERFACES = 65_536;

/** Bytes that the fixed fields of a block take. */
const FIXED_LENGTH: Readonly<Record<number, number>> = {
  [SECTION_HEADER]: 16,
  [INTERFACE_DESCRIPTION]: 8,
  [OBSOLETE_PACKET]: 20,
  [SIMPLE_PACKET]: 4,
  [ENHANCED_PACKET]: 20,
  [DECRYPTION_SECRETS]: 8,
};

/** Whether a pcapng file begins with these four bytes. */
export function isPcapng(bytes: Uint8Array): boolean {
  return uint32(bytes, 0) === SECTION_HEADER;
}

export class PcapngReader {
  readonly #sink: CaptureSink;
  readonly #name: string;
  readonly #packet = new Packet();
  readonly #cutter = new RecordCutter({
    measure: (bytes, at, available) => this.#measure(bytes, at, available),
    take: (bytes, at, length, fileOffset) => this.#take(bytes, at, length, fileOffset),
  });
  #order: ByteOrder | undefined;
  #interfaces: CaptureInterface[] = [];

  /** @param name of the file, for messages */
  constructor(sink: CaptureSink, name = "the capture") {
    this.#sink = sink;
    this.#name = name;
  }

  /** Takes the next piece. @throws FramecatError (usage) telling the offset where it is damaged */
  push(piece: Uint8Array): void {
    this.#cutter.push(piece);
  }

  /** The file has ended. */
  end(): void {
    const cut = this.#cutter.end();
    if (cut) this.#sink.note({ type: "truncated", ...cut });
  }

  #measure(bytes: Uint8Array, at: number, available: number): number {
    if (available < BLOCK_OVERHEAD) return BLOCK_OVERHEAD;
    const order = this.#orderOf(bytes, at);
    const length = order.uint32(bytes, at + 4);
    if (length < BLOCK_OVERHEAD || length % 4 !== 0 || length > MAX_BLOCK_LENGTH) {
      throw this.#damaged(`a block has the impossible length ${length}`);
    }
    return length;
  }

  /** The type of a Section Header Block reads the same in either byte order. */
  #orderOf(bytes: Uint8Array, at: number): ByteOrder {
    if (uint32(bytes, at) === SECTION_HEADER) {
      if (BIG_ENDIAN.uint32(bytes, at + 8) === BYTE_ORDER_MAGIC) return BIG_ENDIAN;
      if (LITTLE_ENDIAN.uint32(bytes, at + 8) === BYTE_ORDER_MAGIC) return LITTLE_ENDIAN;
      throw this.#damaged("a section header has no byte-order magic");
    }
    if (this.#order) return this.#order;
    throw this.#damaged("it does not begin as a pcapng file");
  }

  #take(bytes: Uint8Array, at: number, length: number, fileOffset: number): void {
    const order = this.#orderOf(bytes, at);
    const type = order.uint32(bytes, at);
    const start = at + 8;
    const end = at + length - 4;
    const behind = order.uint32(bytes, end);
    if (behind !== length) {
      throw this.#damaged(`a block has the length ${length} in front and ${behind} behind`);
    }
    if (end - start < (FIXED_LENGTH[type] ?? 0)) {
      throw this.#damaged(`a block of type ${type} is too short with ${length} bytes`);
    }
    this.#packet.fileOffset = fileOffset;
    this.#block(type, order, bytes, start, end);
  }

  #block(type: number, order: ByteOrder, bytes: Uint8Array, start: number, end: number): void {
    switch (type) {
      case ENHANCED_PACKET:
        this.#timedPacket(order, bytes, start, end, order.uint32(bytes, start));
        break;
      case OBSOLETE_PACKET:
        this.#timedPacket(order, bytes, start, end, order.uint16(bytes, start));
        break;
      case SIMPLE_PACKET:
        this.#simplePacket(order, bytes, start, end);
        break;
      case SECTION_HEADER:
        this.#order = order;
        this.#interfaces = [];
        break;
      case INTERFACE_DESCRIPTION:
        this.#describe(readInterface(order, bytes, start, end));
        break;
      case DECRYPTION_SECRETS:
        this.#secrets(order, bytes, start, end);
        break;
    }
  }

  #describe(described: CaptureInterface): void {
    if (this.#interfaces.length === MAX_INTERFACES) {
      throw this.#damaged(`it describes more than ${MAX_INTERFACES} interfaces`);
    }
    this.#interfaces.push(described);
  }

  /** Both kinds of packets with a time have their fields in the same places. */
  #timedPacket(
    order: ByteOrder,
    bytes: Uint8Array,
    start: number,
    end: number,
    number: number,
  ): void {
    const from = this.#interface(number);
    const high = order.uint32(bytes, start + 4);
    from.times.set(this.#packet, high, order.uint32(bytes, start + 8));
    const captured = order.uint32(bytes, start + 12);
    const room = end - start - 20;
    if (captured > room) {
      throw this.#damaged(`a packet claims ${captured} bytes in a block with room for ${room}`);
    }
    this.#tell(bytes, start + 20, captured, order.uint32(bytes, start + 16));
  }

  /** It belongs to the first interface, has no time, and its length is what all others leave. */
  #simplePacket(order: ByteOrder, bytes: Uint8Array, start: number, end: number): void {
    const { snapLength } = this.#interface(0);
    const original = order.uint32(bytes, start);
    const captured = Math.min(original, snapLength === 0 ? original : snapLength, end - start - 4);
    this.#packet.seconds = 0;
    this.#packet.nanoseconds = 0;
    this.#tell(bytes, start + 4, captured, original);
  }

  #interface(number: number): CaptureInterface {
    const found = this.#interfaces[number];
    if (!found) throw this.#damaged(`a packet names interface ${number}, which is not described`);
    this.#packet.interface = number;
    this.#packet.linkType = found.linkType;
    return found;
  }

  #tell(bytes: Uint8Array, start: number, captured: number, original: number): void {
    const packet = this.#packet;
    packet.number += 1;
    packet.originalLength = original;
    packet.bytes = bytes;
    packet.start = start;
    packet.end = start + captured;
    this.#sink.packet(packet);
  }

  #secrets(order: ByteOrder, bytes: Uint8Array, start: number, end: number): void {
    if (order.uint32(bytes, start) !== TLS_KEY_LOG) return;
    const length = order.uint32(bytes, start + 4);
    const at = start + 8;
    if (length > end - at) {
      throw this.#damaged(`secrets claim ${length} bytes in a block with room for ${end - at}`);
    }
    this.#sink.secrets(Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString("utf8"));
  }

  #damaged(what: string): Error {
    return damaged(this.#name, this.#cutter.fileOffset, what);
  }
}
