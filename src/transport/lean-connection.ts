import type { Socket } from "node:net";
import { CloseCode, encodeClosePayload, parseClosePayload } from "../protocol/close-codes.ts";
import { encodeFrame } from "../protocol/encoder.ts";
import { Opcode } from "../protocol/opcodes.ts";
import type { Violation } from "../protocol/rules.ts";
import type { ReadyState } from "./events.ts";
import { type InboundListener, LeanInbound } from "./lean-inbound.ts";

/**
 * The lean connection: the client's end of a WebSocket, for load.
 *
 * 1. It writes frames that its owner has encoded before, many in one write where many are due, and
 *    counts what comes back. Bytes are read into a buffer that all connections share.
 * 2. Most replies are whole, short, unfragmented frames: these are counted where they lie. All else
 *    goes through `LeanInbound`, which is made when it is first needed, so that an idle connection is
 *    little more than its socket.
 * 3. Nothing is allocated for a message, sent or received. The owner is told once per read. Only an
 *    owner that asks for payloads, by having `message`, gets them.
 * 4. The protocol is kept all the same: pings are answered, Close is answered, a peer that breaks a
 *    rule is told so with a Close frame and left.
 */
export interface LeanListener {
  /** One read brought `bytes` bytes, which completed so many messages; there may be none. */
  received(messages: number, bytes: number): void;
  /**
   * A whole message, told before the read that completed it. Bytes are valid during the call only.
   * @param compressed whether it is to be inflated (RFC 7692, section 6.2)
   */
  message?(payload: Uint8Array, opcode: number, compressed: boolean): void;
  /** Bytes are valid during the call only. */
  pong?(payload: Uint8Array): void;
  /** What held up sending has left. */
  drained(): void;
  /** The connection has ended; the last call. */
  closed(close: LeanClose): void;
}

/** How a connection ended. */
export interface LeanClose {
  /** The code received, or sent where none came; 1006 where the connection just ended. */
  readonly code: number;
  readonly reason: string;
  readonly initiator: "local" | "peer";
  /** True when Close frames went both ways (section 7.1.4). */
  readonly clean: boolean;
  /** What the peer broke, where that was the end. */
  readonly violation?: Violation;
  /** The system's name of the error that ended it, such as ECONNRESET. */
  readonly errno?: string;
}

interface CloseFrame {
  readonly code: number;
  readonly reason: string;
}

/** What only a connection that is ending has. */
interface Ending {
  timer?: NodeJS.Timeout;
  sent?: CloseFrame;
  received?: CloseFrame;
  initiator?: "local" | "peer";
  violation?: Violation;
  errno?: string;
}

export interface LeanConnectionOptions {
  /** Makes the masking keys of control frames. */
  readonly random: (length: number) => Uint8Array;
  /** How long the peer has to answer a Close frame and to end the connection. */
  readonly closeTimeoutMs?: number | undefined;
}

/** Sockets know their connection, so that all of them share their listeners. */
const CONNECTION = Symbol("connection");
type LeanSocket = Socket & { [CONNECTION]?: LeanConnection };

const DEFAULT_CLOSE_TIMEOUT_MS = 5000;
const TEXT = 0x80 | Opcode.text;
const BINARY = 0x80 | Opcode.binary;
const ABNORMAL: CloseFrame = { code: CloseCode.abnormal, reason: "" };

export class LeanConnection implements InboundListener {
  readonly #options: LeanConnectionOptions;
  readonly #listener: LeanListener;
  #deflate = false;
  #socket: LeanSocket | undefined;
  /** Takes what comes before the connection is open. */
  #handshake: ((bytes: Uint8Array) => void) | undefined;
  #state: ReadyState = "CONNECTING";
  #congested = false;
  #inbound: LeanInbound | undefined;
  #pongDue: Uint8Array | undefined;
  #ending: Ending | undefined;

  /** @param options may be shared by many */
  constructor(listener: LeanListener, options: LeanConnectionOptions) {
    this.#listener = listener;
    this.#options = options;
  }

  get state(): ReadyState {
    return this.#state;
  }

  /** Whether both sides may compress messages. */
  get deflate(): boolean {
    return this.#deflate;
  }

  /** Bytes handed over that have not left for the network. */
  get bufferedAmount(): number {
    return this.#socket?.writableLength ?? 0;
  }

  /** True while the peer does not take what is sent; `drained` tells when that is over. */
  get congested(): boolean {
    return this.#congested;
  }

