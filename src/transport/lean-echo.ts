import { CloseCode, encodeClosePayload, parseClosePayload } from "../protocol/close-codes.ts";
import { encodeFrame } from "../protocol/encoder.ts";
import { type FrameHeader, MAX_CONTROL_PAYLOAD, minimalLengthForm } from "../protocol/frame.ts";
import { Gather } from "../protocol/gather.ts";
import { judgeHeader } from "../protocol/header-rules.ts";
import { applyMask } from "../protocol/mask.ts";
import { isControl, isReserved, Opcode } from "../protocol/opcodes.ts";
import { type Violation, violation } from "../protocol/rules.ts";
import { FrameScanner, type FrameSink } from "../protocol/scanner.ts";

/**
 * Turns what a client sends into what an echo server answers.
 *
 * 1. Each data frame is answered by one with the same payload, opcode and FIN, so that fragments stay
 *    fragments and a message of any size needs no memory. Ping becomes Pong, Pong is dropped.
 * 2. The answer is made in the bytes of the question: a server's header is four bytes shorter for
 *    want of a mask, so the answer never catches up with what is still to be read. The one exception
 *    is a header that began in an earlier read; its answer goes out by itself.
 */
export interface EchoOutput {
  /** @param bytes given away */
  write(bytes: Buffer): void;
  /** A Close frame has been written, the last one: the connection is to end. */
  end(): void;
}

export class LeanEcho implements FrameSink {
  readonly #output: EchoOutput;
  readonly #scanner = new FrameScanner();
  #started = false;
  #closing: Gather | undefined;
  #phase = 0;
  /** The answer so far is `#bytes[#from, #to)`; all up to `#read` has been read. */
  #bytes: Buffer = Buffer.alloc(0);
  #from = 0;
  #to = 0;
  #read = 0;

  constructor(output: EchoOutput) {
    this.#output = output;
  }

  /** Takes the next read. @param bytes given away: they are overwritten and sent back */
  push(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#from = this.#to = this.#read = 0;
    this.#scanner.scan(bytes, this);
    this.#flush();
  }

  header(header: FrameScanner, bytes: Uint8Array, _start: number, end: number): void {
    const whole = bytes === this.#bytes;
    this.#read = whole ? end : this.#read;
    const broken = isPlain(header) ? this.#follow(header) : judge(header);
    if (broken) return this.#close(broken.closeCode);
    this.#phase = 0;
    if (header.opcode === Opcode.pong) return;
    if (header.opcode === Opcode.close) this.#closing = new Gather();
    else if (whole) this.#putHeader(header);
    else this.#sendHeader(header);
  }

  payload(bytes: Uint8Array, start: number, end: number): void {
    const { opcode, maskKey } = this.#scanner;
    this.#read = end;
    if (opcode === Opcode.pong) return;
    applyMask(bytes, maskKey, start, end, this.#phase);
    this.#phase = (this.#phase + end - start) & 3;
    if (this.#closing) return void this.#closing.append(bytes.subarray(start, end));
    if (this.#to === this.#from) this.#from = this.#to = start;
    else if (this.#to !== start) this.#bytes.copyWithin(this.#to, start, end);
    this.#to += end - start;
  }

  end(): void {
    if (!this.#closing) return;
    const { code, violations } = parseClosePayload(this.#closing.take());
    this.#close(violations[0]?.closeCode ?? code);
  }

  #follow({ opcode, fin }: FrameHeader): Violation | undefined {
    if (isControl(opcode)) return undefined;
    const continues = opcode === Opcode.continuation;
    if (continues !== this.#started) {
      return violation(continues ? "continuation-without-start" : "message-interrupted");
    }
    this.#started = !fin;
    return undefined;
  }

  /** Writes the answer's header over the question's. */
  #putHeader({ opcode, fin, length, lengthForm, headerLength }: FrameHeader): void {
    const bytes = this.#bytes;
    if (this.#to === this.#from) this.#from = this.#to = this.#read - (headerLength - 4);
    const from = this.#read - headerLength + 1;
    bytes[this.#to++] = (fin ? 0x80 : 0) | answerTo(opcode);
    if (lengthForm === 7) bytes[this.#to++] = length;
    else {
      bytes[this.#to++] = lengthForm === 16 ? 126 : 127;
      bytes.copyWithin(this.#to, from + 1, from + 1 + lengthForm / 8);
      this.#to += lengthForm / 8;
    }
  }

  #sendHeader({ opcode, fin, length }: FrameHeader): void {
    this.#flush();
    const header = encodeFrame({ opcode: answerTo(opcode), fin, declaredLength: length });
    this.#output.write(Buffer.from(header.buffer));
  }

  #flush(): void {
    if (this.#to > this.#from) this.#output.write(this.#bytes.subarray(this.#from, this.#to));
    this.#from = this.#to = this.#read;
  }

  /** Answers with a Close frame, the last that is sent; what follows is not looked at. */
  #close(code: number = CloseCode.protocolError): void {
    this.#flush();
    this.#scanner.halt();
    const payload = encodeClosePayload(code === CloseCode.noStatus ? undefined : code);
    this.#output.write(Buffer.from(encodeFrame({ opcode: Opcode.close, payload }).buffer));
    this.#output.end();
  }
}

/** True where a client's header by itself breaks no rule; cheap, because every frame passes here. */
function isPlain({ rsv1, rsv2, rsv3, fin, opcode, masked, length, lengthForm }: FrameHeader) {
  if (rsv1 || rsv2 || rsv3 || !masked) return false;
  if (lengthForm !== minimalLengthForm(length) || isReserved(opcode)) return false;
  return isControl(opcode) ? fin && length <= MAX_CONTROL_PAYLOAD : length < 2 ** 63;
}

function judge(header: FrameHeader): Violation | undefined {
  const expected = { sender: "client", deflate: false, maxFrameLength: Infinity } as const;
  return judgeHeader(header, expected).find(({ severity }) => severity === "error");
}

function answerTo(opcode: number): number {
  return opcode === Opcode.ping ? Opcode.pong : opcode;
}
