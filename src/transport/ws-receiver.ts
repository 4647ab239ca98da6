import * as ws from "ws";
import { Opcode } from "../protocol/opcodes.ts";
import { Utf8Validator } from "../protocol/utf8.ts";

/** ws's receiver, as far as its users here see it. */
export interface WsReceiver {
  readonly destroyed: boolean;
  readonly writableEnded: boolean;
  /** True asks to hold back until `drain`. */
  readonly writableNeedDrain: boolean;
  /** Takes the next read, while it is neither ended nor destroyed. */
  push(chunk: Uint8Array): void;
  end(): void;
  /** Inflates no further message until `proceed`. */
  suspend(): void;
  proceed(): void;
  on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): this;
  on(event: "ping" | "pong", listener: (data: Buffer) => void): this;
  on(event: "conclude", listener: (code: number, reason: Buffer) => void): this;
  on(event: "error", listener: (error: Error & { code?: string }) => void): this;
  on(event: "drain" | "close", listener: () => void): this;
}

type Done = (error?: Error | null) => void;

/** What ws keeps to itself, and the receiver here is made of. */
interface WsReceiverParts extends Omit<WsReceiver, "push" | "suspend" | "proceed"> {
  /** The stream's own way to take a read: what it cannot look at yet waits there. */
  write(chunk: Uint8Array): boolean;
  readonly _state: number;
  readonly _payloadLength: number;
  /** Of the message: a continuation has that of the first fragment. */
  readonly _opcode: number;
  readonly _fin: boolean;
  /** The plain bytes of the message so far; what is empty is left out. */
  readonly _fragments: readonly Uint8Array[];
  /** What has been read and not looked at. */
  readonly _buffers: Buffer[];
  /** Bytes in all of these. */
  _bufferedBytes: number;
  /** The part of a stream that takes the next piece. */
  _write(chunk: Uint8Array, encoding: string, done: Done): void;
  destroy(error: Error): void;
  /** Takes so many bytes of what has been read, which are there. */
  consume(length: number): Buffer;
  /** The length of a frame has been read, in whichever form. */
  haveLength(done: Done): void;
  /** A data frame has come whole and is to be inflated. */
  decompress(data: Buffer, done: Done): void;
  /** A data frame has come whole and is inflated. */
  dataMessage(done: Done): void;
  createError(
    kind: ErrorConstructor | RangeErrorConstructor,
    words: string,
    prefix: boolean,
    closeCode: number,
    code: string,
  ): Error;
}

interface ReceiverOptions {
  readonly isServer: boolean;
  /** By name, the one of compression at most. */
  readonly extensions: Readonly<Record<string, object>>;
  /** Longest message, in bytes. */
  readonly maxPayload: number;
  readonly maxBufferedChunks: number;
  readonly maxFragments: number;
}

const WsBase = (ws as unknown as { Receiver: new (options: ReceiverOptions) => WsReceiverParts })
  .Receiver;

/**
 * The state in which ws reads a mask, which it keeps until the payload is there. What comes before that
 * in a header it does not keep, and what comes behind it is payload.
 */
const GET_MASK = 3;
const NOTHING = Buffer.alloc(0);

/** The least length for each form, by the state in which ws reads it: of 7, of 16 and of 64 bits. */
const LEAST = [0, 126, 65_536];

/** Where the octets of headers are put to be looked at, by how many they are. */
const HEADS = new Map([2, 4, 8].map((length) => [length, Buffer.alloc(length)]));

/**
 * ws's receiver, stricter in three things, patient in one, and faster.
 *
 * 1. An error ends it. Pieces that came while a message was being inflated wait in the stream; ws
 *    8.23.0 is still handed them after its first error, and throws at what it then has of a frame.
 *    So a peer could crash the process: here they are passed over.
 * 2. A length is in the fewest octets that hold it (RFC 6455, section 5.2), as browsers ask too.
 * 3. A fragmented text is judged as its fragments come (section 8.1). ws judges it when it is whole,
 *    which a peer can put off for ever. A text in one frame, as most are, is left to ws.
 * 4. What is read at once may become a thousand times as much. So while whoever takes the messages has
 *    enough of them, none is inflated; what is behind it waits as well.
 * 5. Without compression all that is read is looked at at once, so it need not pass the queue of the
 *    stream; and of what is read only payloads are made a buffer of their own. Both together
 *    take half of the time away that a short message takes here.
 */
