import type { Frame, FrameHeader } from "./frame.ts";
import { type HeaderExpectations, judgeHeader } from "./header-rules.ts";
import { Gather } from "./gather.ts";
import { applyMask } from "./mask.ts";
import { type Violation, violation } from "./rules.ts";
import { FrameScanner, type FrameSink } from "./scanner.ts";

export interface FrameParserOptions extends Partial<HeaderExpectations> {
  /**
   * `lenient` (default) reports violations and goes on; `strict` stops at the first error, as an
   * endpoint must, and leaves it in `failure`.
   */
  readonly mode?: "lenient" | "strict";
  /** Bytes of payload kept of each frame; the rest is passed over. Default 16 MiB. */
  readonly keepPayload?: number;
  /** Offset in the stream at which parsing begins. */
  readonly position?: number;
}

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
    this.#scanner.scan(bytes, this.#sink);
    return this.#frames;
  }

  /**
   * The stream has ended. Gives the frame it ended in, cut where the bytes ended, or undefined
   * where it ended between two frames or within a header.
   */
  end(): { readonly violation: Violation; readonly frame?: Frame } | undefined {
    if (this.failure || this.#scanner.atBoundary) return undefined;
    if (!this.#header) {
      const { length } = this.#scanner.partialHeader;
      return { violation: violation("frame-truncated", `${length} bytes of a header`) };
    }
    const due = this.#scanner.payloadDue;
    const cut = violation("frame-truncated", `${due} of ${this.#header.length} bytes missing`);
    return { violation: cut, frame: this.#frame(this.#header, [...this.#violations, cut]) };
  }

  #begin(header: FrameHeader, headerBytes: Uint8Array): void {
    this.#violations = judgeHeader(header, this.#expected);
    this.#headerBytes = headerBytes;
    this.#header = copyHeader(header);
    this.#payload.take();
    const error = this.#violations.find(({ severity }) => severity === "error");
    if (this.#strict && error) {
      this.failure = error;
      this.#scanner.halt();
    }
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const header = this.#header;
    if (!header) return;
    const size = Math.min(end - start, this.#keepPayload - this.#payload.length);
    if (size <= 0) return;
    const total = Math.min(header.length, this.#keepPayload);
    const at = this.#payload.append(bytes.subarray(start, start + size), total);
    applyMask(this.#payload.view(), header.maskKey, at, at + size, at);
  }

  #complete(): void {
    if (this.#header && !this.failure)
      this.#frames.push(this.#frame(this.#header, this.#violations));
    this.#header = undefined;
  }

  #frame(header: FrameHeader, violations: readonly Violation[]): Frame {
    const payload = this.#payload.take();
    const payloadCut = payload.length < header.length;
    return { header, headerBytes: this.#headerBytes, payload, payloadCut, violations };
  }
}

function copyHeader(header: FrameHeader): FrameHeader {
  const { fin, rsv1, rsv2, rsv3, opcode, masked, maskKey } = header;
  const { length, lengthForm, headerLength, offset } = header;
  return {
    ...{ fin, rsv1, rsv2, rsv3, opcode, masked, maskKey },
    ...{ length, lengthForm, headerLength, offset },
  };
}
