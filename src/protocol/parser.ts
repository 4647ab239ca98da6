import { exactLength } from "./exact-length.ts";
import { type Frame, type FrameHeader, MAX_CONTROL_PAYLOAD } from "./frame.ts";
import { type HeaderExpectations, judgeHeader, judgePartialHeader } from "./header-rules.ts";
import { Gather } from "./gather.ts";
import { applyMask } from "./mask.ts";
import { isControl } from "./opcodes.ts";
import { type Violation, violation } from "./rules.ts";
import { FrameScanner, type FrameSink } from "./scanner.ts";

export interface FrameParserOptions extends Partial<HeaderExpectations> {
  /**
   * `lenient` (default) reports violations and goes on; `strict` stops at the first error, as an
   * endpoint must, and leaves it in `failure`.
   */
  readonly mode?: "lenient" | "strict";
  /**
   * Bytes of payload kept of each frame; the rest is passed over. Default 16 MiB. The 125 that a
   * control frame may have are always kept: a Close cannot be judged, nor a Ping answered, by less.
   */
  readonly keepPayload?: number;
  /** Offset in the stream at which parsing begins. */
  readonly position?: number;
}

/** What the end of the stream has cut: a frame, as far as it came, or the octets of its header. */
export type CutStream =
  | { readonly violation: Violation; readonly frame: Frame }
  | {
      readonly violation: Violation;
      readonly frame?: undefined;
      readonly partialHeader: Uint8Array;
      /** Where the header begins, and what it breaks already, but for being cut. */
      readonly offset: number;
      readonly breaches: readonly Violation[];
    };

const DEFAULT_KEEP_PAYLOAD = 16 * 1024 * 1024;

/**
 * Incremental parser of one direction of a WebSocket stream (RFC 6455, section 5.2).
 *
 * Whatever the bytes and however they are split, `push` gives frames and never throws. Memory is
 * bounded by `keepPayload` and grows with bytes that came, not with lengths that were announced.
 */
export class FrameParser {
  readonly #scanner: FrameScanner;
  readonly #expected: HeaderExpectations;
  readonly #strict: boolean;
  readonly #keepPayload: number;
  readonly #sink: FrameSink;

  #frames: Frame[] = [];
  #header: FrameHeader | undefined;
  #headerBytes: Uint8Array = new Uint8Array(0);
  #violations: readonly Violation[] = [];
  readonly #payload = new Gather();
  /** Bytes of the current frame's payload that are to be kept, of those still to come too. */
  #wanted = 0;

  /** In strict mode the violation at which parsing stopped. */
  failure: Violation | undefined;

  constructor(options: FrameParserOptions = {}) {
    this.#scanner = new FrameScanner(options.position);
    this.#strict = options.mode === "strict";
    this.#keepPayload = options.keepPayload ?? DEFAULT_KEEP_PAYLOAD;
    this.#expected = {
      sender: options.sender ?? "unknown",
      deflate: options.deflate ?? false,
      maxFrameLength: options.maxFrameLength ?? Number.POSITIVE_INFINITY,
    };
    this.#sink = {
      header: (header, bytes, start, end) => this.#begin(header, bytes.slice(start, end)),
      payload: (bytes, start, end) => this.#keep(bytes, start, end),
      end: () => this.#complete(),
    };
  }

  /** Takes the next piece of the stream; gives the frames that it completes. */
  push(bytes: Uint8Array): Frame[] {
    this.#frames = [];
    this.#scanner.scan(plain(bytes), this.#sink);
    return this.#frames;
  }

  /**
   * The stream has ended. Gives undefined where it ended between two frames, else the violation
   * and, unless it ended within a header, the frame, cut where the bytes ended.
   */
  end(): CutStream | undefined {
    if (this.failure || this.#scanner.atBoundary) return undefined;
    if (!this.#header) return this.#cutHeader();
    const { offset, headerLength } = this.#header;
    const came = this.#scanner.position - offset - headerLength;
    const length = exactLength({ header: this.#header, headerBytes: this.#headerBytes });
    const cut = violation("frame-truncated", `${came} of ${length} bytes of payload`);
    return { violation: cut, frame: this.#frame(this.#header, [...this.#violations, cut]) };
  }

  #cutHeader(): CutStream {
    const { partialHeader, position: offset } = this.#scanner;
    const { length } = partialHeader;
    const cut = violation(
      "frame-truncated",
      `${length} ${length === 1 ? "byte" : "bytes"} of a header`,
    );
    const breaches = judgePartialHeader(partialHeader, this.#expected);
    return { violation: cut, partialHeader, offset, breaches };
  }

  #begin(header: FrameHeader, headerBytes: Uint8Array): void {
    this.#violations = judgeHeader(header, this.#expected, headerBytes);
    this.#headerBytes = headerBytes;
    this.#header = copyHeader(header);
    const keep = isControl(header.opcode)
      ? Math.max(this.#keepPayload, MAX_CONTROL_PAYLOAD)
      : this.#keepPayload;
    this.#wanted = Math.min(header.length, keep);
    const error = this.#violations.find(({ severity }) => severity === "error");
    if (this.#strict && error) {
      this.failure = error;
      this.#scanner.halt();
    }
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const header = this.#header;
    if (!header) return;
    const size = Math.min(end - start, this.#wanted - this.#payload.length);
    if (size <= 0) return;
    const at = this.#payload.append(bytes, this.#wanted, start, start + size);
    applyMask(this.#payload.view(), header.maskKey, at, at + size, at);
  }

  #complete(): void {
    if (this.#header && !this.failure) {
      this.#frames.push(this.#frame(this.#header, this.#violations));
    }
    this.#header = undefined;
  }

  #frame(header: FrameHeader, violations: readonly Violation[]): Frame {
    const payload = this.#payload.take();
    const payloadCut = payload.length < header.length;
    return { header, headerBytes: this.#headerBytes, payload, payloadCut, violations };
  }
}

/** The same bytes as no Buffer: a Buffer's `slice` does not copy, and its `subarray` is slow. */
function plain({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Field by field, because spreading is many times slower and this runs for every frame. */
function copyHeader(header: FrameHeader): FrameHeader {
  return {
    fin: header.fin,
    rsv1: header.rsv1,
    rsv2: header.rsv2,
    rsv3: header.rsv3,
    opcode: header.opcode,
    masked: header.masked,
    maskKey: header.maskKey,
    length: header.length,
    lengthForm: header.lengthForm,
    headerLength: header.headerLength,
    offset: header.offset,
  };
}
