import type { Socket } from "node:net";
import type { FrameSink } from "./ws-parts.ts";

type Sent = NonNullable<Parameters<FrameSink["write"]>[1]>;

const LOST = new Error("the socket was destroyed before the kernel had taken all of it");

const ENDED = new Error("the socket was ended before");

/** Parts of fewer bytes than that, on average, are copied together: to write many costs more. */
const SMALL_PART = 1024;

/**
 * What the sender writes to: a socket, and somebody who watches the bytes that go there.
 *
 * 1. What is written between `cork` and `uncork` goes to the kernel in one call.
 * 2. Each write is told what became of it. Node calls it a success when a socket is destroyed in the
 *    middle of a write. So it is noted here which writes the kernel has taken, which node does at
 *    once while there is room in the kernel; of the others, one that is told after the end was lost.
 */
export class SocketSink implements FrameSink {
  readonly #socket: Socket;
  readonly #watch: ((bytes: Uint8Array) => void) | undefined;
  readonly #gathered: Uint8Array[] = [];
  #callbacks: Sent[] = [];
  #gatheredLength = 0;
  #corks = 0;
  #written = 0;
  #taken = 0;
  #bytes = 0;
  #ended = false;

  constructor(socket: Socket, watch?: (bytes: Uint8Array) => void) {
    this.#socket = socket;
    this.#watch = watch;
  }

  /** Bytes that were written, those included that the kernel has not taken yet. */
  get bytes(): number {
    return this.#bytes;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  /** Gathers what is written until `uncork` has been called as often. */
  cork(): void {
    this.#corks += 1;
  }

  uncork(): void {
    this.#corks -= 1;
    if (this.#corks === 0 && this.#gathered.length > 0) this.#flush();
  }

  /** Ends the socket; what is written later is lost. */
  end(): void {
    this.#ended = true;
    this.#socket.end();
  }

  write(data: Uint8Array | string, sent?: Sent): void {
    if (this.#ended) return sent?.(ENDED);
    // Node would make an error for each, with its stack, which takes as long as many writes.
    if (this.#socket.destroyed) return sent?.(LOST);
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    if (this.#socket.writable) {
      this.#bytes += bytes.length;
      this.#watch?.(bytes);
    }
    if (this.#corks === 0) return this.#put(bytes, sent);
    this.#gathered.push(bytes);
    this.#gatheredLength += bytes.length;
    if (sent) this.#callbacks.push(sent);
  }

  #flush(): void {
    const parts = this.#gathered.splice(0);
    const callbacks = this.#callbacks;
    const length = this.#gatheredLength;
    this.#callbacks = [];
    this.#gatheredLength = 0;
    const sent: Sent = (error) => {
      for (const callback of callbacks) callback(error);
    };
    if (length < parts.length * SMALL_PART) return this.#put(Buffer.concat(parts, length), sent);
    const last = parts.pop();
    this.#socket.cork();
    for (const part of parts) this.#put(part);
    if (last) this.#put(last, sent);
    this.#socket.uncork();
    this.#look();
  }

  #put(bytes: Uint8Array, sent?: Sent): void {
    this.#written += 1;
    this.#socket.write(bytes, sent && this.#judged(sent));
    this.#look();
  }

  #judged(sent: Sent): Sent {
    const place = this.#written;
    return (error) => {
      const lost = this.#socket.destroyed && place > this.#taken;
      sent(error ?? (lost ? LOST : null));
    };
  }

  #look(): void {
    if (this.#socket.writableLength === 0 && !this.#socket.destroyed) this.#taken = this.#written;
  }
}
