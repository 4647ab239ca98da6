import { elapsedMs } from "../clock.ts";
import { CloseCode, encodeClosePayload, mayTravel } from "../protocol/close-codes.ts";
import type { CloseEvent } from "./events.ts";

export interface CloseFrame {
  readonly code: number;
  readonly reason: string;
}

export interface ClosingOptions {
  /** How long the peer may do nothing. */
  readonly timeoutMs: number;
  /** What the peer has still to take; as long as it changes, the peer does something. */
  readonly unsent: () => number;
  /** True while our own application keeps the peer from being read. */
  readonly isHeld: () => boolean;
  /** Called when the peer has done nothing for too long. */
  readonly expire: () => void;
}

const ABNORMAL: CloseFrame = { code: CloseCode.abnormal, reason: "" };

/** The closing handshake (RFC 6455, section 7): what was said, who began, and how long it may take. */
export class Closing {
  /** Our Close frame, from when it is queued on. */
  sent: CloseFrame | undefined;
  /** True once our Close frame has been handed to the network. */
  left = false;
  received: CloseFrame | undefined;
  initiator: CloseEvent["initiator"] | undefined;
  readonly #options: ClosingOptions;
  #timer: NodeJS.Timeout | undefined;
  #begunAt: bigint | undefined;

  constructor(options: ClosingOptions) {
    this.#options = options;
  }

  /** The time runs from the first call on. */
  start(): void {
    this.#timer ??= this.#arm();
  }

  /** Ends it after so long, whatever the peer does: nothing more is expected of it. */
  hasten(timeoutMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#options.expire, timeoutMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** A Close frame passed, of either side. @param ns when */
  passed(ns: bigint): void {
    this.#begunAt ??= ns;
  }

  /** Milliseconds from the first Close frame until `ns`, where one passed. */
  durationMs(ns: bigint): number | undefined {
    return this.#begunAt === undefined ? undefined : elapsedMs(this.#begunAt, ns);
  }

  /** How it ended (sections 7.1.4 to 7.1.6). */
  get outcome(): Pick<CloseEvent, "code" | "reason" | "initiator" | "clean"> {
    const { code, reason } = this.received ?? (this.left ? this.sent : undefined) ?? ABNORMAL;
    const clean = this.received !== undefined && this.left;
    return { code, reason, initiator: this.initiator ?? "peer", clean };
  }

  #arm(): NodeJS.Timeout {
    const { timeoutMs, unsent, isHeld, expire } = this.#options;
    const before = unsent();
    return setTimeout(() => {
      if (isHeld() || unsent() !== before) this.#timer = this.#arm();
      else expire();
    }, timeoutMs);
  }
}

/** @throws RangeError for what no Close frame can say (section 7.4) */
export function checkCloseFrame({ code, reason }: CloseFrame): void {
  if (code === CloseCode.noStatus) {
    if (reason !== "") throw new RangeError("a Close frame without a code has no reason either");
    return;
  }
  encodeClosePayload(code, reason);
  if (!mayTravel(code)) throw new RangeError(`close code ${code} never travels in a frame`);
}
