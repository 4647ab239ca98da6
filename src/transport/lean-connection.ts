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
 * 3. Nothing is allocated for a message, sent or received. The owner is told once per read.
 * 4. The protocol is kept all the same: pings are answered, Close is answered, a peer that breaks a
 *    rule is told so with a Close frame and left.
 */
export interface LeanListener {
  /** One read brought `bytes` bytes, which completed so many messages; there may be none. */
  received(messages: number, bytes: number): void;
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

const DEFAULT_CLOSE_TIMEOUT_MS = 5000;
const TEXT = 0x80 | Opcode.text;
const BINARY = 0x80 | Opcode.binary;
const ABNORMAL: CloseFrame = { code: CloseCode.abnormal, reason: "" };

export class LeanConnection implements InboundListener {
  readonly #listener: LeanListener;
  readonly #random: (length: number) => Uint8Array;
  readonly #closeTimeoutMs: number;
  #socket: Socket | undefined;
  #state: ReadyState = "CONNECTING";
  #inbound: LeanInbound | undefined;
  #congested = false;
  #pongDue: Uint8Array | undefined;
  #closeTimer: NodeJS.Timeout | undefined;
  #closeSent: CloseFrame | undefined;
  #closeReceived: CloseFrame | undefined;
  #initiator: "local" | "peer" | undefined;
  #violation: Violation | undefined;
  #errno: string | undefined;

  /** A connection that is to be opened by `dialLean`. */
  constructor(options: {
    readonly listener: LeanListener;
    /** Makes the masking keys of control frames. */
    readonly random: (length: number) => Uint8Array;
    readonly closeTimeoutMs?: number | undefined;
  }) {
    this.#listener = options.listener;
    this.#random = options.random;
    this.#closeTimeoutMs = options.closeTimeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS;
  }

  get state(): ReadyState {
    return this.#state;
  }

  /** Bytes handed over that have not left for the network. */
  get bufferedAmount(): number {
    return this.#socket?.writableLength ?? 0;
  }

  /** True while the peer does not take what is sent; `drained` tells when it is over. */
  get congested(): boolean {
    return this.#congested;
  }

  /**
   * Writes frames as they are. @param frames masked, whole; not to be changed afterwards
   * @returns false where the connection is not open: nothing was sent
   */
  send(frames: Buffer): boolean {
    if (this.#state !== "OPEN") return false;
    this.#write(frames);
    return true;
  }

  /** Takes over a socket whose handshake is done. */
  open(socket: Socket): void {
    this.#socket = socket;
    this.#state = "OPEN";
    socket.on("drain", () => this.#onDrain());
    socket.on("end", () => this.#onEnd());
    socket.on("error", (error: Error & { code?: string }) => {
      this.#errno = error.code;
    });
    socket.on("close", () => this.#onClosed());
  }

  /** Takes the first `length` of `bytes` from the peer; they are not kept. */
  read(bytes: Uint8Array, length: number): void {
    let at = 0;
    let messages = 0;
    if (this.#inbound === undefined || this.#inbound.idle) {
      while (at + 1 < length) {
        const first = bytes[at];
        const size = bytes[at + 1] ?? 0;
        if ((first !== TEXT && first !== BINARY) || size > 125 || at + 2 + size > length) break;
        at += 2 + size;
        messages += 1;
      }
    }
    if (at < length) {
      this.#inbound ??= new LeanInbound("server", this);
      messages += this.#inbound.push(bytes, at, length);
    }
    this.#listener.received(messages, length);
  }

  /** Starts the closing handshake; the connection ends in `closed`, whatever the peer does. */
  close(code: number = CloseCode.normal, reason = ""): void {
    if (this.#state === "OPEN") this.#sendClose({ code, reason }, "local");
  }

  /** Ends the connection at once, without a Close frame. */
  destroy(): void {
    this.#initiator ??= "local";
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
    this.#closeReceived = { code, reason };
    if (this.#state === "OPEN") this.#sendClose({ code, reason }, "peer");
  }

  onViolation(broken: Violation): void {
    this.#violation = broken;
    const code = broken.closeCode ?? CloseCode.protocolError;
    if (this.#state === "OPEN") this.#sendClose({ code, reason: "" }, "local");
    this.#socket?.end();
  }

  #write(bytes: Buffer): void {
    if (this.#socket?.write(bytes) === false) this.#congested = true;
  }

  #sendControl(opcode: number, payload: Uint8Array): void {
    const [a = 0, b = 0, c = 0, d = 0] = this.#random(4);
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
    this.#closeSent = frame;
    this.#initiator = initiator;
    this.#state = "CLOSING";
    this.#closeTimer = setTimeout(() => this.#socket?.destroy(), this.#closeTimeoutMs);
  }

  #onDrain(): void {
    this.#congested = false;
    this.#sendPong();
    if (this.#state === "OPEN") this.#listener.drained();
  }

  /** The server ends the TCP connection first (section 7.1.1); whatever it still owes is lost. */
  #onEnd(): void {
    this.#state = "CLOSING";
    this.#socket?.end();
    this.#closeTimer ??= setTimeout(() => this.#socket?.destroy(), this.#closeTimeoutMs);
  }

  #onClosed(): void {
    clearTimeout(this.#closeTimer);
    this.#state = "CLOSED";
    this.#congested = false;
    this.#listener.closed({
      ...(this.#closeReceived ?? (this.#violation ? this.#closeSent : undefined) ?? ABNORMAL),
      initiator: this.#initiator ?? "peer",
      clean: this.#closeReceived !== undefined && this.#closeSent !== undefined,
      ...(this.#violation && { violation: this.#violation }),
      ...(this.#errno !== undefined && { errno: this.#errno }),
    });
  }
}
