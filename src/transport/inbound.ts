import type { Socket } from "node:net";
import type { Clock, Moment } from "../clock.ts";
import { headerLength } from "../protocol/frame.ts";
import type { Tally } from "./traffic.ts";
import type { FrameSink } from "./ws-parts.ts";
import type { WsReceiver } from "./ws-receiver.ts";

export interface InboundOptions {
  readonly socket: Socket;
  readonly receiver: WsReceiver;
  /** Where what is answered goes. */
  readonly sink: Pick<FrameSink, "cork" | "uncork">;
  readonly role: "client" | "server";
  readonly clock: Clock;
  /** Sees the bytes before the receiver does. */
  readonly watch: ((bytes: Uint8Array) => void) | undefined;
}

/**
 * Moves what comes at a socket to the receiver, counts it, and stops while the application holds it
 * back or the receiver is behind: TCP then tells the peer.
 */
export class Inbound {
  readonly #options: InboundOptions;
  readonly #holds = new Set<() => void>();
  #started = false;
  #draining = false;
  #ended = false;
  #bytes = 0;
  #controlBytes = 0;
  #messages = 0;
  #payloadBytes = 0;
  #heardAt: Moment;
  #isReading = false;

  /** Nothing is read before `start`. */
  constructor(options: InboundOptions) {
    const { socket, receiver, clock } = options;
    this.#options = options;
    this.#heardAt = clock.now();
    socket.on("data", (chunk: Buffer) => this.push(chunk));
    receiver.on("drain", () => this.flow());
    socket.pause();
  }

  /** When bytes last came; before any did, when it was made. */
  get heardAt(): Moment {
    return this.#heardAt;
  }

  /**
   * The present. All that a read brings about at once has the moment of the read: so do the answers
   * to its messages, which leave together behind the last of them.
   */
  now(): Moment {
    return this.#isReading ? this.#heardAt : this.#options.clock.now();
  }

  get tally(): Tally {
    return {
      messages: this.#messages,
      payloadBytes: this.#payloadBytes,
      wireBytes: this.#bytes,
    };
  }

  /** Bytes of messages that have come, whole or not: pings and pongs are none. */
  get messageBytes(): number {
    return this.#bytes - this.#controlBytes;
  }

  /** True while our own application holds the peer back. */
  get isHeld(): boolean {
    return this.#holds.size > 0;
  }

  /** True while nothing is read, for whatever cause. */
  get pauses(): boolean {
    return this.isHeld || this.#options.receiver.writableNeedDrain;
  }

  /** @param head bytes that came with the handshake */
  start(head: Uint8Array): void {
    this.#started = true;
    if (head.length > 0) this.#options.socket.unshift(head);
    this.flow();
  }

  /** Stops reading until the function it gives is called, and all others that were given. */
  hold(): () => void {
    const release = (): void => {
      this.#holds.delete(release);
      this.flow();
    };
    this.#holds.add(release);
    this.flow();
    return release;
  }

  /** What comes from now on is read in any case, and not looked at. */
  drain(): void {
    this.#draining = true;
    this.end();
  }

  /** Nothing more comes: what has come is looked at, whoever holds it back. */
  end(): void {
    this.#ended = true;
    this.#options.receiver.end();
    this.flow();
  }

  flow(): void {
    const { socket, receiver } = this.#options;
    if (this.isHeld && !this.#ended) receiver.suspend();
    else receiver.proceed();
    if (this.#started && (this.#draining || !this.pauses)) socket.resume();
    else socket.pause();
  }

  push(chunk: Buffer): void {
    const { receiver, sink, clock, watch } = this.#options;
    this.#bytes += chunk.length;
    this.#heardAt = clock.now();
    watch?.(chunk);
    if (receiver.destroyed || receiver.writableEnded) return;
    // The answers to all messages of a read leave in one write.
    sink.cork();
    this.#isReading = watch === undefined;
    receiver.push(chunk);
    this.#isReading = false;
    sink.uncork();
    if (receiver.writableNeedDrain) this.flow();
  }

  /** The receiver has found a whole message. */
  countMessage({ length }: Uint8Array): void {
    this.#messages += 1;
    this.#payloadBytes += length;
  }

  /** The receiver has found a ping or a pong. */
  countControl({ length }: Uint8Array): void {
    this.#controlBytes += headerLength(7, this.#options.role === "server") + length;
  }
}
