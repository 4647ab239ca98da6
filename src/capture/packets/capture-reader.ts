import { usageError } from "../../errors.ts";
import type { CaptureSink } from "./packet.ts";
import { PcapReader, pcapVariant } from "./pcap.ts";
import { isPcapng, PcapngReader } from "./pcapng.ts";

/** The capture format that begins with these bytes; the first four decide. */
export function captureFormat(head: Uint8Array): "pcap" | "pcapng" | undefined {
  if (head.length < MAGIC_LENGTH) return undefined;
  if (pcapVariant(head)) return "pcap";
  return isPcapng(head) ? "pcapng" : undefined;
}

const MAGIC_LENGTH = 4;

/** Reads a capture file of either format, as it comes, in constant memory. */
export class CaptureReader {
  readonly #sink: CaptureSink;
  readonly #name: string;
  #head = new Uint8Array(0);
  #reader: PcapReader | PcapngReader | undefined;

  /** @param name of the file, for messages */
  constructor(sink: CaptureSink, name = "the capture") {
    this.#sink = sink;
    this.#name = name;
  }

  /**
   * Takes the next piece, of any size; its bytes may be reused afterwards.
   * @throws FramecatError (usage) where the file is no capture, or damaged: after that, no more
   */
  push(piece: Uint8Array): void {
    if (this.#reader) this.#reader.push(plain(piece));
    else this.#begin(piece);
  }

  /** The file has ended. @throws FramecatError (usage) where it is empty or no capture */
  end(): void {
    if (this.#reader) this.#reader.end();
    else if (this.#head.length === 0) throw usageError(`${this.#name} is empty`);
    else throw notCapture(this.#name);
  }

  #begin(piece: Uint8Array): void {
    const head = new Uint8Array(this.#head.length + piece.length);
    head.set(this.#head);
    head.set(piece, this.#head.length);
    this.#head = head;
    if (head.length < MAGIC_LENGTH) return;
    const format = captureFormat(head);
    if (!format) throw notCapture(this.#name);
    const Reader = format === "pcap" ? PcapReader : PcapngReader;
    this.#reader = new Reader(this.#sink, this.#name);
    this.#head = new Uint8Array(0);
    this.#reader.push(head);
  }
}

/** The same bytes as no Buffer, of which each view takes several times as long to make. */
function plain({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function notCapture(name: string): Error {
  return usageError(
    `${name} is neither pcap nor pcapng`,
    "tcpdump -w FILE writes the one, Wireshark saves the other.",
  );
}
