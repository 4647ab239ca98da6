import { CaptureReader } from "./capture-reader.ts";
import { gunzipped } from "./gunzip.ts";
import type { CaptureNote } from "./packet.ts";
import { type PacketCounts, PacketDecoder } from "./packet-decoder.ts";
import { TcpConnections, type TcpLimits, type TcpSink } from "./tcp-connections.ts";

/** Takes what a capture tells, in its order. */
export interface TcpCaptureSink extends TcpSink {
  /** A TLS key log in NSS format. */
  secrets(keyLog: string): void;
  note(note: CaptureNote): void;
}

/** The layers of this folder on top of each other: a capture file as it comes → TCP streams. */
export class TcpCapture {
  readonly #reader: CaptureReader;
  readonly #decoder: PacketDecoder;
  readonly #connections: TcpConnections;

  /** @param name of the file, for messages */
  constructor(sink: TcpCaptureSink, name?: string, limits?: Partial<TcpLimits>) {
    const connections = new TcpConnections(sink, limits);
    const decoder = new PacketDecoder((segment) => connections.push(segment));
    this.#connections = connections;
    this.#decoder = decoder;
    this.#reader = new CaptureReader(
      {
        packet: (packet) => decoder.push(packet),
        secrets: (keyLog) => sink.secrets(keyLog),
        note: (note) => sink.note(note),
      },
      name,
    );
  }

  get counts(): PacketCounts {
    return { ...this.#decoder.counts, late: this.#connections.late };
  }

  /** IP packets whose fragments are not all there. */
  get incompletePackets(): number {
    const { dropped, waiting } = this.#decoder.defragmenter;
    return dropped + waiting;
  }

  /**
   * Takes the next piece, of any size; its bytes may be reused afterwards.
   * @throws FramecatError (usage) where the file is no capture, or damaged: then call close()
   */
  push(piece: Uint8Array): void {
    this.#reader.push(piece);
  }

  /** The file has ended. @throws FramecatError (usage) where it is empty, or no capture */
  end(): void {
    this.#reader.end();
    this.close();
  }

  /** Ends all connections, also where the file could not be read to its end. */
  close(): void {
    this.#connections.end();
  }
}

/**
 * Reads a whole capture, gzip'ed or not. What lies before a damage is told before it is thrown.
 * @throws FramecatError (usage) where the file is empty, no capture, or damaged
 */
export async function readTcpCapture(
  chunks: AsyncIterable<Uint8Array>,
  sink: TcpCaptureSink,
  name?: string,
): Promise<TcpCapture> {
  const capture = new TcpCapture(sink, name);
  try {
    const pieces = gunzipped(chunks, (note) => sink.note(note), name);
    for await (const piece of pieces) capture.push(piece);
    capture.end();
  } finally {
    capture.close();
  }
  return capture;
}
