import type { Inflate } from "../../protocol/assembler.ts";
import { Gather } from "../../protocol/gather.ts";
import { applyMask } from "../../protocol/mask.ts";
import { isControl, Opcode } from "../../protocol/opcodes.ts";
import { FrameScanner, type FrameSink } from "../../protocol/scanner.ts";
import { Pieces } from "./gathering.ts";

export interface FrameLimits {
  /** Longest message in bytes, on the wire and inflated. */
  readonly maxMessageLength?: number | undefined;
  readonly maxFragments?: number | undefined;
  /** Asked at the beginning of each message; false refuses it. */
  readonly mayBegin?: (() => boolean) | undefined;
}

/** Which limit was broken. */
export type Breach = "length" | "fragments" | "rate";

/**
 * Lets the frames of a client through that break no limit, each as soon as its header says so; nothing
 * of the first one that does, nor of what comes behind it. So the receiver stands between two frames.
 * A compressed frame is kept until it is whole, and its message inflated as far as is allowed.
 */
export class FrameGate implements FrameSink {
  readonly #maxMessageLength: number;
  readonly #maxFragments: number;
  readonly #mayBegin: FrameLimits["mayBegin"];
  readonly #inflate: Inflate | undefined;
  readonly #scanner = new FrameScanner();
  readonly #kept = new Pieces();
  /** Where the current piece begins in the stream, and where it ends. */
  #base = 0;
  #taken = 0;
  /** How much of the current piece may pass. */
  #allowed = 0;
  /** The current frame may pass as it comes. */
  #passes = false;
  #breach: Breach | undefined;
  #isOver = false;
  #fragments = 0;
  #length = 0;
  /** The payload of a compressed message. */
  #payload: Gather | undefined;

  /** @param inflate of this direction, where messages may be compressed */
  constructor(limits: FrameLimits, inflate: Inflate | undefined) {
    const { maxMessageLength, maxFragments = Infinity, mayBegin } = limits;
    this.#maxMessageLength = maxMessageLength ?? Infinity;
    this.#maxFragments = maxFragments;
    this.#mayBegin = mayBegin;
    this.#inflate = maxMessageLength === undefined ? undefined : inflate;
  }

  /** Set as soon as a limit is broken; from then on nothing passes. */
  get breach(): Breach | undefined {
    return this.#breach;
  }

  /** Bytes that are kept. */
  get size(): number {
    return this.#kept.size;
  }

  /** Takes the next piece. @returns what may pass now */
  take(bytes: Uint8Array): readonly Uint8Array[] {
    this.#base = this.#taken;
    this.#taken += bytes.length;
    this.#allowed = 0;
    this.#scanner.scan(bytes, this);
    if (this.#isOver || this.#passes) this.#allowed = bytes.length;
    if (this.#allowed === 0) {
      this.#kept.add([bytes]);
      return [];
    }
    const allowed = [...this.#kept.take(), bytes.subarray(0, this.#allowed)];
    if (this.#allowed < bytes.length) this.#kept.add([bytes.subarray(this.#allowed)]);
    return allowed;
  }

  /** What is kept, when nothing more comes. */
  rest(): readonly Uint8Array[] {
    return this.#kept.take();
  }

  header(scanner: FrameScanner): void {
    const isData = !isControl(scanner.opcode);
    this.#breach = isData ? this.#judge(scanner) : undefined;
    if (this.#breach) return scanner.halt();
    this.#passes = !isData || !this.#payload;
  }

  payload(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#passes) this.#payload?.append(bytes, undefined, start, end);
  }

  end(): void {
    if (this.#breach) return;
    const { opcode, fin, position, maskKey, length } = this.#scanner;
    const isKept = !this.#passes;
    this.#passes = false;
    if (isKept && this.#payload) {
      const payload = this.#payload.view();
      applyMask(payload.subarray(payload.length - length), maskKey);
      if (fin && this.#isTooLong(payload)) {
        this.#breach = "length";
        return this.#scanner.halt();
      }
      if (fin) this.#payload = undefined;
    }
    this.#allowed = position - this.#base;
    if (opcode !== Opcode.close) return;
    // What comes after a Close is no message.
    this.#isOver = true;
    this.#scanner.halt();
  }

  #judge({ opcode, rsv1, length }: FrameScanner): Breach | undefined {
    if (opcode !== Opcode.continuation) {
      this.#fragments = 0;
      this.#length = 0;
      this.#payload = rsv1 && this.#inflate ? new Gather() : undefined;
      if (this.#mayBegin?.() === false) return "rate";
    }
    this.#fragments += 1;
    this.#length += length;
    if (this.#fragments > this.#maxFragments) return "fragments";
    return this.#length > this.#maxMessageLength ? "length" : undefined;
  }

  /** What cannot be inflated is the receiver's to judge. */
  #isTooLong(payload: Uint8Array): boolean {
    const inflated = this.#inflate?.(payload, this.#maxMessageLength);
    return inflated?.ok === false && inflated.rule === "length-over-limit";
  }
}
