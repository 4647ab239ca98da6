import { type ClosePayload, parseClosePayload } from "../../protocol/close-codes.ts";
import { MAX_CONTROL_PAYLOAD } from "../../protocol/frame.ts";
import { applyMask } from "../../protocol/mask.ts";
import { isControl, Opcode } from "../../protocol/opcodes.ts";
import { FrameScanner, type FrameSink } from "../../protocol/scanner.ts";
import type { Tally } from "../traffic.ts";

/** Where a frame ends in a piece, and what it is. */
export interface Cut {
  readonly end: number;
  readonly opcode: number;
  readonly fin: boolean;
}

/**
 * Follows the bytes of one direction without looking at payloads: where frames end, how much was
 * said, and what the first Close frame says.
 */
export class FrameCutter implements FrameSink {
  readonly #scanner = new FrameScanner();
  #cuts: Cut[] | undefined;
  /** Where the current piece begins in the stream, and where it ends. */
  #base = 0;
  #taken = 0;
  #controlBytes = 0;
  #messages = 0;
  #payloadBytes = 0;
  /** The payload of the first Close frame, as far as it has come. */
  #closing: number[] | undefined;
  #close: ClosePayload | undefined;
  #inMessage = false;
  #announced = 0;

  /** Takes the next piece. */
  follow(bytes: Uint8Array): void {
    // A header that began in the piece before is not in the scanner's position yet.
    this.#base = this.#taken;
    this.#taken += bytes.length;
    this.#scanner.scan(bytes, this);
  }

  /** Takes the next piece, and tells the frames that end in it. */
  cut(bytes: Uint8Array): readonly Cut[] {
    const cuts: Cut[] = [];
    this.#cuts = cuts;
    this.follow(bytes);
    this.#cuts = undefined;
    return cuts;
  }

  /** Nothing of a further frame has come. */
  get atBorder(): boolean {
    return this.#scanner.atBoundary;
  }

  /** A message has begun and not ended. */
  get inMessage(): boolean {
    return this.#inMessage;
  }

  /** Bytes of payload that the current frame announces; 0 until its header is whole. */
  get announced(): number {
    return this.#announced;
  }

  /** RSV1 of the current frame, or of the last. */
  get isCompressed(): boolean {
    return this.#scanner.rsv1;
  }

  /** What the first Close frame says, once it has come whole. */
  get close(): ClosePayload | undefined {
    return this.#close;
  }

  /** Bytes of messages, whole or not. */
  get messageBytes(): number {
    return this.#scanner.position - this.#controlBytes;
  }

  get tally(): Tally {
    return {
      messages: this.#messages,
      payloadBytes: this.#payloadBytes,
      wireBytes: this.#scanner.position,
    };
  }

  header({ opcode, length, headerLength }: FrameScanner): void {
    this.#announced = length;
    if (isControl(opcode)) this.#controlBytes += headerLength + length;
    const isFirst = opcode === Opcode.close && !this.#close;
    if (isFirst && length <= MAX_CONTROL_PAYLOAD) this.#closing = [];
  }

  payload(bytes: Uint8Array, start: number, end: number): void {
    if (this.#closing) this.#closing.push(...bytes.subarray(start, end));
  }

  end(): void {
    const { position, opcode, fin, length } = this.#scanner;
    this.#announced = 0;
    this.#cuts?.push({ end: position - this.#base, opcode, fin });
    if (opcode === Opcode.close) return this.#closed();
    if (isControl(opcode)) return;
    this.#payloadBytes += length;
    this.#inMessage = !fin;
    if (fin) this.#messages += 1;
  }

  #closed(): void {
    const payload = Uint8Array.from(this.#closing ?? []);
    this.#closing = undefined;
    applyMask(payload, this.#scanner.maskKey);
    this.#close ??= parseClosePayload(payload);
  }
}
