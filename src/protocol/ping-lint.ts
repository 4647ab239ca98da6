import type { FramePlace, Report } from "./finding.ts";
import { type Frame, MAX_CONTROL_PAYLOAD } from "./frame.ts";
import type { LintLimits } from "./lint-limits.ts";

/** Pings and doubtful pongs that are kept; of more the oldest are forgotten. */
const KEPT = 64;

/** What the connection knows of a ping. */
export interface PingFacts {
  /** Frames that the other side has sent so far. */
  readonly heard: number;
  readonly atNs: bigint | undefined;
  /** Its sender has broken a rule: who fails the connection for that reads no further (7.1.7). */
  readonly failed: boolean;
}

/** A ping that waits for its pong. */
export interface Outstanding {
  readonly place: FramePlace;
  /** Absent where the payload is not all there: any pong may be the answer. */
  readonly payload: Uint8Array | undefined;
  readonly atNs: bigint | undefined;
  /** Frames that the other side had sent by then. */
  readonly heard: number;
  /**
   * It may go without an answer of its own: another ping of the same payload was answered after it was
   * sent, maybe for both; or its sender has broken a rule, for which the other may fail the connection.
   */
  excused: boolean;
}

/**
 * The pings of one side with the pongs of the other (sections 5.5.2 and 5.5.3).
 *
 * 1. A pong answers the oldest ping with its payload; the pings before that one need no answer of
 *    their own any more.
 * 2. A pong without a ping is unsolicited, as it may be. That is told when the side that pings speaks
 *    again, because a record may hold the pong before its ping.
 * 3. A pong that fits none of the waiting pings is either wrong or unsolicited. Which of them shows
 *    when a right one comes (it was unsolicited), or when none has come in a long time (it was wrong).
 */
export class PingLint {
  readonly #report: Report;
  readonly #slowPongMs: number;
  #waiting: Outstanding[] = [];
  #doubtful: FramePlace[] = [];
  /** Pongs without a ping, which may still come: not every record is in order. */
  #early: { readonly place: FramePlace; readonly payload: Uint8Array | undefined }[] = [];
  #forgotten = 0;

  constructor(report: Report, { slowPongMs }: Pick<LintLimits, "slowPongMs">) {
    this.#report = report;
    this.#slowPongMs = slowPongMs;
  }

  ping(place: FramePlace, frame: Frame, { heard, atNs, failed }: PingFacts): void {
    if (this.#isAnswered(frame)) return;
    const latest = this.#waiting.at(-1);
    if (latest && this.#doubtful.length > 0 && this.isSlow(latest, atNs)) this.#settle();
    if (this.#waiting.length === KEPT) {
      this.#waiting.shift();
      this.#forgotten += 1;
    }
    this.#waiting.push({ place, payload: kept(frame), atNs, heard, excused: failed });
  }

  pong(place: FramePlace, frame: Frame, atNs: bigint | undefined): void {
    const answered = this.#waiting.findIndex(({ payload }) => same(payload, kept(frame)));
    if (answered !== -1) this.#answer(place, answered, atNs);
    else if (this.#forgotten > 0) this.#forgotten -= 1;
    else if (this.#waiting.length === 0) this.#hold(place, frame);
    else if (this.#doubtful.length < KEPT) this.#doubtful.push(place);
  }

  /** The side that pings says something else, or nothing any more. */
  speaks(): void {
    if (this.#early.length === 0) return;
    for (const { place } of this.#early) this.#report(place, "pong-unsolicited");
    this.#early = [];
  }

  /** Whether a ping has waited for more than a pong may take; no where times are not known. */
  isSlow({ atNs }: Pick<Outstanding, "atNs">, nowNs: bigint | undefined): boolean {
    return waitedMs(atNs, nowNs) > this.#slowPongMs;
  }

  /**
   * Bytes are missing, maybe with pings or pongs: what waits is not waited for any more. Where pings
   * may be missing, any pong may be the answer to one of them.
   */
  gap({ pings }: { readonly pings: boolean }): void {
    if (pings) this.#early = [];
    this.#forgotten = pings ? Number.POSITIVE_INFINITY : this.#forgotten + this.#waiting.length;
    this.#waiting = [];
    this.#doubtful = [];
  }

  /**
   * The connection has ended in fact.
   * @param isExcused whether a ping could not be answered any more
   */
  end(isExcused: (ping: Outstanding) => boolean): void {
    if (this.#doubtful.length > 0) {
      this.#settle();
      return;
    }
    for (const ping of this.#waiting) {
      if (!ping.excused && !isExcused(ping)) this.#report(ping.place, "ping-unanswered");
    }
    this.#waiting = [];
  }

  #hold(place: FramePlace, frame: Frame): void {
    if (this.#early.length === KEPT) this.speaks();
    this.#early.push({ place, payload: kept(frame) });
  }

  /** The pong to this ping came before it. */
  #isAnswered(frame: Frame): boolean {
    const [first] = this.#early;
    if (!first) return false;
    const answered = same(first.payload, kept(frame));
    if (answered) this.#early.shift();
    else this.speaks();
    return answered;
  }

  #answer(place: FramePlace, index: number, atNs: bigint | undefined): void {
    const answered = this.#waiting[index];
    this.#waiting = this.#waiting.slice(index + 1);
    for (const ping of this.#waiting) ping.excused ||= same(ping.payload, answered?.payload);
    for (const earlier of this.#doubtful) this.#report(earlier, "pong-unsolicited");
    this.#doubtful = [];
    const ms = waitedMs(answered?.atNs, atNs);
    if (ms > this.#slowPongMs)
      this.#report(place, "pong-slow", `after ${(ms / 1000).toFixed(1)} s`);
  }

  #settle(): void {
    const [first] = this.#waiting;
    const found = first && `none of the pings since byte ${first.place.offset}`;
    for (const place of this.#doubtful) this.#report(place, "pong-mismatch", found);
    this.#waiting = [];
    this.#doubtful = [];
  }
}

/** A copy, so that no more than a control frame may hold is held here. */
function kept({ payload, payloadCut }: Frame): Uint8Array | undefined {
  return payloadCut || payload.length > MAX_CONTROL_PAYLOAD ? undefined : payload.slice();
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (!a || !b) return true;
  return a.length === b.length && a.every((octet, i) => octet === b[i]);
}

function waitedMs(from: bigint | undefined, to: bigint | undefined): number {
  return from === undefined || to === undefined ? 0 : Number(to - from) / 1e6;
}
