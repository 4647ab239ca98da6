import type { Socket } from "node:net";
import type { FrameSink } from "./ws-parts.ts";

type Sent = NonNullable<Parameters<FrameSink["write"]>[1]>;

const LOST = new Error("the socket was destroyed before the kernel had taken all of it");

/**
 * What the sender writes to: a socket, and somebody who watches the bytes that go there.
 *
 * Each write is told what became of it. Node calls it a success when a socket is destroyed in the
 * middle of a write. So it is noted here which writes the kernel has taken, which node does at once
 * while there is room in the kernel; of the others, one that is told after the end was lost.
 */
export class SocketSink implements FrameSink {
  readonly #socket: Socket;
  readonly #watch: ((bytes: Uint8Array) => void) | undefined;
  #written = 0;
  #taken = 0;
  #bytes = 0;

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

  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
    this.#look();
  }

  write(data: Uint8Array | string, sent?: Sent): boolean {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    if (this.#socket.writable) {
      this.#bytes += bytes.length;
      this.#watch?.(bytes);
    }
    this.#written += 1;
    const more = this.#socket.write(bytes, sent && this.#judged(sent));
    this.#look();
    return more;
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
