import { BIG_ENDIAN, type ByteOrder, LITTLE_ENDIAN, uint32 } from "./octets.ts";
import { type CaptureSink, damaged, MAX_CAPTURED_LENGTH, Packet } from "./packet.ts";
import { RecordCutter } from "./record-cutter.ts";

/**
 * Reads the classic capture file (draft-ietf-opsawg-pcap), as it comes.
 *
 * 1. The first four bytes tell the byte order, whether times count µs or ns, and whether each record
 *    has the longer header of the "modified" format.
 * 2. Programs are sloppy about the snap length, so that packets may be longer than it says; lengths
 *    beyond 256 KiB and the snap length are damage, because no place is left to go on from.
 */
interface Variant {
  readonly order: ByteOrder;
  readonly nsPerUnit: number;
  readonly recordHeader: number;
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const MODIFIED_RECORD_HEADER = 24;
/** The largest snap length of tcpdump and Wireshark. */
const USUAL_CAPTURED_LENGTH = 256 * 1024;
/** The upper bits of the field tell of a frame check sequence. */
const LINK_TYPE_MASK = 0xffff;

const MAGIC: readonly (readonly [magic: number, nsPerUnit: number, recordHeader: number])[] = [
  [0xa1b2c3d4, 1000, RECORD_HEADER],
  [0xa1b23c4d, 1, RECORD_HEADER],
  [0xa1b2cd34, 1000, MODIFIED_RECORD_HEADER],
];

/** Which kind of pcap file begins with these four bytes; undefined where none does. */
export function pcapVariant(bytes: Uint8Array, at = 0): Variant | undefined {
  for (const [magic, nsPerUnit, recordHeader] of MAGIC) {
    if (uint32(bytes, at) === magic) return { order: BIG_ENDIAN, nsPerUnit, recordHeader };
    if (LITTLE_ENDIAN.uint32(bytes, at) === magic) {
      return { order: LITTLE_ENDIAN, nsPerUnit, recordHeader };
    }
  }
  return undefined;
}

export class PcapReader {
  readonly #sink: CaptureSink;
  readonly #name: string;
  readonly #packet = new Packet();
  readonly #cutter = new RecordCutter({
    measure: (bytes, at, available) => this.#measure(bytes, at, available),
    take: (bytes, at, length, fileOffset) => this.#take(bytes, at, length, fileOffset),
  });
  #variant: Variant | undefined;
  #maxLength = USUAL_CAPTURED_LENGTH;

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
    const variant = this.#variant;
    if (!variant) return FILE_HEADER;
    if (available < variant.recordHeader) return variant.recordHeader;
    const length = variant.order.uint32(bytes, at + 8);
    if (length > this.#maxLength) {
      const what = `a packet claims ${length} bytes, more than ${this.#maxLength}`;
      throw damaged(this.#name, this.#cutter.fileOffset, what);
    }
    return variant.recordHeader + length;
  }

  #take(bytes: Uint8Array, at: number, length: number, fileOffset: number): void {
    const variant = this.#variant;
    if (!variant) {
      this.#begin(bytes, at);
      return;
    }
    const { order } = variant;
    const packet = this.#packet;
    packet.number += 1;
    packet.seconds = order.uint32(bytes, at);
    setFraction(packet, order.uint32(bytes, at + 4) * variant.nsPerUnit);
    packet.originalLength = order.uint32(bytes, at + 12);
    packet.fileOffset = fileOffset;
    packet.bytes = bytes;
    packet.start = at + variant.recordHeader;
    packet.end = at + length;
    this.#sink.packet(packet);
  }

  #begin(bytes: Uint8Array, at: number): void {
    const variant = pcapVariant(bytes, at);
    if (!variant) throw damaged(this.#name, 0, "it does not begin as a pcap file");
    const snapLength = variant.order.uint32(bytes, at + 16);
    this.#maxLength = Math.min(Math.max(snapLength, USUAL_CAPTURED_LENGTH), MAX_CAPTURED_LENGTH);
    this.#packet.linkType = variant.order.uint32(bytes, at + 20) & LINK_TYPE_MASK;
    this.#variant = variant;
  }
}

/** A fraction of a whole second or more is damage that harms nobody: it is carried over. */
function setFraction(packet: Packet, nanoseconds: number): void {
  const carried = nanoseconds < 1e9 ? 0 : Math.floor(nanoseconds / 1e9);
  packet.seconds += carried;
  packet.nanoseconds = nanoseconds - carried * 1e9;
}
