import { Gather } from "../../protocol/gather.ts";
import type { Direction } from "../../transport/events.ts";
import {
  frameFault,
  frameName,
  hasFlag,
  HEADER_LENGTH,
  headerFragment,
  Http2Flag,
  type Http2Frame,
  Http2Type,
  MAX_FRAME_LENGTH,
  parseFrameHeader,
  parseSettings,
  PREFACE,
  uint32,
} from "./http2-frame.ts";

/** Takes what the frames of one direction say. */
export interface Http2FrameSink {
  /** Payload of DATA as it comes, without padding; the bytes are valid until this returns. */
  data(dir: Direction, stream: number, bytes: Uint8Array, start: number, end: number): void;
  /** Payload of DATA that is missing. */
  dataGap(dir: Direction, stream: number, length: number): void;
  headers(dir: Direction, block: HeaderBlock): void;
  /** The stream has ended in this direction, after what was told of it. */
  endStream(dir: Direction, stream: number): void;
  /** @param values undefined where they are missing */
  settings(dir: Direction, values: ReadonlyMap<number, number> | undefined): void;
  /** @param code undefined where it is missing */
  reset(dir: Direction, stream: number, code: number | undefined): void;
  goAway(dir: Direction, code: number): void;
}

/** All fragments of a header block in one. */
export interface HeaderBlock {
  readonly stream: number;
  /** It belongs to a request that the server promises to answer unasked. */
  readonly promise: boolean;
  /** Undefined where some of it is missing, or it is longer than is kept. */
  readonly bytes: Uint8Array | undefined;
}

interface OpenBlock {
  readonly stream: number;
  readonly promise: boolean;
  readonly endStream: boolean;
  readonly bytes: Gather;
  lost: boolean;
}

/** The longest header block, and the longest payload but for DATA, that is kept. */
const MAX_KEPT = 256 * 1024;

const KEPT: ReadonlySet<number> = new Set([
  Http2Type.headers,
  Http2Type.continuation,
  Http2Type.pushPromise,
  Http2Type.settings,
  Http2Type.reset,
  Http2Type.goAway,
]);

/**
 * One direction of an HTTP/2 connection, from its first byte on → what its frames say (RFC 9113,
 * sections 4 and 6). Frames of other types are passed over. After a fault nothing more is read.
 */
export class Http2FrameReader {
  /** What ended the reading. */
  fault: string | undefined;
  /** The longest payload that the receiver takes. */
  maxFrameLength = MAX_FRAME_LENGTH;
  readonly #dir: Direction;
  readonly #sink: Http2FrameSink;
  readonly #header = new Uint8Array(HEADER_LENGTH);
  #headerLength = 0;
  #prefaceLength: number;
  /** The first SETTINGS came. */
  #begun = false;
  #frame: Http2Frame | undefined;
  /** Octets of its payload still to come. */
  #left = 0;
  /** Octets of padding at its end; undefined before they are told. */
  #padding: number | undefined;
  #payload = new Gather();
  /** The payload is not all there. */
  #holed = false;
  #block: OpenBlock | undefined;

  constructor(dir: Direction, sink: Http2FrameSink) {
    this.#dir = dir;
    this.#sink = sink;
    this.#prefaceLength = dir === "out" ? 0 : PREFACE.length;
  }

  /** Octets that are held. */
  get held(): number {
    return this.#payload.length + (this.#block?.bytes.length ?? 0);
  }

  /** `bytes[start, end)` come next. */
  push(bytes: Uint8Array, start: number, end: number): void {
    let at = this.#passPreface(bytes, start, end);
    while (at < end && this.fault === undefined) {
      at = this.#frame ? this.#take(this.#frame, bytes, at, end) : this.#takeHeader(bytes, at, end);
    }
  }

