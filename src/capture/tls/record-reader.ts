import { Gather } from "../../protocol/gather.ts";
import {
  bodyLength,
  isLateRecordHeader,
  isRecordHeader,
  RECORD_HEADER_LENGTH,
  type TlsRecord,
} from "./record.ts";

/** What is searched at a time, so that a border in every other byte costs no more than the copying. */
const SLICE_LENGTH = 65_536;

/** Takes what one direction consists of. */
export interface RecordSink {
  record(record: TlsRecord): void;
  /**
   * `length` bytes from `offset` on hold no whole record. Where they are exactly one, of which the
   * header came, `type` is its type.
   */
  lost(offset: number, length: number, type?: number): void;
}

/**
 * Cuts the bytes of one direction into TLS records.
 *
 * 1. Records that lie whole in what was pushed are handed over as views of it; others are gathered.
 * 2. A gap within a record loses that one alone, because its header tells where the next begins.
 * 3. After any other gap, and where there should be a header and is none, the next border is looked
 *    for. What looks like a header right behind the gap is one: that is how the loss of a packet
 *    with small records leaves it. Farther on it counts once another header follows the record.
 */
export class RecordReader {
  readonly #sink: RecordSink;
  /** Bytes of a record that is not complete; while a border is looked for, of what may be one. */
  readonly #held = new Gather();
  /** Where they begin in the direction. */
  #heldAt = 0;
  /** Bytes of a damaged record that are still to come. */
  #skip = 0;
  #state: "cutting" | "after-gap" | "searching" = "cutting";
  /** Bytes right before `#heldAt` that no record was found in, and that are not told yet. */
  #lost = 0;
  #tsNs = 0n;

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array, tsNs: bigint): void {
    this.#tsNs = tsNs;
    for (let at = 0; at < bytes.length; at += SLICE_LENGTH) {
      this.#feed(bytes.subarray(at, at + SLICE_LENGTH));
    }
  }

  /** `length` bytes were sent that are not there. */
  gap(length: number): void {
    this.#settle();
    if (this.#skip > 0) this.#gapInSkipped(length);
    else if (!this.#gapInRecord(length)) this.#lose(this.#held.length + length);
  }

  /** No more comes. */
  end(): void {
    this.#settle();
    this.#lose(this.#held.length);
    this.#tellLost();
  }

  #feed(piece: Uint8Array): void {
    let rest: Uint8Array | undefined = piece;
    while (rest) rest = this.#consume(rest);
  }

  /** Gives back what is to be read again, from a border that was found. */
  #consume(piece: Uint8Array): Uint8Array | undefined {
    let at = 0;
    while (at < piece.length) {
      if (this.#state !== "cutting") {
        this.#held.append(piece, undefined, at);
        return this.#search();
      }
      at = this.#skip > 0 ? this.#pass(piece, at) : this.#cut(piece, at);
    }
    return undefined;
  }

  #pass(piece: Uint8Array, at: number): number {
    const length = Math.min(this.#skip, piece.length - at);
    this.#skip -= length;
    this.#heldAt += length;
    return at + length;
  }

  #cut(piece: Uint8Array, at: number): number {
    if (this.#held.length > 0) return this.#gather(piece, at);
    const bodyAt = at + RECORD_HEADER_LENGTH;
    if (bodyAt > piece.length) return this.#gather(piece, at);
    if (!isRecordHeader(piece, at)) {
      this.#state = "searching";
      return at;
    }
    const end = bodyAt + bodyLength(piece, at);
    if (end > piece.length) return this.#gather(piece, at);
    this.#tell(piece, at, end);
    return end;
  }

  /** Takes as much as the header, or the record, still lacks. */
  #gather(piece: Uint8Array, at: number): number {
    const held = this.#held;
    const wanted = this.#missing();
    const end = Math.min(piece.length, at + wanted);
    held.append(piece, held.length + wanted, at, end);
    const header = held.view();
    if (held.length < RECORD_HEADER_LENGTH) return end;
    if (!isRecordHeader(header, 0)) this.#state = "searching";
    else if (this.#missing() === 0) this.#tell(held.take(), 0, header.length);
    return end;
  }

  /** Bytes that the header, or else the record, lacks. */
  #missing(): number {
    const { length } = this.#held;
    if (length < RECORD_HEADER_LENGTH) return RECORD_HEADER_LENGTH - length;
    return RECORD_HEADER_LENGTH + bodyLength(this.#held.view(), 0) - length;
  }

  /** Looks for a border in what is held. Gives all from it on, or keeps what may yet be one. */
  #search(): Uint8Array | undefined {
    const bytes = this.#held.view();
    const at = this.#findBorder(bytes);
    const found = at !== undefined && this.#isBorder(bytes, at) === true;
    const kept = this.#held.take().subarray(at ?? Math.max(0, bytes.length - 4));
    this.#lost += bytes.length - kept.length;
    this.#heldAt += bytes.length - kept.length;
    if (found) {
      this.#state = "cutting";
      return kept;
    }
    if (this.#heldAt > 0 && kept.length < bytes.length) this.#state = "searching";
    this.#held.append(kept);
    return undefined;
  }

  /** The first place that is a border, or may be one. */
  #findBorder(bytes: Uint8Array): number | undefined {
    for (let at = 0; at + RECORD_HEADER_LENGTH <= bytes.length; at++) {
      if (this.#isBorder(bytes, at) !== false) return at;
    }
    return undefined;
  }

  #isBorder(bytes: Uint8Array, at: number): boolean | undefined {
    if (!isLateRecordHeader(bytes, at)) return false;
    if (at === 0 && this.#state === "after-gap") return true;
    const next = at + RECORD_HEADER_LENGTH + bodyLength(bytes, at);
    if (next + RECORD_HEADER_LENGTH > bytes.length) return undefined;
    return isRecordHeader(bytes, next);
  }

  /** Nothing comes that could confirm what looks like a record, and is whole: it is one. */
  #settle(): void {
    const bytes = this.#held.view();
    if (this.#state === "cutting" || bytes.length < RECORD_HEADER_LENGTH) return;
    if (!isLateRecordHeader(bytes, 0)) return;
    if (RECORD_HEADER_LENGTH + bodyLength(bytes, 0) > bytes.length) return;
    this.#state = "cutting";
    this.#feed(this.#held.take());
  }

  #gapInSkipped(length: number): void {
    const skipped = Math.min(this.#skip, length);
    this.#skip -= skipped;
    this.#heldAt += skipped;
    if (length > skipped) this.#lose(length - skipped);
  }

  /** Whether the gap lies within a record of which the header is there. */
  #gapInRecord(length: number): boolean {
    const held = this.#held.view();
    if (this.#state !== "cutting" || held.length < RECORD_HEADER_LENGTH) return false;
    const missing = this.#missing();
    if (length > missing) return false;
    this.#tellLost();
    this.#sink.lost(this.#heldAt, held.length + missing, held[0]);
    this.#held.take();
    this.#heldAt += held.length + length;
    this.#skip = missing - length;
    return true;
  }

  #lose(length: number): void {
    this.#held.take();
    this.#heldAt += length;
    this.#lost += length;
    this.#state = "after-gap";
  }

  #tellLost(): void {
    if (this.#lost > 0) this.#sink.lost(this.#heldAt - this.#lost, this.#lost);
    this.#lost = 0;
  }

  #tell(bytes: Uint8Array, at: number, end: number): void {
    this.#tellLost();
    const offset = this.#heldAt;
    this.#heldAt += end - at;
    this.#sink.record({
      type: bytes[at] ?? 0,
      version: ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0),
      body: bytes.subarray(at + RECORD_HEADER_LENGTH, end),
      offset,
      tsNs: this.#tsNs,
    });
  }
}
