import { CloseCode, encodeClosePayload, parseClosePayload } from "../protocol/close-codes.ts";
import { encodeFrame, encodeHeader } from "../protocol/encoder.ts";
import { Gather } from "../protocol/gather.ts";
import { applyMask } from "../protocol/mask.ts";
import { Opcode } from "../protocol/opcodes.ts";
import { FrameScanner, type FrameSink } from "../protocol/scanner.ts";
import { LeanRules } from "./lean-rules.ts";

export interface EchoOutput {
  /** @param bytes given away */
  write(bytes: Buffer): void;
  /** A Close frame was written, the last frame: the connection is to end. */
  end(): void;
}

/**
 * Turns what a client sends into what an echo server answers.
 *
 * 1. Each data frame is answered by one with the same payload, opcode and FIN, so that fragments stay
 *    fragments and a message of any size needs no memory. Ping becomes Pong, Pong is dropped.
 * 2. The answer is made in the bytes of the question: a server's header is four bytes shorter for
 *    want of a mask, so the answer never catches up with what is still to be read. All answers to
 *    one read leave in one write. The one exception is the answer to a header that began in an
 *    earlier read: it is written by itself.
 */
export class LeanEcho implements FrameSink {
  readonly #output: EchoOutput;
  readonly #scanner = new FrameScanner();
  readonly #rules = new LeanRules("client");
  #closePayload: Gather | undefined;
  /** Index in the payload of the next byte, modulo 4. */
  #phase = 0;
  #bytes: Buffer = Buffer.alloc(0);
  /** The answer so far is `#bytes[#from, #to)`. */
  #from = 0;
  #to = 0;

  constructor(output: EchoOutput) {
    this.#output = output;
  }

  /** Takes the next read. @param bytes given away: they are written over and sent back */
  push(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#scanner.scan(bytes, this);
    this.#flush();
    this.#bytes = EMPTY;
  }

  header(header: FrameScanner, bytes: Uint8Array, start: number, end: number): void {
    const broken = this.#rules.check(header);
    if (broken) return this.#close(broken.closeCode);
    this.#phase = 0;
    if (header.opcode === Opcode.pong) return;
    if (header.opcode === Opcode.close) this.#closePayload = new Gather();
    else if (bytes === this.#bytes) this.#putHeader(start, end);
    else this.#sendHeader();
  }

  payload(bytes: Uint8Array, start: number, end: number): void {
    const { opcode, maskKey } = this.#scanner;
    if (opcode === Opcode.pong) return;
    applyMask(bytes, maskKey, start, end, this.#phase);
    this.#phase = (this.#phase + end - start) & 3;
    if (this.#closePayload) this.#closePayload.append(bytes.subarray(start, end));
    else this.#putPayload(start, end);
  }

  end(): void {
    if (!this.#closePayload) return;
    const { code, violations } = parseClosePayload(this.#closePayload.take());
    this.#close(violations[0]?.closeCode ?? code);
  }

  /** Writes the answer's header, at the end of the answer so far, or right before the payload. */
  #putHeader(start: number, end: number): void {
    const { opcode, fin, length, lengthForm } = this.#scanner;
    const bytes = this.#bytes;
    if (this.#to === this.#from) this.#from = this.#to = start + MASK_KEY_LENGTH;
    const lengthEnd = end - MASK_KEY_LENGTH;
    // First of all, because the two octets may come to lie where the length was.
    if (lengthForm !== 7) bytes.copyWithin(this.#to + 2, start + 2, lengthEnd);
    bytes[this.#to] = (fin ? 0x80 : 0) | answerTo(opcode);
    bytes[this.#to + 1] = lengthForm === 7 ? length : lengthForm === 16 ? 126 : 127;
    this.#to += lengthEnd - start;
  }

  #putPayload(start: number, end: number): void {
    if (this.#to === this.#from) this.#from = this.#to = start;
    if (this.#to !== start) this.#bytes.copyWithin(this.#to, start, end);
    this.#to += end - start;
  }

  #sendHeader(): void {
    const { opcode, fin, length } = this.#scanner;
    this.#flush();
    const header = encodeHeader({ opcode: answerTo(opcode), fin, declaredLength: length });
    this.#output.write(asBuffer(header));
  }

  #flush(): void {
    if (this.#to > this.#from) this.#output.write(this.#bytes.subarray(this.#from, this.#to));
    this.#from = this.#to = 0;
  }

  /** Answers with a Close frame, the last that is sent; what follows is not looked at. */
  #close(code: number = CloseCode.protocolError): void {
    this.#flush();
    this.#scanner.halt();
    const payload = encodeClosePayload(code === CloseCode.noStatus ? undefined : code);
    this.#output.write(asBuffer(encodeFrame({ opcode: Opcode.close, payload })));
    this.#output.end();
  }
}

const MASK_KEY_LENGTH = 4;
const EMPTY = Buffer.alloc(0);

function answerTo(opcode: number): number {
  return opcode === Opcode.ping ? Opcode.pong : opcode;
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