export class Receiver extends WsBase {
  readonly #isQueued: boolean;
  #failed = false;
  #text: TextSoFar | undefined;
  #isSuspended = false;
  #inflateNext: (() => void) | undefined;
  /** How much of the first buffer has been consumed. */
  #consumed = 0;

  constructor(options: ReceiverOptions) {
    super(options);
    this.#isQueued = Object.keys(options.extensions).length > 0;
  }

  suspend(): void {
    this.#isSuspended = true;
  }

  proceed(): void {
    this.#isSuspended = false;
    const inflate = this.#inflateNext;
    this.#inflateNext = undefined;
    inflate?.();
  }

  push(chunk: Uint8Array): void {
    if (this.#isQueued) this.write(chunk);
    else super._write(chunk, "buffer", this.#pushed);
  }

  readonly #pushed: Done = (error) => {
    if (error) this.destroy(error);
  };

  override _write(chunk: Uint8Array, encoding: string, done: Done): void {
    if (this.#failed) return done();
    super._write(chunk, encoding, (error) => {
      this.#failed ||= error !== undefined && error !== null;
      done(error);
    });
  }

  override consume(length: number): Buffer {
    const first = this._buffers[0] ?? NOTHING;
    const start = this.#consumed;
    const end = start + length;
    if (end > first.length) {
      if (start > 0) this._buffers[0] = first.subarray(start);
      this.#consumed = 0;
      return super.consume(length);
    }
    this._bufferedBytes -= length;
    this.#consumed = end;
    if (end === first.length) {
      this._buffers.shift();
      this.#consumed = 0;
    }
    const head = this.#isSoonDone ? HEADS.get(length) : undefined;
    if (!head) return length === first.length ? first : first.subarray(start, end);
    for (let i = 0; i < length; i += 1) head[i] = first[start + i] as number;
    return head;
  }

  /** True while what is consumed is of no use any more before another receiver has its turn. */
  get #isSoonDone(): boolean {
    return (
      this._state < GET_MASK ||
      (this._state === GET_MASK && this._bufferedBytes >= this._payloadLength)
    );
  }

  override haveLength(done: Done): void {
    if (this._payloadLength >= (LEAST[this._state] ?? 0)) return super.haveLength(done);
    const words = `payload length ${this._payloadLength} in more octets than it takes`;
    done(this.createError(RangeError, words, true, 1002, "WS_ERR_INVALID_PAYLOAD_LENGTH"));
  }

  override decompress(data: Buffer, done: Done): void {
    if (this.#isSuspended) this.#inflateNext = () => super.decompress(data, done);
    else super.decompress(data, done);
  }

  override dataMessage(done: Done): void {
    if (this._fin) this.#text = undefined;
    else if (this._opcode === Opcode.text && !this.#isTextSoFar()) {
      return done(
        this.createError(Error, "invalid UTF-8 sequence", true, 1007, "WS_ERR_INVALID_UTF8"),
      );
    }
    super.dataMessage(done);
  }

  #isTextSoFar(): boolean {
    this.#text ??= new TextSoFar();
    return this.#text.takes(this._fragments);
  }
}

/** The beginning of a text, of which more is to come. */
class TextSoFar {
  readonly #utf8 = new Utf8Validator();
  #judged = 0;

  /** @param pieces all so far, of which those before have been judged */
  takes(pieces: readonly Uint8Array[]): boolean {
    const next = pieces[this.#judged];
    if (!next) return true;
    this.#judged += 1;
    return this.#utf8.push(next);
  }
}
