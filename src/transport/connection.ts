import type { Socket } from "node:net";
import type { Moment } from "../clock.ts";
import { FramecatError } from "../errors.ts";
import { CloseCode, encodeClosePayload } from "../protocol/close-codes.ts";
import type { DeflateParams } from "../protocol/deflate.ts";
import { encodeFrame } from "../protocol/encoder.ts";
import { MAX_CONTROL_PAYLOAD } from "../protocol/frame.ts";
import { Opcode } from "../protocol/opcodes.ts";
import { checkCloseFrame, Closing } from "./closing.ts";
import {
  type ConnectionOptions,
  maxMessageLengthOf,
  type SendOptions,
} from "./connection-options.ts";
import type { CloseEvent, Direction, Event, MessageEvent, ReadyState } from "./events.ts";
import { Inbound } from "./inbound.ts";
import { Outbound } from "./outbound.ts";
import { OutgoingMessage } from "./outgoing-message.ts";
import { PongReplies } from "./pong-replies.ts";
import { RoundTrips } from "./round-trips.ts";
import { ShapedSink } from "./shaped-sink.ts";
import { SocketSink } from "./socket-sink.ts";
import { Teardown } from "./teardown.ts";
import type { Traffic } from "./traffic.ts";
import { WireTap } from "./wire-tap.ts";
import { createCodec } from "./ws-parts.ts";
import type { WsReceiver } from "./ws-receiver.ts";

export type { ConnectionOptions, SendOptions } from "./connection-options.ts";

type Body<T = Event> = T extends Event ? Omit<T, "conn" | "at"> : never;

/** Shorter messages gain nothing from being compressed. */
const DEFAULT_DEFLATE_THRESHOLD = 1024;
const DEFAULT_CLOSE_TIMEOUT_MS = 5000;

/**
 * The full connection: a socket whose handshake is done, with ws's receiver and sender on it.
 *
 * 1. Bytes that come go to the wire tap first, then to the receiver, so that a frame is told before
 *    the message it completes. Bytes that leave pass the tap where they are written to the socket.
 * 2. Sends keep their order, also when they are compressed, which takes time. Nothing is dropped:
 *    what is queued when `close` is called leaves before the Close frame does.
 * 3. Reading stops while the application holds it back or the receiver is behind, and TCP tells the
 *    peer. So the memory of a connection is bounded by `maxMessageLength`.
 * 4. However it ends, it ends in one `close` event: see `Teardown`.
 */
export class Connection {
  readonly id: string;
  readonly role: "client" | "server";
  readonly subprotocol: string | undefined;
  readonly deflate: DeflateParams | undefined;
  /** Resolves with the `close` event once the connection has ended; it never rejects. */
  readonly closed: Promise<CloseEvent>;

  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #pipe: ShapedSink | undefined;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #teardown: Teardown;

  #state: ReadyState = "OPEN";
  readonly #outgoing = new OutgoingMessage();
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
    const pipe = options.shape && new ShapedSink(sink, options.shape, clock);
    this.#pipe = pipe;
    const outlet = pipe ?? sink;
    const maxMessageLength = maxMessageLengthOf(options);
    const codec = createCodec({ ...options, deflate, maxMessageLength }, outlet);
    const { receiver, sender, mayCompress } = codec;
    const inbound = new Inbound({
      socket,
      receiver,
      sink: outlet,
      role,
      clock,
      watch: watch("in"),
    });
    const outbound = new Outbound({
      sender,
      sink,
      mask: role === "client",
      mayCompress,
      deflateThreshold: options.deflateThreshold ?? DEFAULT_DEFLATE_THRESHOLD,
      onEmpty: () => this.#teardown.endIfDone(),
    });
    this.#inbound = inbound;
    this.#outbound = outbound;
    this.#listenTo(receiver);
    const closing = new Closing({
      timeoutMs: options.closeTimeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS,
      unsent: () => outbound.bytes + queuedIn(socket),
      isHeld: () => inbound.isHeld || this.#piped > 0,
      expire: () => socket.destroy(),
    });
    const setState = (state: "CLOSING" | "CLOSED"): void => this.#setState(state);
    const parts = { socket, options, codec, inbound, outbound, sink, pipe, closing, setState };
    this.#teardown = new Teardown(parts);
    this.closed = this.#teardown.closed;
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
      this.#teardown.close({ code, reason }, "local");
    }
    return this.closed;
  }

  /** Closes with any code, also one that never travels, as a test of the peer. */
  closeUnchecked(code: number, reason = ""): Promise<CloseEvent> {
    if (this.#state === "OPEN") {
      const payload = encodeClosePayload(code, reason);
      const bytes = encodeFrame({ opcode: Opcode.close, payload });
      this.#teardown.close({ code, reason }, "local", bytes);
    }
    return this.closed;
  }

  /**
   * Sends what is queued, then ends our half of TCP without a Close frame, and reads on, as a test of
   * the peer. What is sent from then on is lost.
   */
  halfClose(): void {
    if (this.#state === "OPEN") this.#teardown.halfClose();
  }

  /** Ends the connection at once, by a TCP reset, as a test of the peer. */
  reset(): void {
    this.#teardown.abort("reset");
  }

  /**
   * Fails the connection (RFC 6455, section 7.1.7) for a cause that we found, as a peer that is not
   * there any more. A Close frame with 1011 is tried, since the peer may still be told; an answer is
   * neither awaited nor read, and it is over after half a second at most.
   */
  fail(error: FramecatError): void {
    this.#teardown.fail(error);
  }

  /** Ends the connection at once, without a Close frame. */
  terminate(): void {
    this.#teardown.abort("destroy");
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

  #listenTo(receiver: WsReceiver): void {
    receiver.on("message", (data, isBinary) => {
      this.#inbound.countMessage(data);
      this.#emitMessage("in", { kind: isBinary ? "binary" : "text", data });
    });
    receiver.on("ping", (data) => {
      this.#inbound.countControl(data);
      this.#emit({ type: "ping", dir: "in", data });
      if (this.#options.answersPing?.() !== false) this.#pongReplies.answer(data);
    });
    receiver.on("pong", (data) => {
      this.#inbound.countControl(data);
      const rttMs = this.#roundTrips.ponged(data, this.#options.clock.now().ns);
      this.#emit({ type: "pong", dir: "in", data, ...(rttMs !== undefined && { rttMs }) });
    });
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
