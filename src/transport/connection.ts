import type { Socket } from "node:net";
import type { Clock } from "../clock.ts";
import { FramecatError, messageOf } from "../errors.ts";
import { CloseCode } from "../protocol/close-codes.ts";
import type { DeflateParams } from "../protocol/deflate.ts";
import { headerLength, MAX_CONTROL_PAYLOAD } from "../protocol/frame.ts";
import { checkCloseFrame, type CloseFrame, Closing } from "./closing.ts";
import { deferred } from "./deferred.ts";
import type {
  CloseEvent,
  Direction,
  Event,
  EventListener,
  MessageEvent,
  ReadyState,
} from "./events.ts";
import { Outflow } from "./outflow.ts";
import { OutgoingMessage } from "./outgoing-message.ts";
import { PongReplies } from "./pong-replies.ts";
import { RoundTrips } from "./round-trips.ts";
import { WireTap } from "./wire-tap.ts";
import {
  closeCodeFor,
  type Codec,
  createCodec,
  type FrameSink,
  type WsReceiver,
  type WsSender,
} from "./ws-parts.ts";

/**
 * The full connection: a socket whose handshake is done, with ws's receiver and sender on it.
 *
 * 1. Bytes that come go to the wire tap first, then to the receiver, so that a frame is told before
 *    the message it completes. Bytes that leave pass the tap where they are written to the socket.
 * 2. Sends keep their order, also when they are compressed, which takes time. Nothing is dropped:
 *    what is queued when `close` is called leaves before the Close frame does.
 * 3. Reading stops while the application holds it back or the receiver is behind, and TCP tells the
 *    peer. So the memory of a connection is bounded by `maxMessageLength`.
 * 4. Closing (section 7): the Close frame goes out last; then the peer has `closeTimeoutMs` to answer
 *    it and to end the connection. It always ends, in one `close` event.
 */
export interface ConnectionOptions {
  readonly id: string;
  readonly role: "client" | "server";
  readonly clock: Clock;
  readonly onEvent: EventListener;
  /** Decode every frame into a `frame` event; costs time, so it is off where nobody looks. */
  readonly frames: boolean;
  readonly subprotocol?: string | undefined;
  readonly deflate?: DeflateParams | undefined;
  /** Longest message accepted, after inflation; a longer one is answered with 1009. */
  readonly maxMessageLength?: number | undefined;
  readonly closeTimeoutMs?: number | undefined;
}

export interface SendOptions {
  readonly binary?: boolean;
  /** False: a further fragment of the same message follows. Default true. */
  readonly fin?: boolean;
}

type Body<T = Event> = T extends Event ? Omit<T, "conn" | "at"> : never;

const DEFAULT_MAX_MESSAGE_LENGTH = 100 * 1024 * 1024;
const DEFAULT_CLOSE_TIMEOUT_MS = 5000;
/** Shorter messages gain nothing from being compressed. */
const DEFLATE_THRESHOLD = 1024;

export class Connection {
  readonly id: string;
  readonly role: "client" | "server";
  readonly subprotocol: string | undefined;
  readonly deflate: DeflateParams | undefined;
  /** Resolves with the `close` event once the connection has ended; it never rejects. */
  readonly closed: Promise<CloseEvent>;

  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #tap: WireTap | undefined;
  readonly #codec: Codec;
  readonly #receiver: WsReceiver;
  readonly #sender: WsSender;
  readonly #mask: boolean;
  readonly #resolveClosed: (event: CloseEvent) => void;

  #state: ReadyState = "OPEN";
  readonly #outflow = new Outflow(() => this.#endIfDone());
  readonly #outgoing = new OutgoingMessage();
  readonly #closing: Closing;
  #started = false;
  readonly #holds = new Set<() => void>();
  #receiverDone = false;
  #socketDone = false;
  #violated = false;
  #bytesRead = 0;
  #controlBytes = 0;
  readonly #pongReplies = new PongReplies((data, sent) => this.#replyPong(data, sent));
  readonly #roundTrips = new RoundTrips();

