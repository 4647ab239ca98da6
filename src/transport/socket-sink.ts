import type { Socket } from "node:net";
import { WriteBatch } from "./write-batch.ts";
import type { FrameSink } from "./ws-parts.ts";

type Sent = NonNullable<Parameters<FrameSink["write"]>[1]>;

const LOST = new Error("the socket was destroyed before the kernel had taken all of it");

const ENDED = new Error("the socket was ended before");

/**
 * What the sender writes to: a socket, and somebody who watches the bytes that go there.
 *
 * 1. What is written between `cork` and `uncork` goes to the kernel in one call; so does what is
 *    written while the kernel has no room, which waits here: many small parts take little more memory
 *    here than their bytes, but much more in the queue of a socket.
 * 2. Each write is told what became of it. Node calls it a success when a socket is destroyed in the
 *    middle of a write. So it is noted here which writes the kernel has taken, which node does at
 *    once while there is room in the kernel; of the others, one that is told after the end was lost.
 */
export class SocketSink implements FrameSink {
  readonly #socket: Socket;
  readonly #watch: ((bytes: Uint8Array) => void) | undefined;
  readonly #batch = new WriteBatch();
  /** Of the writes that are in the batch. */
  #callbacks: Sent[] = [];
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
    this.#flow();
  }

  /** Ends the socket behind what was written; what is written later is lost. */
  end(): void {
    this.#ended = true;
    this.#flush();
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
    if (this.#corks === 0 && this.#hasRoom && this.#batch.isEmpty) return this.#put(bytes, sent);
    this.#batch.add(bytes);
    if (sent) this.#callbacks.push(sent);
    this.#flow();
  }

  /** True while the kernel takes what it is given at once. */
  get #hasRoom(): boolean {
    return this.#socket.writableLength === 0;
  }

  #flow(): void {
    if (this.#batch.isEmpty) return;
    if (this.#corks === 0 && (this.#hasRoom || this.#socket.destroyed)) this.#flush();
  }

  #flush(): void {
    if (this.#batch.isEmpty) return;
    const sent = this.#takeCallbacks();
    const only = this.#batch.takeOnly();
    if (only) this.#put(only, sent);
    else this.#putAll(this.#batch.take(), sent);
  }

  /** One for all who are waiting to be told. */
  #takeCallbacks(): Sent | undefined {
    if (this.#callbacks.length < 2) return this.#callbacks.pop();
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    return (error) => {
      for (const callback of callbacks) callback(error);
    };
  }

  #putAll(parts: readonly Uint8Array[], sent?: Sent): void {
    const last = parts.length - 1;
    this.#socket.cork();
    for (const [i, part] of parts.entries()) this.#put(part, i === last ? sent : undefined);
    this.#socket.uncork();
    this.#look();
  }

  #put(bytes: Uint8Array, sent?: Sent): void {
    if (this.#socket.destroyed) return sent?.(LOST);
    this.#written += 1;
    const place = this.#written;
    this.#socket.write(bytes, (error) => {
      const lost = this.#socket.destroyed && place > this.#taken;
      sent?.(error ?? (lost ? LOST : null));
      this.#flow();
    });
    this.#look();
  }

  #look(): void {
    if (this.#hasRoom && !this.#socket.destroyed) this.#taken = this.#written;
  }
}