  /**
   * So many octets are missing. False where it is not known any more where frames begin: unless all
   * of them belong to the payload of one frame.
   */
  gap(length: number): boolean {
    const frame = this.#frame;
    if (!frame || length > this.#left || this.#padding === undefined) return false;
    const missing = Math.min(length, Math.max(0, this.#left - this.#padding));
    this.#left -= length;
    this.#holed = true;
    this.#payload = new Gather();
    if (frame.type === Http2Type.data && missing > 0) {
      this.#sink.dataGap(this.#dir, frame.stream, missing);
    }
    if (this.#left === 0) this.#finish(frame);
    return true;
  }

  #passPreface(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#prefaceLength < PREFACE.length) {
      if (bytes[at++] === PREFACE.charCodeAt(this.#prefaceLength++)) continue;
      this.fault = "the connection preface is wrong";
      return end;
    }
    return at;
  }

  #takeHeader(bytes: Uint8Array, start: number, end: number): number {
    const taken = Math.min(end - start, HEADER_LENGTH - this.#headerLength);
    for (let i = 0; i < taken; i++) this.#header[this.#headerLength++] = bytes[start + i] ?? 0;
    if (this.#headerLength === HEADER_LENGTH) this.#begin(parseFrameHeader(this.#header));
    return start + taken;
  }

  #begin(frame: Http2Frame): void {
    this.fault = frameFault(frame, this.#dir) ?? this.#misplaced(frame);
    if (this.fault !== undefined) return;
    const { type, length } = frame;
    this.#headerLength = 0;
    this.#frame = frame;
    this.#left = length;
    this.#padding = type === Http2Type.data && hasFlag(frame, Http2Flag.padded) ? undefined : 0;
    this.#holed = length > MAX_KEPT;
    if (length === 0) this.#finish(frame);
  }

  /** What is wrong with a frame at this place. */
  #misplaced(frame: Http2Frame): string | undefined {
    const { type, stream, length } = frame;
    const continues = type === Http2Type.continuation;
    const name = frameName(frame);
    if (!this.#begun) {
      if (type !== Http2Type.settings || hasFlag(frame, Http2Flag.ack)) {
        return `${name} comes before the first SETTINGS`;
      }
      this.#begun = true;
    }
    if (length > this.maxFrameLength) {
      return `${name} has a length of ${length}, over the ${this.maxFrameLength} agreed on`;
    }
    if (!this.#block) return continues ? `${name} continues no header block` : undefined;
    const fits = continues && stream === this.#block.stream;
    return fits ? undefined : `${name} comes within a header block`;
  }

  #take(frame: Http2Frame, bytes: Uint8Array, start: number, end: number): number {
    const stop = Math.min(end, start + this.#left);
    this.#left -= stop - start;
    if (frame.type === Http2Type.data) this.#takeData(frame, bytes, start, stop);
    else if (KEPT.has(frame.type) && !this.#holed) {
      this.#payload.append(bytes, frame.length, start, stop);
    }
    if (this.#left === 0) this.#finish(frame);
    return stop;
  }

  #takeData({ stream, length }: Http2Frame, bytes: Uint8Array, start: number, stop: number): void {
    let at = start;
    this.#padding ??= bytes[at++] ?? 0;
    if (this.#padding >= length) this.fault = "DATA has nothing but padding, and too much of it";
    const end = stop - Math.max(0, this.#padding - this.#left);
    if (at < end) this.#sink.data(this.#dir, stream, bytes, at, end);
  }

  #finish(frame: Http2Frame): void {
    const payload = this.#holed ? undefined : this.#payload.take();
    this.#frame = undefined;
    const { type, stream } = frame;
    switch (type) {
      case Http2Type.data:
        if (hasFlag(frame, Http2Flag.endStream)) this.#sink.endStream(this.#dir, stream);
        break;
      case Http2Type.headers:
      case Http2Type.pushPromise:
      case Http2Type.continuation:
        this.#addFragment(frame, payload);
        break;
      case Http2Type.settings:
        if (hasFlag(frame, Http2Flag.ack)) break;
        this.#sink.settings(this.#dir, payload && parseSettings(payload));
        break;
      case Http2Type.reset:
        this.#sink.reset(this.#dir, stream, payload && uint32(payload, 0));
        break;
      case Http2Type.goAway:
        if (payload) this.#sink.goAway(this.#dir, uint32(payload, 4));
    }
  }

  #addFragment(frame: Http2Frame, payload: Uint8Array | undefined): void {
    const block = (this.#block ??= openBlock(frame));
    const fragment = payload && headerFragment(frame, payload);
    if (payload && !fragment) this.fault = `${frameName(frame)} has too much padding`;
    const length = block.bytes.length + (fragment?.length ?? 0);
    if (!fragment || length > MAX_KEPT) block.lost = true;
    const last = hasFlag(frame, Http2Flag.endHeaders);
    if (fragment && !block.lost) block.bytes.append(fragment, last ? length : undefined);
    if (last && this.fault === undefined) this.#closeBlock(block);
  }

  #closeBlock({ stream, promise, endStream, bytes, lost }: OpenBlock): void {
    this.#block = undefined;
    this.#sink.headers(this.#dir, { stream, promise, bytes: lost ? undefined : bytes.view() });
    if (endStream) this.#sink.endStream(this.#dir, stream);
  }
}

function openBlock(frame: Http2Frame): OpenBlock {
  const promise = frame.type === Http2Type.pushPromise;
  const endStream = !promise && hasFlag(frame, Http2Flag.endStream);
  return { stream: frame.stream, promise, endStream, bytes: new Gather(), lost: false };
}