  /**
   * Writes frames as they are.
   * @param frames whole and masked; not to be changed afterwards
   * @returns false where the connection is not open: nothing was sent
   */
  send(frames: Buffer): boolean {
    if (this.#state !== "OPEN") return false;
    this.#write(frames);
    return true;
  }

  /** What is read goes to `handshake` until the connection is open. */
  connecting(handshake: (bytes: Uint8Array) => void): void {
    this.#handshake = handshake;
  }

  /** Takes over a socket whose handshake is done. @param deflate whether it agreed on compression */
  open(socket: Socket, { deflate = false } = {}): void {
    const own: LeanSocket = socket;
    this.#deflate = deflate;
    this.#handshake = undefined;
    own[CONNECTION] = this;
    // The end of what the peer sends then ends the socket by itself, without a listener for it.
    own.allowHalfOpen = false;
    const left = own.listeners("error");
    own.on("drain", onDrain).on("error", onError).on("close", onClose);
    // A listener left from connecting would keep in memory all that connecting needed.
    for (const listener of left) own.off("error", listener as () => void);
    this.#socket = own;
    this.#state = "OPEN";
  }

  /** Takes the first `length` of `bytes` from the peer; they are not kept. */
  read(bytes: Uint8Array, length: number): void {
    if (this.#state === "CONNECTING") return this.#handshake?.(bytes.subarray(0, length));
    let at = 0;
    let messages = 0;
    if (this.#inbound === undefined || this.#inbound.idle) {
      const wanted = this.#listener.message !== undefined;
      while (at + 1 < length) {
        const first = bytes[at];
        const size = bytes[at + 1] ?? 0;
        if ((first !== TEXT && first !== BINARY) || size > 125 || at + 2 + size > length) break;
        if (wanted) {
          this.#listener.message?.(bytes.subarray(at + 2, at + 2 + size), first & 0x0f, false);
        }
        at += 2 + size;
        messages += 1;
      }
    }
    if (at < length) {
      this.#inbound ??= this.#makeInbound();
      messages += this.#inbound.push(bytes, at, length);
    }
    this.#listener.received(messages, length);
  }

  onMessage(payload: Uint8Array, opcode: number, compressed: boolean): void {
    this.#listener.message?.(payload, opcode, compressed);
  }

  onPong(payload: Uint8Array): void {
    this.#listener.pong?.(payload);
  }

  /** Starts the closing handshake; the connection ends in `closed`, whatever the peer does. */
  close(code: number = CloseCode.normal, reason = ""): void {
    if (this.#state === "OPEN") this.#sendClose({ code, reason }, "local");
  }

  /** Ends the connection at once, without a Close frame. */
  destroy(): void {
    this.#end().initiator ??= "local";
    if (this.#state === "OPEN") this.#state = "CLOSING";
    this.#socket?.destroy();
  }

  onPing(payload: Uint8Array): void {
    this.#pongDue = payload;
    if (!this.#congested) this.#sendPong();
  }

  onCloseFrame(payload: Uint8Array): void {
    const { code, reason, violations } = parseClosePayload(payload);
    const [broken] = violations;
    if (broken) return this.onViolation(broken);
    this.#end().received = { code, reason };
    if (this.#state === "OPEN") this.#sendClose({ code, reason }, "peer");
  }

  onViolation(broken: Violation): void {
    this.#end().violation = broken;
    const code = broken.closeCode ?? CloseCode.protocolError;
    if (this.#state === "OPEN") this.#sendClose({ code, reason: "" }, "local");
    this.#socket?.end();
  }

  onDrain(): void {
    this.#congested = false;
    this.#sendPong();
    if (this.#state === "OPEN") this.#listener.drained();
  }

  onError(errno: string | undefined): void {
    if (errno !== undefined) this.#end().errno = errno;
  }

  onClosed(): void {
    const { timer, sent, received, initiator = "peer", violation, errno } = this.#end();
    clearTimeout(timer);
    this.#state = "CLOSED";
    this.#congested = false;
    this.#listener.closed({
      ...(received ?? (violation ? sent : undefined) ?? ABNORMAL),
      initiator,
      clean: received !== undefined && sent !== undefined,
      ...(violation && { violation }),
      ...(errno !== undefined && { errno }),
    });
  }

  #makeInbound(): LeanInbound {
    const payloads = this.#listener.message !== undefined;
    return new LeanInbound("server", this, { deflate: this.#deflate, payloads });
  }

  #write(bytes: Buffer): void {
    if (this.#socket?.write(bytes) === false) this.#congested = true;
  }

  #sendControl(opcode: number, payload: Uint8Array): void {
    const [a = 0, b = 0, c = 0, d = 0] = this.#options.random(4);
    const maskKey = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    this.#write(Buffer.from(encodeFrame({ opcode, maskKey, payload }).buffer));
  }

  /** Of pings that come while the peer does not read, the latest is answered (section 5.5.3). */
  #sendPong(): void {
    const payload = this.#pongDue;
    this.#pongDue = undefined;
    if (payload && this.#state === "OPEN") this.#sendControl(Opcode.pong, payload);
  }

  #sendClose(frame: CloseFrame, initiator: "local" | "peer"): void {
    const code = frame.code === CloseCode.noStatus ? undefined : frame.code;
    this.#sendControl(Opcode.close, encodeClosePayload(code, frame.reason));
    this.#end().sent = frame;
    this.#end().initiator = initiator;
    this.#state = "CLOSING";
    this.#armTimer();
  }

  /** Whatever the peer does or does not, the connection ends. */
  #armTimer(): void {
    const timeoutMs = this.#options.closeTimeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS;
    this.#end().timer ??= setTimeout(() => this.#socket?.destroy(), timeoutMs);
  }

  #end(): Ending {
    this.#ending ??= {};
    return this.#ending;
  }
}

function onDrain(this: LeanSocket): void {
  this[CONNECTION]?.onDrain();
}

function onError(this: LeanSocket, { code }: Error & { code?: string }): void {
  this[CONNECTION]?.onError(code);
}

function onClose(this: LeanSocket): void {
  this[CONNECTION]?.onClosed();
}
