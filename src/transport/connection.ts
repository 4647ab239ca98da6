import type { Socket } from "node:net";
import type { Clock, Moment } from "../clock.ts";
import { FramecatError } from "../errors.ts";
import { CloseCode, encodeClosePayload } from "../protocol/close-codes.ts";
import type { DeflateParams } from "../protocol/deflate.ts";
import { encodeFrame } from "../protocol/encoder.ts";
import { MAX_CONTROL_PAYLOAD } from "../protocol/frame.ts";
import { Opcode } from "../protocol/opcodes.ts";
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
import { Inbound } from "./inbound.ts";
import { Outbound } from "./outbound.ts";
import { OutgoingMessage } from "./outgoing-message.ts";
import { PongReplies } from "./pong-replies.ts";
import { resetSocket } from "./reset-socket.ts";
import { RoundTrips } from "./round-trips.ts";
import { type Shape, ShapedSink } from "./shaped-sink.ts";
import type { SharedMessage } from "./shared-message.ts";
import { SocketSink } from "./socket-sink.ts";
import type { Traffic } from "./traffic.ts";
import { WireTap } from "./wire-tap.ts";
import { closeCodeFor, type Codec, createCodec, violationWords } from "./ws-parts.ts";
import type { WsReceiver } from "./ws-receiver.ts";

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
  /** The most fragments that a message may come in; one in more is answered with 1008. */
  readonly maxFragments?: number | undefined;
  readonly closeTimeoutMs?: number | undefined;
  /** Bytes from which on a message is compressed, where that was agreed on. Default 1024. */
  readonly deflateThreshold?: number | undefined;
  /** How hard zlib tries, 0 to 9. */
  readonly deflateLevel?: number | undefined;
  /** As a test of the peer, what is sent passes a slow pipe. */
  readonly shape?: Shape | undefined;
  /** As a test of the peer: false leaves a ping that came without its pong. */
  readonly answersPing?: (() => boolean) | undefined;
  /** As a test of the peer: false leaves its Close frame unanswered, and TCP open. */
  readonly answersClose?: (() => boolean) | undefined;
}

export interface SendOptions {
  readonly binary?: boolean;
  /** False: a further fragment of the same message follows. Default true. */
  readonly fin?: boolean;
  /** Whatever the threshold says; where deflating was not agreed on, it says nothing. */
  readonly compress?: boolean | undefined;
  /** The message is a heartbeat, and is told as one. */
  readonly heartbeat?: boolean;
  /** The same message, where it goes to others too: what is sent is its payload. */
  readonly shared?: Pick<SharedMessage, "payload" | "binary" | "frame"> | undefined;
  /** Told once whether the kernel has taken all of it, or never will. */
  readonly sent?: ((ok: boolean) => void) | undefined;
}

type Body<T = Event> = T extends Event ? Omit<T, "conn" | "at"> : never;

const DEFAULT_MAX_MESSAGE_LENGTH = 100 * 1024 * 1024;
const DEFAULT_CLOSE_TIMEOUT_MS = 5000;
/** Shorter messages gain nothing from being compressed. */
const DEFAULT_DEFLATE_THRESHOLD = 1024;
/** How long a connection that has failed may take to tell the peer. */
const FAIL_TIMEOUT_MS = 500;

export class Connection {
  readonly id: string;
  readonly role: "client" | "server";
  readonly subprotocol: string | undefined;
  readonly deflate: DeflateParams | undefined;
  /** Resolves with the `close` event once the connection has ended; it never rejects. */
  readonly closed: Promise<CloseEvent>;

  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #sink: SocketSink;
  readonly #pipe: ShapedSink | undefined;
  readonly #codec: Codec;
  readonly #receiver: WsReceiver;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #resolveClosed: (event: CloseEvent) => void;

