import { CloseCode } from "../protocol/close-codes.ts";
import type { CloseFrame } from "./closing.ts";
import { type MessagePart, Outflow, type Settle } from "./outflow.ts";
import type { SharedMessage } from "./shared-message.ts";
import { MAX_SHORT_PAYLOAD, shortFrame } from "./short-frame.ts";
import type { SocketSink } from "./socket-sink.ts";
import type { Tally } from "./traffic.ts";
import type { Sender } from "./ws-parts.ts";

export interface OutboundOptions {
  readonly sender: Sender;
  readonly sink: SocketSink;
  readonly mask: boolean;
  readonly mayCompress: boolean;
  /** Messages of fewer bytes are not compressed unless that is asked for. */
  readonly deflateThreshold: number;
  /** Called whenever all has left. */
  readonly onEmpty: () => void;
}

export interface OutgoingFragment {
  readonly binary: boolean;
  readonly fin: boolean;
  readonly compress: boolean | undefined;
  readonly sent: ((ok: boolean) => void) | undefined;
  /** What others are sent too; it counts only where it is what is to be sent. */
  readonly shared?: Pick<SharedMessage, "payload" | "binary" | "frame"> | undefined;
}

const DESTROYED = new Error("the connection has ended");

/** All that a connection sends: it leaves in the order in which it was given, and is counted. */
export class Outbound {
  readonly #options: OutboundOptions;
  readonly #outflow: Outflow;
  #messages = 0;
  #payloadBytes = 0;

  constructor(options: OutboundOptions) {
    this.#options = options;
    this.#outflow = new Outflow({
      onEmpty: options.onEmpty,
      onLeft: (length, part) => this.#left(length, part),
    });
  }

  /** Bytes of payload that have not left. */
  get bytes(): number {
    return this.#outflow.bytes;
  }

  /** Bytes of payload, and what each message or fragment costs beside them. */
  get backlog(): number {
    return this.#outflow.backlog;
  }

  get isEmpty(): boolean {
    return this.#outflow.isEmpty;
  }

  get congested(): boolean {
    return this.#outflow.congested;
  }

  /** How many sends have left, or never will. */
  get settled(): number {
    return this.#outflow.settled;
  }

  get tally(): Tally {
    const { sink } = this.#options;
    return {
      messages: this.#messages,
      payloadBytes: this.#payloadBytes,
      wireBytes: sink.bytes,
    };
  }

  /** Resolves once little enough waits to be sent. */
  room(): Promise<void> {
    return this.#outflow.room();
  }

  /** @param midMessage a fragment of the same message was sent before */
  send(
    bytes: Uint8Array,
    { binary, fin, compress, sent, shared }: OutgoingFragment,
    midMessage = false,
  ): void {
    const { sender, mask, mayCompress, deflateThreshold } = this.#options;
    const settle = this.#outflow.count(bytes.length, sent, fin ? "last" : "fragment");
    // Of a fragmented message the first fragment decides; the sender remembers it.
    const deflate = mayCompress && (compress ?? bytes.length >= deflateThreshold);
    const asItIs = fin && !midMessage && !deflate && !mask;
    if (asItIs && shared?.payload === bytes && shared.binary === binary) {
      sender.sendRaw(shared.frame, settle);
    } else if (asItIs && bytes.length <= MAX_SHORT_PAYLOAD) {
      sender.sendRaw(shortFrame(bytes, binary), settle);
    } else sender.send(bytes, { binary, fin, compress: deflate, mask }, settle);
  }

  ping(data: Uint8Array): void {
    this.#options.sender.ping(data, this.#options.mask, this.#outflow.count(data.length));
  }

  pong(data: Uint8Array, sent?: () => void): void {
    this.#options.sender.pong(data, this.#options.mask, this.#outflow.count(data.length, sent));
  }

  raw(bytes: Uint8Array, sent?: (ok: boolean) => void): void {
    this.#options.sender.sendRaw(bytes, this.#outflow.count(bytes.length, sent));
  }

  close({ code, reason }: CloseFrame, sent: (ok: boolean) => void): void {
    const { sender, mask } = this.#options;
    const settle: Settle = this.#outflow.count(0, sent);
    const travels = code === CloseCode.noStatus ? undefined : code;
    sender.close(travels, Buffer.from(reason), mask, settle);
  }

  /** Lets everyone go who waits for room. */
  release(): void {
    this.#outflow.release();
  }

  /** The connection has ended: what has not left by now never will. */
  abandon(): void {
    this.#outflow.abandon(DESTROYED);
  }

  #left(length: number, part: MessagePart): void {
    this.#payloadBytes += length;
    if (part === "last") this.#messages += 1;
  }
}
