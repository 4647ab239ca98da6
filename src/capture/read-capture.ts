import type { Event, TlsFacts } from "../transport/events.ts";
import { CapturedConnection, type Capturing } from "./captured-connection.ts";
import type { Connection, ConnectionSink } from "./packets/connection.ts";
import { gunzipped } from "./packets/gunzip.ts";
import type { CaptureNote } from "./packets/packet.ts";
import type { PacketCounts } from "./packets/packet-decoder.ts";
import { TcpCapture, type TcpCaptureSink } from "./packets/tcp-capture.ts";
import type { ConnectionCounts } from "./streams/connection-counts.ts";
import { type CaptureWatcher, createDecoding, type Decoding } from "./streams/decoding.ts";
import { Layer, type LayerSetup } from "./streams/layer.ts";
import type { StageHost } from "./streams/stage.ts";
import { TlsStage } from "./streams/tls-stage.ts";
import { KeyLog } from "./tls/key-log.ts";
import { TlsStream, waitingBudget } from "./tls/tls-stream.ts";

/** How a capture is read. */
export interface CaptureOptions {
  /** Name of the file, for messages. */
  readonly name?: string | undefined;
  /** Ports on which connections without a handshake in the capture are WebSocket. */
  readonly assumeWebSocket?: readonly number[];
  /** permessage-deflate was agreed on where the handshake is not in the capture. */
  readonly deflate?: boolean;
  /** A TLS key log in NSS format, as text. */
  readonly keylog?: string | Uint8Array;
  /** `readCaptureEvents` judges each conversation by all rules: what it finds comes as `finding` events. */
  readonly lint?: boolean;
  /** Learns of everything while it is decoded, where there is no lint. */
  readonly watcher?: CaptureWatcher;
}

/** What became of the packets and the connections of a capture, also of those not decoded. */
export interface CaptureReport {
  readonly connections: ConnectionCounts;
  readonly packets: PacketCounts;
  /** IP packets whose fragments are not all there. */
  readonly incompletePackets: number;
  /** Where the file was cut. */
  readonly notes: readonly CaptureNote[];
}

/**
 * A capture file as it comes → events, in the order in which what they tell was complete. All
 * memory is bounded, whatever the file holds.
 */
export class CaptureDecoder {
  readonly #capture: TcpCapture;
  readonly #notes: CaptureNote[] = [];
  readonly #keys = new KeyLog();
  readonly #tlsBudget = waitingBudget();
  /** Those that secrets may still come for. */
  readonly #secured = new Set<TlsStage>();
  readonly #decoding: Decoding;
  /** What all connections are given. */
  readonly #capturing: Capturing = {
    name: () => String(++this.#named),
    decrypt: (host, setup) => this.#tlsStage(host, setup),
  };
  #events: Event[] = [];
  #named = 0;

  constructor(options: CaptureOptions = {}) {
    const { keylog, ...rest } = options;
    if (keylog !== undefined) this.#keys.add(keylog);
    this.#decoding = createDecoding({ ...rest, take: this.#add });
    this.#capture = new TcpCapture(this.#sink(), options.name);
  }

  readonly #add = (event: Event): void => void this.#events.push(event);

  /** Judges what comes from now on, by rules that are loaded only for that. */
  async lint(): Promise<void> {
    const { CaptureLint } = await import("./capture-lint.ts");
    this.#decoding.watcher = new CaptureLint(this.#add);
  }

  get report(): CaptureReport {
    return {
      connections: this.#decoding.counts,
      packets: this.#capture.counts,
      incompletePackets: this.#capture.incompletePackets,
      notes: this.#notes,
    };
  }

  /**
   * Takes the next piece of the file, no longer gzip'ed; its bytes may be reused afterwards.
   * @throws FramecatError (usage) where the file is no capture, or damaged: then call close()
   */
  push(piece: Uint8Array): void {
    this.#capture.push(piece);
  }

  /** The file has ended. @throws FramecatError (usage) where it is empty, or no capture */
  end(): void {
    this.#capture.end();
  }

  /** Ends all connections, also where the file could not be read to its end. */
  close(): void {
    this.#capture.close();
  }

  note(note: CaptureNote): void {
    this.#notes.push(note);
  }

  /** The events since the last call. */
  take(): Event[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  #sink(): TcpCaptureSink {
    return {
      open: (connection) => this.#open(connection),
      secrets: (keyLog) => this.#addSecrets(keyLog),
      note: (note) => this.note(note),
    };
  }

  #addSecrets(keyLog: string): void {
    this.#keys.add(keyLog);
    for (const stage of this.#secured) stage.secretsAdded();
  }

  #open(connection: Connection): ConnectionSink {
    this.#decoding.counts.connections += 1;
    return new CapturedConnection(this.#decoding, connection, this.#capturing);
  }

  #tlsStage(host: StageHost, setup: LayerSetup): TlsStage {
    const stage = new TlsStage(this.#decoding, host, {
      decryptor: new TlsStream(this.#keys, this.#tlsBudget),
      openInside: (tls, reversed) => new Layer(this.#decoding, inside(setup, tls, reversed)),
      finished: () => void this.#secured.delete(stage),
    });
    this.#secured.add(stage);
    return stage;
  }
}

/** The layer above TLS. */
function inside(below: LayerSetup, tls: TlsFacts, reversed: boolean): LayerSetup {
  const [a, b] = below.ports;
  return {
    tls,
    fromStart: true,
    name: () => below.name(),
    ports: reversed ? [b, a] : [a, b],
    endpoint: (index) => below.endpoint(reversed ? (index === 0 ? 1 : 0) : index),
  };
}

/** Events of a capture that is being read, and what became of the rest of it. */
export interface CaptureReading extends AsyncIterable<Event> {
  /** The same, in runs as they come: takes less time where there are many. */
  batches(): AsyncIterable<readonly Event[]>;
  /** So far; complete once all events were taken. */
  readonly report: CaptureReport;
}

/**
 * Reads a capture, pcap or pcapng, gzip'ed or not. What lies before a damage is told before it is
 * thrown.
 * @throws FramecatError (usage) while it is iterated: the file is empty, no capture, or damaged
 */
export function readCaptureEvents(
  chunks: AsyncIterable<Uint8Array>,
  options: CaptureOptions = {},
): CaptureReading {
  const decoder = new CaptureDecoder(options);
  const batches = () => decodeAll(decoder, chunks, options);
  return {
    batches,
    get report() {
      return decoder.report;
    },
    async *[Symbol.asyncIterator]() {
      for await (const batch of batches()) yield* batch;
    },
  };
}

/** The events of so many bytes are still in the processor's cache when they are taken. */
const SLICE = 16 * 1024;

async function* sliced(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += SLICE) yield piece.subarray(at, at + SLICE);
  }
}

async function* decodeAll(
  decoder: CaptureDecoder,
  chunks: AsyncIterable<Uint8Array>,
  { name, lint = false }: CaptureOptions,
): AsyncGenerator<readonly Event[]> {
  if (lint) await decoder.lint();
  try {
    for await (const slice of sliced(gunzipped(chunks, (note) => decoder.note(note), name))) {
      decoder.push(slice);
      const events = decoder.take();
      if (events.length > 0) yield events;
    }
    decoder.end();
  } catch (thrown) {
    decoder.close();
    yield decoder.take();
    throw thrown;
  }
  yield decoder.take();
}
