import type { Socket } from "node:net";
import type { FramecatError } from "../errors.ts";
import { CloseCode } from "../protocol/close-codes.ts";
import type { CloseFrame, Closing } from "./closing.ts";
import { type ConnectionOptions, maxMessageLengthOf } from "./connection-options.ts";
import { deferred } from "./deferred.ts";
import type { CloseEvent, ErrorEvent } from "./events.ts";
import type { Inbound } from "./inbound.ts";
import type { Outbound } from "./outbound.ts";
import { resetSocket } from "./reset-socket.ts";
import type { ShapedSink } from "./shaped-sink.ts";
import type { SocketSink } from "./socket-sink.ts";
import { closeCodeFor, type Codec, violationWords } from "./ws-parts.ts";

/** What a connection is made of. */
export interface TeardownParts {
  readonly socket: Socket;
  readonly options: ConnectionOptions;
  readonly codec: Codec;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly sink: SocketSink;
  readonly pipe: ShapedSink | undefined;
  readonly closing: Closing;
  readonly setState: (state: "CLOSING" | "CLOSED") => void;
}

/** How long a connection that has failed may take to tell the peer. */
const FAIL_TIMEOUT_MS = 500;

/**
 * The end of a connection (RFC 6455, section 7), from its first sign to the `close` event.
 *
 * 1. It begins with a Close frame of either side, a violation, a failure, or the end of the peer's
 *    half of TCP. What is queued leaves first; then our Close frame, behind which nothing comes.
 * 2. From then on the peer has a limited time, which `Closing` takes.
 * 3. Our half of TCP ends when all is read and sent, and the peer has had the turn that is its.
 * 4. The connection has ended when the socket is gone and the receiver is through with what it
 *    brought, in whichever order. Nothing is told after that.
 */
export class Teardown {
  /** Resolves with the `close` event once the connection has ended; it never rejects. */
  readonly closed: Promise<CloseEvent>;
  readonly #parts: TeardownParts;
  readonly #resolveClosed: (event: CloseEvent) => void;
  #receiverDone = false;
  #socketDone = false;
  #failed = false;
  #over = false;

  constructor(parts: TeardownParts) {
    this.#parts = parts;
    const { promise, resolve } = deferred<CloseEvent>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    this.#listenToReceiver();
    this.#listenToSocket();
  }

  /** Sends our Close frame. @param bytes the frame as it is to be, where it is to be wrong */
  close(frame: CloseFrame, initiator: CloseEvent["initiator"], bytes?: Uint8Array): void {
    const { closing, outbound, options } = this.#parts;
    closing.sent = frame;
    closing.initiator ??= initiator;
    closing.passed(options.clock.now().ns);
    this.#begin();
    const sent = (ok: boolean): void => {
      closing.left = ok;
    };
    if (bytes) outbound.raw(bytes, sent);
    else outbound.close(frame, sent);
  }

  halfClose(): void {
    const { closing, outbound, sink } = this.#parts;
    closing.initiator ??= "local";
    outbound.raw(new Uint8Array(0), () => sink.end());
  }

  fail({ code, message }: FramecatError): void {
    if (this.#failed || this.#over) return;
    const { closing, inbound } = this.#parts;
    this.#failed = true;
    this.#tellError(code, message);
    if (!closing.sent) this.close({ code: CloseCode.internalError, reason: code }, "local");
    closing.hasten(FAIL_TIMEOUT_MS);
    inbound.drain();
  }

  /** Ends the connection at once, without a Close frame. */
  abort(how: "destroy" | "reset"): void {
    const { closing, setState, socket } = this.#parts;
    closing.initiator ??= "local";
    setState("CLOSING");
    if (how === "reset") resetSocket(socket);
    else socket.destroy();
  }

  /**
   * Ends our half of the TCP connection once there is nothing left to read or send. A client leaves
   * it to the server to be first (section 7.1.1), unless the connection has failed; so does a server
   * that leaves a Close frame unanswered.
   */
  endIfDone(): void {
    if (!this.#receiverDone || !this.#parts.outbound.isEmpty) return;
    const { closing, options, socket } = this.#parts;
    const isMute = closing.received !== undefined && closing.sent === undefined;
    const mayBeFirst = (options.role === "server" && !isMute) || this.#failed;
    if (mayBeFirst || socket.readableEnded) socket.end();
  }

  #listenToReceiver(): void {
    const { codec, inbound } = this.#parts;
    codec.receiver.on("conclude", (code, reason) => this.#onPeerClose(code, reason.toString()));
    codec.receiver.on("error", (error) => this.#onViolation(error));
    codec.receiver.on("close", () => {
      this.#receiverDone = true;
      inbound.flow();
      this.endIfDone();
      this.#finish();
    });
  }

  #listenToSocket(): void {
    const { socket } = this.#parts;
    socket.setTimeout(0);
    socket.on("end", () => this.#onEnd());
    socket.on("error", (error) => this.#onSocketError(error));
    socket.on("close", () => this.#onSocketClose());
    // It may have died while the handshake was being told.
    if (socket.closed) setImmediate(() => this.#onSocketClose());
  }

  #onPeerClose(code: number, reason: string): void {
    const { closing, options } = this.#parts;
    closing.received = { code, reason };
    closing.passed(options.clock.now().ns);
    if (closing.sent || options.answersClose?.() === false) return;
    this.close({ code, reason }, "peer");
  }

  /** The peer broke the protocol: say so in a Close frame, and read no further (section 7.1.7). */
  #onViolation(error: Error & { code?: string }): void {
    const { closing, options } = this.#parts;
    this.#failed = true;
    this.#tellError("protocol", violationWords(error, maxMessageLengthOf(options)));
    if (!closing.sent) this.close({ code: closeCodeFor(error), reason: "" }, "local");
  }

  /** The peer will send no more. What it sent last may still be inflating. */
  #onEnd(): void {
    const { closing, inbound } = this.#parts;
    closing.initiator ??= "peer";
    inbound.end();
    this.#begin();
    this.endIfDone();
  }

  #onSocketError({ message }: Error): void {
    const { closing } = this.#parts;
    closing.initiator ??= "peer";
    if (!closing.received) this.#tellError("abnormal", `the connection failed: ${message}`);
  }

  #onSocketClose(): void {
    const { socket, inbound, outbound, pipe, setState } = this.#parts;
    setState("CLOSING");
    // What was read while it was held back is all that will ever come.
    const rest: unknown = socket.read();
    if (rest instanceof Buffer) inbound.push(rest);
    this.#socketDone = true;
    inbound.end();
    outbound.release();
    pipe?.stop();
    this.#finish();
  }

  #begin(): void {
    this.#parts.setState("CLOSING");
    this.#parts.closing.start();
  }

  #tellError(code: ErrorEvent["code"], message: string): void {
    const { options, inbound } = this.#parts;
    options.onEvent({ type: "error", code, message, conn: options.id, at: inbound.now() });
  }

  /** The socket is gone and all that it brought is read: tell it, once. */
  #finish(): void {
    if (!this.#socketDone || !this.#receiverDone || this.#over) return;
    const { closing, codec, outbound, options, setState } = this.#parts;
    closing.stop();
    codec.cleanup();
    outbound.abandon();
    this.#over = true;
    setState("CLOSED");
    const at = options.clock.now();
    const durationMs = closing.durationMs(at.ns);
    const event: CloseEvent = {
      type: "close",
      conn: options.id,
      at,
      ...closing.outcome,
      ...(durationMs !== undefined && { durationMs }),
    };
    options.onEvent(event);
    this.#resolveClosed(event);
  }
}