  #state: ReadyState = "OPEN";
  readonly #outgoing = new OutgoingMessage();
  readonly #closing: Closing;
  #receiverDone = false;
  #socketDone = false;
  #failed = false;
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
    const tap = frames && new WireTap({ role, deflate, clock, emit: (event) => this.#emit(event) });
    const watch = (dir: Direction) =>
      tap ? (bytes: Uint8Array) => tap.push(dir, bytes) : undefined;
    const sink = new SocketSink(socket, watch("out"));
    this.#sink = sink;
    this.#pipe = options.shape && new ShapedSink(sink, options.shape, clock);
    const outlet = this.#pipe ?? sink;
    const { deflateLevel, maxFragments } = options;
    const maxMessageLength = maxMessageLengthOf(options);
    const limits = { maxMessageLength, maxFragments, deflateLevel };
    this.#codec = createCodec({ role, deflate, ...limits }, outlet);
    const { receiver, sender, mayCompress } = this.#codec;
    this.#receiver = receiver;
    this.#inbound = new Inbound({
      socket,
      receiver,
      sink: outlet,
      role,
      clock,
      watch: watch("in"),
    });
    this.#outbound = new Outbound({
      sender,
      sink,
      mask: role === "client",
      mayCompress,
      deflateThreshold: options.deflateThreshold ?? DEFAULT_DEFLATE_THRESHOLD,
      onEmpty: () => this.#endIfDone(),
    });
    this.#closing = new Closing({
      timeoutMs: options.closeTimeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS,
      unsent: () => this.#outbound.bytes + queuedIn(socket),
      isHeld: () => this.#inbound.isHeld || this.#piped > 0,
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
    return this.#outbound.bytes;
  }

  /** What has not left takes so many bytes: its payload, and what each send costs beside it. */
  get backlog(): number {
    return this.#outbound.backlog;
  }

  /** Bytes of messages that have come, whole or not: pings and pongs are none. */
  get bytesReceived(): number {
    return this.#inbound.messageBytes;
  }

  /** True while so much is queued that a send would have to be waited for. */
  get congested(): boolean {
    return this.#outbound.congested;
  }

  /** What has passed since the handshake. */
  get traffic(): Traffic {
    return { in: this.#inbound.tally, out: this.#outbound.tally };
  }

  /** When bytes last came from the peer; before any did, when the connection was opened. */
  get heardAt(): Moment {
    return this.#inbound.heardAt;
  }

  /** True while we do not read, so that nothing can be heard of the peer. */
  get held(): boolean {
    return this.#inbound.pauses;
  }

  /** True between the fragments of a message that is being sent. */
  get midMessage(): boolean {
    return this.#outgoing.isOpen;
  }

  /** A figure that changes as the peer takes what waits to be sent; undefined where nothing waits. */
  get progress(): number | undefined {
    if (this.#outbound.isEmpty) return undefined;
    return this.#outbound.settled * 2 ** 32 - queuedIn(this.#socket) - this.#piped;
  }

  /** Begins to read. @param head bytes that came with the handshake */
  start(head: Uint8Array = new Uint8Array(0)): void {
    this.#inbound.start(head);
  }

  /**
   * Sends a message, or a fragment of one. Resolves at once while little is queued, else when
   * enough has left: who awaits it never fills the memory.
   * @throws FramecatError (abnormal) when the connection is not open
   */
  send(
    data: string | Uint8Array,
    { binary = false, fin = true, compress, heartbeat, sent, shared }: SendOptions = {},
  ): Promise<void> {
    const refused = this.#refuseUnlessOpen();
    if (refused) return refused;
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    const { isOpen: midMessage } = this.#outgoing;
    this.#outbound.send(bytes, { binary, fin, compress, sent, shared }, midMessage);
    const message = this.#outgoing.push(bytes, binary ? "binary" : "text", fin);
    if (message) this.#emitMessage("out", message, heartbeat);
    return this.#outbound.room();
  }

  /**
   * Sends bytes as they are, which may be no frame at all, when it is their turn. What they mean is
   * not looked at: behind a Close frame sent like this the connection is still open here.
   * @throws FramecatError (abnormal) when the connection is not open
   */
  sendRaw(bytes: Uint8Array): Promise<void> {
    const refused = this.#refuseUnlessOpen();
    if (refused) return refused;
    this.#outbound.raw(bytes);
    return this.#outbound.room();
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
    this.#outbound.ping(data);
    this.#emit({ type: "ping", dir: "out", data });
    return this.#outbound.room();
  }

  /**
   * Sends a pong nobody asked for.
   * @throws RangeError over 125 bytes
   */
  pong(data: Uint8Array = new Uint8Array(0)): Promise<void> {
    checkControlPayload(data);
    const refused = this.#refuseUnlessOpen();
    if (refused) return refused;
    this.#outbound.pong(data);
    this.#emit({ type: "pong", dir: "out", data });
    return this.#outbound.room();
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

  /** Closes with any code, also one that never travels, as a test of the peer. */
  closeUnchecked(code: number, reason = ""): Promise<CloseEvent> {
    if (this.#state === "OPEN") {
      const payload = encodeClosePayload(code, reason);
      this.#sendClose({ code, reason }, "local", encodeFrame({ opcode: Opcode.close, payload }));
    }
    return this.closed;
  }

  /**
   * Sends what is queued, then ends our half of TCP without a Close frame, and reads on, as a test of
   * the peer. What is sent from then on is lost.
   */
  halfClose(): void {
    if (this.#state !== "OPEN") return;
    this.#closing.initiator ??= "local";
    this.#outbound.raw(new Uint8Array(0), () => this.#sink.end());
  }

  /** Ends the connection at once, by a TCP reset, as a test of the peer. */
  reset(): void {
    this.#closing.initiator ??= "local";
    this.#setState("CLOSING");
    resetSocket(this.#socket);
  }

  /**
   * Fails the connection (RFC 6455, section 7.1.7) for a cause that we found, as a peer that is not
   * there any more. A Close frame with 1011 is tried, since the peer may still be told; an answer is
   * neither awaited nor read, and it is over after half a second at most.
   */
  fail(error: FramecatError): void {
    if (this.#failed || this.#state === "CLOSED") return;
    this.#failed = true;
    this.#emit({ type: "error", code: error.code, message: error.message });
    const close = { code: CloseCode.internalError, reason: error.code };
    if (!this.#closing.sent) this.#sendClose(close, "local");
    this.#closing.hasten(FAIL_TIMEOUT_MS);
    this.#inbound.drain();
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
    return this.#inbound.hold();
  }

  #emit(body: Body): void {
    const { id, onEvent } = this.#options;
    onEvent({ ...body, conn: id, at: this.#inbound.now() });
  }

  /** Messages are what there is most of, and spreading is slow. */
  #emitMessage(
    dir: Direction,
    { kind, data, omitted }: Pick<MessageEvent, "kind" | "data" | "omitted">,
    heartbeat?: boolean,
  ): void {
    const { id, onEvent } = this.#options;
    const marked = heartbeat ? true : undefined;
    const at = this.#inbound.now();
    onEvent({ type: "message", conn: id, at, dir, kind, data, omitted, heartbeat: marked });
  }

  /** States only go forward. */
  #setState(state: "CLOSING" | "CLOSED"): void {
    if (this.#state === state || this.#state === "CLOSED") return;
    this.#state = state;
    this.#emit({ type: "state", state });
  }

  // Sending

  #replyPong(data: Uint8Array, sent: () => void): void {
    if (this.#state !== "OPEN") return;
    this.#outbound.pong(data, sent);
    this.#emit({ type: "pong", dir: "out", data });
  }

  /** Bytes that a slow pipe holds. */
  get #piped(): number {
    return this.#pipe?.waiting ?? 0;
  }

  #refuseUnlessOpen(): Promise<void> | undefined {
    if (this.#state === "OPEN") return undefined;
    return Promise.reject(new FramecatError("abnormal", "the connection is not open"));
  }

  // Receiving

  #listenToReceiver(): void {
    this.#receiver.on("message", (data, isBinary) => {
      this.#inbound.countMessage(data);
      this.#emitMessage("in", { kind: isBinary ? "binary" : "text", data });
    });
    this.#receiver.on("ping", (data) => {
      this.#inbound.countControl(data);
      this.#emit({ type: "ping", dir: "in", data });
      if (this.#options.answersPing?.() !== false) this.#pongReplies.answer(data);
    });
    this.#receiver.on("pong", (data) => {
      this.#inbound.countControl(data);
      const rttMs = this.#roundTrips.ponged(data, this.#options.clock.now().ns);
      this.#emit({ type: "pong", dir: "in", data, ...(rttMs !== undefined && { rttMs }) });
    });
    this.#receiver.on("conclude", (code, reason) => this.#onPeerClose(code, reason.toString()));
    this.#receiver.on("error", (error) => this.#onViolation(error));
    this.#receiver.on("close", () => {
      this.#receiverDone = true;
      this.#inbound.flow();
      this.#endIfDone();
      this.#finish();
    });
  }

  #listenToSocket(): void {
    const socket = this.#socket;
    socket.setTimeout(0);
    socket.on("end", () => this.#onEnd());
    socket.on("error", (error) => this.#onSocketError(error));
    socket.on("close", () => this.#onSocketClose());
    // It may have died while the handshake was being told.
    if (socket.closed) setImmediate(() => this.#onSocketClose());
  }

  /** The peer will send no more. What it sent last may still be inflating. */
  #onEnd(): void {
    this.#closing.initiator ??= "peer";
    this.#inbound.end();
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
    if (rest instanceof Buffer) this.#inbound.push(rest);
    this.#socketDone = true;
    this.#inbound.end();
    this.#outbound.release();
    this.#pipe?.stop();
    this.#finish();
  }

  /** The peer broke the protocol: say so in a Close frame, and read no further (section 7.1.7). */
  #onViolation(error: Error & { code?: string }): void {
    this.#failed = true;
    this.#emit({
      type: "error",
      code: "protocol",
      message: violationWords(error, maxMessageLengthOf(this.#options)),
    });
    if (this.#closing.sent) return;
    this.#sendClose({ code: closeCodeFor(error), reason: "" }, "local");
  }

  // Closing

  #onPeerClose(code: number, reason: string): void {
    this.#closing.received = { code, reason };
    this.#closing.passed(this.#options.clock.now().ns);
    if (this.#closing.sent || this.#options.answersClose?.() === false) return;
    this.#sendClose({ code, reason }, "peer");
  }

  /** @param bytes the frame as it is to be, where it is to be wrong */
  #sendClose(frame: CloseFrame, initiator: CloseEvent["initiator"], bytes?: Uint8Array): void {
    this.#closing.sent = frame;
    this.#closing.initiator ??= initiator;
    this.#closing.passed(this.#options.clock.now().ns);
    this.#beginClosing();
    const sent = (ok: boolean): void => {
      this.#closing.left = ok;
    };
    if (bytes) this.#outbound.raw(bytes, sent);
    else this.#outbound.close(frame, sent);
  }

  #beginClosing(): void {
    this.#setState("CLOSING");
    this.#closing.start();
  }

  /**
   * Ends our half of the TCP connection once there is nothing left to read or send. A client leaves
   * it to the server to be first (section 7.1.1), unless the connection has failed; so does a server
   * that leaves a Close frame unanswered.
   */
  #endIfDone(): void {
    if (!this.#receiverDone || !this.#outbound.isEmpty) return;
    const { received, sent } = this.#closing;
    const isMute = received !== undefined && sent === undefined;
    const mayBeFirst = (this.role === "server" && !isMute) || this.#failed;
    if (mayBeFirst || this.#socket.readableEnded) this.#socket.end();
  }

  /** The socket is gone and all that it brought is read: tell it, once. */
  #finish(): void {
    if (!this.#socketDone || !this.#receiverDone || this.#state === "CLOSED") return;
    this.#closing.stop();
    this.#codec.cleanup();
    this.#outbound.abandon();
    this.#setState("CLOSED");
    const { id, clock, onEvent } = this.#options;
    const at = clock.now();
    const durationMs = this.#closing.durationMs(at.ns);
    const event: CloseEvent = {
      type: "close",
      conn: id,
      at,
      ...this.#closing.outcome,
      ...(durationMs !== undefined && { durationMs }),
    };
    onEvent(event);
    this.#resolveClosed(event);
  }
}

function maxMessageLengthOf({ maxMessageLength }: ConnectionOptions): number {
  return maxMessageLength ?? DEFAULT_MAX_MESSAGE_LENGTH;
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
