import { elapsedMs } from "../clock.ts";
import { usageError } from "../errors.ts";
import type { Event, HandshakeEvent, MessageEvent } from "../transport/events.ts";
import { Assignment } from "./assignment.ts";
import { briefPayload } from "./brief-payload.ts";
import {
  type Check,
  checksOf,
  type ExpectationOptions,
  hasRightClose,
  hasWrongSubprotocol,
  isTooSlow,
  type Meeting,
  type Progress,
} from "./checks.ts";
import { hasOpened } from "../opened.ts";

const MAX_OTHERS = 3;

/**
 * Judges a conversation by what it was to be.
 *
 * 1. Each message that comes is held against what must not come, what ends the test, and what is
 *    expected. What matches nothing is passed over and counted. Heartbeats are not looked at.
 * 2. The test is over with `count` messages or one like `until`, whatever is still expected then; where
 *    neither is asked for, as soon as all that is expected has come. With a code to be closed with it
 *    goes on from there until the close, which is left to the peer.
 * 3. It has failed as soon as something comes that must not, or comes too late, or the handshake
 *    agrees on something else. What comes after the end is not looked at.
 */
export class Expectations {
  readonly options: ExpectationOptions;
  readonly #assignment: Assignment<Meeting>;
  readonly #others: string[] = [];
  #otherCount = 0;
  #received = 0;
  #openedNs: bigint | undefined;
  /** When the last message was sent, or the connection opened. */
  #sinceNs = 0n;
  #stop: Progress["stop"];
  #slowest: Progress["slowest"];
  #rejected: Progress["rejected"];
  #agreed: Progress["agreed"];
  #close: Progress["close"];

  /** @throws FramecatError (usage) where the options contradict each other */
  constructor(options: ExpectationOptions) {
    const { expect, order, count, until, maxLatencyMs } = options;
    if (count !== undefined && until) {
      throw usageError("--count and --until both say when to stop: one of them has to go");
    }
    if (maxLatencyMs !== undefined && expect.length === 0 && !until) {
      throw usageError("--max-latency needs --expect or --until", "They say what is waited for.");
    }
    this.options = options;
    this.#assignment = new Assignment(expect, order);
  }

  /** `done` or `failed`: nothing is left to wait for, and the connection may be closed. */
  get state(): "pending" | "done" | "failed" {
    const { options, progress } = this;
    const { expect, count, until, closeCode } = options;
    const complete = this.#assignment.isComplete;
    if (this.#hasBroken || (progress.stop && !complete)) return "failed";
    if ((count !== undefined || until) && !progress.stop) return "pending";
    if (closeCode !== undefined) {
      return complete && hasRightClose(options, progress) ? "done" : "pending";
    }
    return complete && (expect.length > 0 || progress.stop) ? "done" : "pending";
  }

  get progress(): Progress {
    return {
      hasOpened: this.#openedNs !== undefined,
      received: this.#received,
      others: { count: this.#otherCount, last: this.#others },
      met: this.#assignment.met,
      stop: this.#stop,
      slowest: this.#slowest,
      rejected: this.#rejected,
      agreed: this.#agreed,
      close: this.#close,
    };
  }

  /** Everything that was to be, as it stands now. */
  get checks(): readonly Check[] {
    return checksOf(this.options, this.progress);
  }

  take(event: Event): void {
    switch (event.type) {
      case "handshake":
        if (hasOpened(event)) this.#open(event);
        return;
      case "message":
        if (event.heartbeat) return;
        if (event.dir === "out") this.#sinceNs = event.at.ns;
        else if (this.state === "pending") this.#receive(event);
        return;
      case "close":
        this.#close = { event, afterMs: this.#afterMs(event) };
        return;
      default:
    }
  }

  get #hasBroken(): boolean {
    const { options, progress } = this;
    if (progress.rejected) return true;
    return isTooSlow(options, progress) || hasWrongSubprotocol(options, progress);
  }

  #open(event: HandshakeEvent): void {
    const { subprotocol, at } = event;
    this.#openedNs ??= at.ns;
    this.#sinceNs = at.ns;
    if (hasWrongSubprotocol(this.options, this.progress)) return;
    this.#agreed = { subprotocol, afterMs: this.#afterMs(event) };
  }

  #receive(event: MessageEvent): void {
    const { data, kind, at } = event;
    const { reject, count, until } = this.options;
    this.#received += 1;
    const got = briefPayload(data, kind);
    const latencyMs = elapsedMs(this.#sinceNs, at.ns);
    const meeting = { afterMs: this.#afterMs(event), latencyMs, got };
    const by = reject.find((pattern) => pattern.matches(data, kind));
    if (by) this.#rejected = { ...meeting, by };
    const isLast = !this.#stop && until?.matches(data, kind) === true;
    if (isLast || this.#received === count) this.#stop = meeting;
    const isExpected = this.#assignment.take(data, kind, meeting);
    if (isExpected || isLast) this.#measure(meeting);
    else this.#passOver(got);
  }

  #measure(meeting: Meeting): void {
    if (meeting.latencyMs >= (this.#slowest?.latencyMs ?? 0)) this.#slowest = meeting;
  }

  #passOver(got: string): void {
    this.#otherCount += 1;
    this.#others.push(got);
    if (this.#others.length > MAX_OTHERS) this.#others.shift();
  }

  #afterMs({ at }: Event): number {
    return elapsedMs(this.#openedNs ?? at.ns, at.ns);
  }
}