  /** Takes over `socket`; nothing is read before `start`. */
  constructor(socket: Socket, options: ConnectionOptions) {
    const { id, role, subprotocol, deflate, frames, clock } = options;
    this.id = id;
    this.role = role;
    this.subprotocol = subprotocol;
    this.deflate = deflate;
    this.#socket = socket;
    this.#options = options;
    this.#mask = role === "client";
    if (frames) {
      this.#tap = new WireTap({ role, deflate, clock, emit: (event) => this.#emit(event) });
    }
    const { maxMessageLength = DEFAULT_MAX_MESSAGE_LENGTH } = options;
    this.#codec = createCodec({ role, deflate, maxMessageLength }, this.#sink());
    this.#receiver = this.#codec.receiver;
    this.#sender = this.#codec.sender;
    this.#closing = new Closing({
      timeoutMs: options.closeTimeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS,
      unsent: () => this.#outflow.bytes + queuedIn(socket),
      isHeld: () => this.#holds.size > 0,
      expire: () => socket.destroy(),
    });
    const { promise, resolve } = deferred<CloseEvent>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    this.#listenToReceiver();
    this.#listenToSocket();
    this.#emit({ type: "state", state: "OPEN" });
  }

  get state(): ReadyState {
    return this.#state;
  }

  /** Bytes of payload handed to `send` and the control calls that have not left for the network. */
  get bufferedAmount(): number {
    return this.#outflow.bytes;
  }

  /** Bytes of messages that have come, whole or not: pings and pongs are none. */
  get bytesReceived(): number {
    return this.#bytesRead - this.#controlBytes;
  }

  /** True while so much is queued that a send would have to be waited for. */
  get congested(): boolean {
    return this.#outflow.congested;
  }

  /** Begins to read. @param head bytes that came with the handshake */
  start(head: Uint8Array = new Uint8Array(0)): void {
    this.#started = true;
    if (head.length > 0) this.#socket.unshift(head);
    this.#flow();
  }

  /**
   * Sends a message, or a fragment of one. Resolves at once while little is queued, else when
   * enough has left: who awaits it never fills the memory.
   * @throws FramecatError (abnormal) when the connection is not open
   */
  send(data: string | Uint8Array, { binary = false, fin = true }: SendOptions = {}): Promise<void> {
    const refused = this.#refuseUnlessOpen();
    if (refused) return refused;
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    const sent = this.#outflow.count(bytes.length);
    // Of a fragmented message the first fragment decides; the sender remembers it.
    const compress = this.#codec.mayCompress && bytes.length >= DEFLATE_THRESHOLD;
    this.#sender.send(bytes, { binary, fin, compress, mask: this.#mask }, sent);
    const message = this.#outgoing.push(bytes, binary ? "binary" : "text", fin);
    if (message) this.#emitMessage("out", message);
    return this.#outflow.room();
  }

  /**
   * Sends a ping; its pong will tell the round trip.
   * @throws RangeError over 125 bytes
   */
  ping(data: Uint8Array = new Uint8Array(0)): Promise<void> {
    checkControlPayload(data);
    const refused = this.#refuseUnlessOpen();
    if (refused) return refused;
    this.#roundTrips.pinged(data, this.#options.clock.now().ns);
    this.#sender.ping(data, this.#mask, this.#outflow.count(data.length));
    this.#emit({ type: "ping", dir: "out", data });
    return this.#outflow.room();
  }

  /**
   * Sends a pong nobody asked for.
   * @throws RangeError over 125 bytes
   */
  pong(data: Uint8Array = new Uint8Array(0)): Promise<void> {
    checkControlPayload(data);
    const refused = this.#refuseUnlessOpen();
    if (refused) return refused;
    this.#sender.pong(data, this.#mask, this.#outflow.count(data.length));
    this.#emit({ type: "pong", dir: "out", data });
    return this.#outflow.room();
  }

  /**
   * Sends what is queued, then a Close frame, and waits for the peer's. Calling it again waits for
   * the same end.
   * @throws RangeError for a code that never travels, or a reason that does not fit a Close frame
   */
  close(code: number = CloseCode.normal, reason = ""): Promise<CloseEvent> {
    if (this.#state === "OPEN") {
      checkCloseFrame({ code, reason });
      this.#sendClose({ code, reason }, "local");
    }
    return this.closed;
  }

  /** Ends the connection at once, without a Close frame. */
  terminate(): void {
    this.#closing.initiator ??= "local";
    this.#setState("CLOSING");
    this.#socket.destroy();
  }

  /**
   * Stops reading until the function it gives is called; the peer is held back by TCP. Several may
   * hold at a time: reading goes on when the last has let go.
   */
  hold(): () => void {
    const release = (): void => {
      this.#holds.delete(release);
      this.#flow();
    };
    this.#holds.add(release);
    this.#flow();
    return release;
  }

  #emit(body: Body): void {
    const { id, clock, onEvent } = this.#options;
    onEvent({ ...body, conn: id, at: clock.now() });
  }

  /** Messages are what there is most of, and spreading is slow. */
  #emitMessage(
    dir: Direction,
    { kind, data, omitted }: Pick<MessageEvent, "kind" | "data" | "omitted">,
  ): void {
    const { id, clock, onEvent } = this.#options;
    onEvent({ type: "message", conn: id, at: clock.now(), dir, kind, data, omitted });
  }

  /** States only go forward. */
  #setState(state: "CLOSING" | "CLOSED"): void {
    if (this.#state === state || this.#state === "CLOSED") return;
    this.#state = state;
    this.#emit({ type: "state", state });
  }

  // Sending

  /** What the sender writes to: the socket, past the tap. */
  #sink(): FrameSink {
    const socket = this.#socket;
    const tap = this.#tap;
    return {
      get destroyed() {
        return socket.destroyed;
      },
      cork: () => socket.cork(),
      uncork: () => socket.uncork(),
      write: (data, sent) => {
        const bytes = typeof data === "string" ? Buffer.from(data) : data;
        if (socket.writable) tap?.push("out", bytes);
        return socket.write(bytes, sent);
      },
    };
  }

  #replyPong(data: Uint8Array, sent: () => void): void {
    if (this.#state !== "OPEN") return;
    const counted = this.#outflow.count(data.length);
    this.#sender.pong(data, this.#mask, () => {
      counted();
      sent();
    });
    this.#emit({ type: "pong", dir: "out", data });
  }

  #refuseUnlessOpen(): Promise<void> | undefined {
    if (this.#state === "OPEN") return undefined;
    return Promise.reject(new FramecatError("abnormal", "the connection is not open"));
  }

  // Receiving

  #listenToReceiver(): void {
    this.#receiver.on("message", (data, isBinary) => {
      this.#emitMessage("in", { kind: isBinary ? "binary" : "text", data });
    });
    this.#receiver.on("ping", (data) => {
      this.#countControl(data);
      this.#emit({ type: "ping", dir: "in", data });
      this.#pongReplies.answer(data);
    });
    this.#receiver.on("pong", (data) => {
      this.#countControl(data);
      const rttMs = this.#roundTrips.ponged(data, this.#options.clock.now().ns);
      this.#emit({ type: "pong", dir: "in", data, ...(rttMs !== undefined && { rttMs }) });
    });
    this.#receiver.on("conclude", (code, reason) => this.#onPeerClose(code, reason.toString()));
    this.#receiver.on("drain", () => this.#flow());
    this.#receiver.on("error", (error) => this.#onViolation(error));
    this.#receiver.on("close", () => {
      this.#receiverDone = true;
      this.#flow();
      this.#endIfDone();
      this.#finish();
    });
  }

  #listenToSocket(): void {
    const socket = this.#socket;
    socket.setTimeout(0);
    socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    socket.on("end", () => this.#onEnd());
    socket.on("error", (error) => this.#onSocketError(error));
    socket.on("close", () => this.#onSocketClose());
    socket.pause();
    // It may have died while the handshake was being told.
    if (socket.closed) setImmediate(() => this.#onSocketClose());
  }

  #onData(chunk: Buffer): void {
    this.#bytesRead += chunk.length;
    this.#tap?.push("in", chunk);
    if (this.#receiver.destroyed || this.#receiver.writableEnded) return;
    this.#receiver.write(chunk);
    if (this.#receiver.writableNeedDrain) this.#flow();
  }

  #countControl({ length }: Uint8Array): void {
    this.#controlBytes += headerLength(7, !this.#mask) + length;
  }

  #flow(): void {
    const held = this.#holds.size > 0 || this.#receiver.writableNeedDrain;
    if (this.#started && !held) this.#socket.resume();
    else this.#socket.pause();
  }

  /** The peer will send no more. What it sent last may still be inflating. */
  #onEnd(): void {
    this.#closing.initiator ??= "peer";
    this.#receiver.end();
    this.#beginClosing();
    this.#endIfDone();
  }

  #onSocketError(error: Error): void {
    this.#closing.initiator ??= "peer";
    if (this.#closing.received) return;
    this.#emit({
      type: "error",
      code: "abnormal",
      message: `the connection failed: ${error.message}`,
    });
  }

  #onSocketClose(): void {
    this.#setState("CLOSING");
    // What was read while it was held back is all that will ever come.
    const rest: unknown = this.#socket.read();
    if (rest instanceof Buffer) this.#onData(rest);
    this.#socketDone = true;
    this.#receiver.end();
    this.#outflow.release();
    this.#finish();
  }

  /** The peer broke the protocol: say so in a Close frame, and read no further (section 7.1.7). */
  #onViolation(error: Error & { code?: string }): void {
    this.#violated = true;
    this.#emit({
      type: "error",
      code: "protocol",
      message: `the peer broke the protocol: ${messageOf(error)}`,
    });
    if (this.#closing.sent) return;
    this.#sendClose({ code: closeCodeFor(error), reason: "" }, "local");
  }

  // Closing

  #onPeerClose(code: number, reason: string): void {
    this.#closing.received = { code, reason };
    if (!this.#closing.sent) this.#sendClose({ code, reason }, "peer");
  }

  #sendClose(frame: CloseFrame, initiator: CloseEvent["initiator"]): void {
    this.#closing.sent = frame;
    this.#closing.initiator ??= initiator;
    this.#beginClosing();
    const code = frame.code === CloseCode.noStatus ? undefined : frame.code;
    const counted = this.#outflow.count(0);
    this.#sender.close(code, Buffer.from(frame.reason), this.#mask, (error) => {
      this.#closing.left = !error;
      counted();
    });
  }

  #beginClosing(): void {
    this.#setState("CLOSING");
    this.#closing.start();
  }

  /**
   * Ends our half of the TCP connection once there is nothing left to read or send. A client leaves
   * it to the server to be first (section 7.1.1), unless the server broke the protocol.
   */
  #endIfDone(): void {
    if (!this.#receiverDone || !this.#outflow.isEmpty) return;
    const mayBeFirst = this.role === "server" || this.#violated;
    if (mayBeFirst || this.#socket.readableEnded) this.#socket.end();
  }

  /** The socket is gone and all that it brought is read: tell it, once. */
  #finish(): void {
    if (!this.#socketDone || !this.#receiverDone || this.#state === "CLOSED") return;
    this.#closing.stop();
    this.#codec.cleanup();
    this.#setState("CLOSED");
    const { id, clock, onEvent } = this.#options;
    const event: CloseEvent = {
      type: "close",
      conn: id,
      at: clock.now(),
      ...this.#closing.outcome,
    };
    onEvent(event);
    this.#resolveClosed(event);
  }
}

function checkControlPayload({ length }: Uint8Array): void {
  if (length <= MAX_CONTROL_PAYLOAD) return;
  throw new RangeError(`a control frame holds at most ${MAX_CONTROL_PAYLOAD} bytes, not ${length}`);
}

/** Bytes that the kernel has not taken yet of a write under way; node keeps that figure to itself. */
function queuedIn(socket: Socket): number {
  const { _handle: handle } = socket as Socket & {
    readonly _handle?: { readonly writeQueueSize?: number } | null;
  };
  return handle?.writeQueueSize ?? 0;
}
