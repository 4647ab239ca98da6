import type { Socket } from "node:net";
import type { Clock } from "../clock.ts";
import { FramecatError, messageOf } from "../errors.ts";
import { CloseCode, encodeClosePayload } from "../protocol/close-codes.ts";
import type { DeflateParams } from "../protocol/deflate.ts";
import { type Deferred, deferred } from "./deferred.ts";
import type { CloseEvent, Event, EventListener, ReadyState } from "./events.ts";
import { RoundTrips } from "./round-trips.ts";
import { WireTap } from "./wire-tap.ts";
import {
  closeCodeFor,
  createDeflate,
  type FrameSink,
  PerMessageDeflate,
  Receiver,
  Sender,
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
/** Sends ask to be waited for once this much is on its way. */
const HIGH_WATER_MARK = 256 * 1024;
/** zlib's smallest window is 2^9, so a side bound to 2^8 sends its messages uncompressed. */
const MIN_DEFLATE_BITS = 9;
/** Shorter messages gain nothing from being compressed. */
const DEFLATE_THRESHOLD = 1024;
const SENT = Promise.resolve();

export class Connection {
  readonly id: string;
  readonly role: "client" | "server";
  readonly subprotocol: string | undefined;
  readonly deflate: DeflateParams | undefined;
  /** Resolves with the `close` event once the connection has ended; it never rejects. */
  readonly closed: Promise<CloseEvent>;

  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #receiver: WsReceiver;
  readonly #sender: WsSender;
  readonly #tap: WireTap | undefined;
  readonly #extension: ReturnType<typeof createDeflate> | undefined;
  readonly #mask: boolean;
  readonly #compress: boolean;
  readonly #resolveClosed: (event: CloseEvent) => void;

  #state: ReadyState = "OPEN";
  #buffered = 0;
  #drained: Deferred<void> | undefined;
  #started = false;
  readonly #holds = new Set<() => void>();
  #receiverBusy = false;
  #receiverDone = false;
  #socketDone = false;
  #closeSent: CloseFrame | undefined;
  #closeReceived: CloseFrame | undefined;
  #initiator: "local" | "peer" | undefined;
  #closeTimer: NodeJS.Timeout | undefined;
  #pongDue: Uint8Array | undefined;
  #pongUnderWay = false;
  readonly #roundTrips = new RoundTrips();

  /** Takes over `socket`; nothing is read before `start`. */
  constructor(socket: Socket, options: ConnectionOptions) {
    const { id, role, subprotocol, deflate, frames, clock } = options;
    const maxPayload = options.maxMessageLength ?? DEFAULT_MAX_MESSAGE_LENGTH;
    this.id = id;
    this.role = role;
    this.subprotocol = subprotocol;
    this.deflate = deflate;
    this.#socket = socket;
    this.#options = options;
    this.#mask = role === "client";
    const isServer = role === "server";
    this.#extension = deflate && createDeflate(deflate, { isServer, maxPayload });
    const extensions = this.#extension
      ? { [PerMessageDeflate.extensionName]: this.#extension }
      : {};
    const bits = isServer ? deflate?.serverMaxWindowBits : deflate?.clientMaxWindowBits;
    this.#compress = bits !== undefined && bits >= MIN_DEFLATE_BITS;
    if (frames) {
      this.#tap = new WireTap({ role, deflate, clock, emit: (event) => this.#emit(event) });
    }
    this.#receiver = new Receiver({ isServer, extensions, maxPayload });
    this.#sender = new Sender(this.#sink(), extensions);
    const { promise, resolve } = deferred<CloseEvent>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    this.#listenToReceiver();
    this.#listenToSocket();
  }

  get state(): ReadyState {
    return this.#state;
  }

  /** Bytes handed to `send` and the control calls that have not left for the network. */
  get bufferedAmount(): number {
    return this.#buffered;
  }

  /** True while so much is queued that a send would have to be waited for. */
  get congested(): boolean {
    return this.#buffered >= HIGH_WATER_MARK;
  }

  /** Begins to read. @param head bytes that came with the handshake */
  start(head: Uint8Array = new Uint8Array(0)): void {
    this.#started = true;
    if (head.length > 0) this.#socket.unshift(head);
    this.#emit({ type: "state", state: "OPEN" });
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
    const sent = this.#count(bytes.length);
    // Of a fragmented message the first fragment decides; the sender remembers it.
    const compress = this.#compress && bytes.length >= DEFLATE_THRESHOLD;
    this.#sender.send(bytes, { binary, fin, compress, mask: this.#mask }, sent);
    if (fin) {
      const kind = binary ? "binary" : "text";
      this.#emit({ type: "message", dir: "out", kind, data: bytes });
    }
    return this.#room();
  }

  /** Sends a ping of at most 125 bytes; its pong will tell the round trip. */
  ping(data: Uint8Array = new Uint8Array(0)): Promise<void> {
    const refused = this.#refuseUnlessOpen();
    if (refused) return refused;
    this.#roundTrips.pinged(data, this.#options.clock.now().ns);
    this.#sender.ping(data, this.#mask, this.#count(data.length));
    this.#emit({ type: "ping", dir: "out", data });
    return this.#room();
  }

  /** Sends a pong nobody asked for, of at most 125 bytes. */
  pong(data: Uint8Array = new Uint8Array(0)): Promise<void> {
    const refused = this.#refuseUnlessOpen();
    if (refused) return refused;
    this.#sender.pong(data, this.#mask, this.#count(data.length));
    this.#emit({ type: "pong", dir: "out", data });
    return this.#room();
  }

  /**
   * Sends what is queued, then a Close frame, and waits for the peer's. Calling it again waits for
   * the same end.
   * @throws RangeError when the reason does not fit a Close frame
   */
  close(code: number = CloseCode.normal, reason = ""): Promise<CloseEvent> {
    if (this.#state === "OPEN") {
      encodeClosePayload(code, reason);
      this.#sendClose({ code, reason }, "local");
    }
    return this.closed;
  }

  /** Ends the connection at once, without a Close frame. */
  terminate(): void {
    this.#initiator ??= "local";
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

  #setState(state: ReadyState): void {
    if (this.#state === state) return;
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
        tap?.push("out", bytes);
        return socket.write(bytes, sent);
      },
    };
  }

  #refuseUnlessOpen(): Promise<void> | undefined {
    if (this.#state === "OPEN") return undefined;
    return Promise.reject(new FramecatError("abnormal", "the connection is not open"));
  }

  /** Counts bytes as buffered until the callback it gives says that they left. */
  #count(length: number): () => void {
    this.#buffered += length;
    return () => {
      this.#buffered -= length;
      if (!this.congested) this.#release();
    };
  }

  #room(): Promise<void> {
    if (!this.congested) return SENT;
    this.#drained ??= deferred();
    return this.#drained.promise;
  }

  #release(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  // Receiving

  #listenToReceiver(): void {
    this.#receiver.on("message", (data, isBinary) => {
      this.#emit({ type: "message", dir: "in", kind: isBinary ? "binary" : "text", data });
    });
    this.#receiver.on("ping", (data) => {
      this.#emit({ type: "ping", dir: "in", data });
      this.#answerPing(data);
    });
    this.#receiver.on("pong", (data) => {
      const rttMs = this.#roundTrips.ponged(data, this.#options.clock.now().ns);
      this.#emit({ type: "pong", dir: "in", data, ...(rttMs !== undefined && { rttMs }) });
    });
    this.#receiver.on("conclude", (code, reason) => this.#onPeerClose(code, reason.toString()));
    this.#receiver.on("drain", () => {
      this.#receiverBusy = false;
      this.#flow();
    });
    this.#receiver.on("error", (error) => this.#onViolation(error));
    this.#receiver.on("close", () => {
      this.#receiverDone = true;
      this.#finish();
    });
  }

  #listenToSocket(): void {
    const socket = this.#socket;
    socket.setTimeout(0);
    socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    socket.on("end", () => this.#onEnd());
    socket.on("error", (error) => this.#onSocketError(error));
    socket.on("close", () => {
      this.#socketDone = true;
      this.#receiver.end();
      this.#release();
      this.#finish();
    });
    socket.pause();
  }

  #onData(chunk: Buffer): void {
    this.#tap?.push("in", chunk);
    if (this.#receiver.destroyed || this.#receiver.writableEnded) return;
    this.#receiverBusy = !this.#receiver.write(chunk);
    if (this.#receiverBusy) this.#flow();
  }

  #flow(): void {
    if (this.#started && this.#holds.size === 0 && !this.#receiverBusy) this.#socket.resume();
    else this.#socket.pause();
  }

  /** The peer will send no more. What it sent last may still be inflating. */
  #onEnd(): void {
    this.#initiator ??= "peer";
    this.#receiver.end();
    this.#beginClosing();
    this.#socket.end();
  }

  #onSocketError(error: Error): void {
    this.#initiator ??= "peer";
    if (this.#closeReceived) return;
    this.#emit({
      type: "error",
      code: "abnormal",
      message: `the connection failed: ${error.message}`,
    });
  }

  /** The peer broke the protocol: say so in a Close frame, and read no further. */
  #onViolation(error: Error & { code?: string }): void {
    const code = closeCodeFor(error);
    this.#emit({
      type: "error",
      code: "protocol",
      message: `the peer broke the protocol: ${messageOf(error)}`,
    });
    this.#receiverBusy = false;
    if (this.#state === "OPEN") this.#sendClose({ code, reason: "" }, "local");
    else this.#socket.end();
    this.#flow();
  }

  // Ping and pong

  /**
   * One pong is under way at a time: to pings that come faster than pongs leave only the latest is
   * answered, which section 5.5.3 allows. So a peer that pings and never reads costs no memory.
   */
  #answerPing(data: Uint8Array): void {
    if (this.#state !== "OPEN") return;
    this.#pongDue = data;
    if (!this.#pongUnderWay) this.#sendPong();
  }

  #sendPong(): void {
    const data = this.#pongDue;
    this.#pongDue = undefined;
    if (!data || this.#state !== "OPEN") return;
    this.#pongUnderWay = true;
    const counted = this.#count(data.length);
    this.#sender.pong(data, this.#mask, () => {
      counted();
      this.#pongUnderWay = false;
      this.#sendPong();
    });
    this.#emit({ type: "pong", dir: "out", data });
  }

  // Closing

  #onPeerClose(code: number, reason: string): void {
    this.#closeReceived = { code, reason };
    if (this.#closeSent) this.#awaitEnd();
    else this.#sendClose({ code, reason }, "peer");
  }

  #sendClose(frame: CloseFrame, initiator: "local" | "peer"): void {
    this.#closeSent = frame;
    this.#initiator ??= initiator;
    this.#beginClosing();
    const code = frame.code === CloseCode.noStatus ? undefined : frame.code;
    const counted = this.#count(2);
    this.#sender.close(code, Buffer.from(frame.reason), this.#mask, () => {
      counted();
      if (this.#closeReceived) this.#awaitEnd();
    });
  }

  #beginClosing(): void {
    this.#setState("CLOSING");
    this.#closeTimer ??= this.#armCloseTimer();
  }

  /** Both Close frames have passed: the server ends the TCP connection first (section 7.1.1). */
  #awaitEnd(): void {
    if (this.role === "server" || this.#socket.readableEnded) this.#socket.end();
  }

  /**
   * Ends a peer that neither answers the Close frame nor takes what is queued before it. It is not
   * hurried while it takes what we send, nor while our own application keeps it from being read.
   */
  #armCloseTimer(): NodeJS.Timeout {
    const before = this.#buffered;
    return setTimeout(() => {
      const moving = this.#buffered > 0 && this.#buffered < before;
      if (moving || this.#holds.size > 0) this.#closeTimer = this.#armCloseTimer();
      else this.#socket.destroy();
    }, this.#options.closeTimeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS);
  }

  /** The socket is gone and all that it brought is read: tell it, once. */
  #finish(): void {
    if (!this.#socketDone || !this.#receiverDone || this.#state === "CLOSED") return;
    clearTimeout(this.#closeTimer);
    this.#extension?.cleanup();
    this.#setState("CLOSED");
    const { code, reason } = this.#closeReceived ?? this.#closeSent ?? ABNORMAL;
    const event: CloseEvent = {
      type: "close",
      conn: this.id,
      at: this.#options.clock.now(),
      code,
      reason,
      initiator: this.#initiator ?? "peer",
      clean: this.#closeReceived !== undefined && this.#closeSent !== undefined,
    };
    this.#options.onEvent(event);
    this.#resolveClosed(event);
  }
}

interface CloseFrame {
  readonly code: number;
  readonly reason: string;
}

const ABNORMAL: CloseFrame = { code: CloseCode.abnormal, reason: "" };
