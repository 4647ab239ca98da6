export interface RhythmOptions {
  /** How long nothing may be heard before the peer is asked. */
  readonly intervalMs: number;
  /** How long nothing may be heard after that. */
  readonly timeoutMs: number;
  /** Up to how long the interval grows on a quiet line that answers. Default: four times as long. */
  readonly maxIntervalMs?: number | undefined;
}

/** What is known of the peer at a moment. Times are milliseconds of one clock. */
export interface Signs {
  readonly now: number;
  /** When anything last came. */
  readonly heardAt: number;
  /** A figure that changes with real traffic, which our own questions and their answers are not. */
  readonly traffic: number;
  /** It shows otherwise that the peer is alive, or nothing can be heard because we do not read. */
  readonly excused: boolean;
}

/** What to do now, and after how long to look again. */
export type Beat =
  | { readonly act: "wait" | "ask"; readonly forMs: number }
  | { readonly act: "lost"; readonly afterMs: number };

/** How much a quiet line that answers is given more time, and up to how many intervals. */
const GROWTH = 1.5;
const MAX_GROWTH = 4;

/**
 * When to ask a peer for a sign of life. No timer and no clock: it is told what is known, and says
 * what to do.
 *
 * 1. Whatever comes is a sign of life, so while anything comes nothing is asked.
 * 2. After an interval of silence the peer is asked, once. The first thing that comes is the answer.
 * 3. A line on which nothing but our own questions and prompt answers pass is asked less often: the
 *    interval grows by half each time, to four times what was set or to its limit, for how long a
 *    dead line goes unnoticed grows with it. It must also stay below what proxies drop idle lines
 *    after, mostly a minute: the interval that is set is to be a quarter of that.
 * 4. Traffic brings the interval back, since who talks wants to know soon; and so does an answer that
 *    took more than half of the time allowed: such a line is watched more closely.
 * 5. A question that nothing comes after for `timeoutMs` is the last, unless there is an excuse; then
 *    the time begins anew.
 */
export class HeartbeatRhythm {
  readonly #options: RhythmOptions;
  #intervalMs: number;
  #askedAt: number | undefined;
  #traffic: number;

  constructor(options: RhythmOptions, traffic = 0) {
    this.#options = options;
    this.#intervalMs = options.intervalMs;
    this.#traffic = traffic;
  }

  /** True from a question until something comes. */
  get asked(): boolean {
    return this.#askedAt !== undefined;
  }

  look(signs: Signs): Beat {
    const busy = signs.traffic !== this.#traffic;
    this.#traffic = signs.traffic;
    if (busy) this.#intervalMs = this.#options.intervalMs;
    if (this.#askedAt === undefined) return this.#quiet(signs);
    if (signs.heardAt > this.#askedAt) return this.#answered(signs, this.#askedAt, busy);
    return this.#unanswered(signs, this.#askedAt);
  }

  #quiet({ now, heardAt, excused }: Signs): Beat {
    const { timeoutMs } = this.#options;
    const silentMs = now - heardAt;
    if (silentMs < this.#intervalMs) return { act: "wait", forMs: this.#intervalMs - silentMs };
    if (excused) return { act: "wait", forMs: this.#intervalMs };
    this.#askedAt = now;
    return { act: "ask", forMs: timeoutMs };
  }

  #answered(signs: Signs, askedAt: number, busy: boolean): Beat {
    const { intervalMs, timeoutMs, maxIntervalMs = intervalMs * MAX_GROWTH } = this.#options;
    const prompt = signs.heardAt - askedAt <= timeoutMs / 2;
    const longer = Math.min(this.#intervalMs * GROWTH, maxIntervalMs);
    this.#intervalMs = prompt && !busy ? longer : intervalMs;
    this.#askedAt = undefined;
    return this.#quiet(signs);
  }

  #unanswered({ now, excused }: Signs, askedAt: number): Beat {
    const { intervalMs, timeoutMs } = this.#options;
    const leftMs = askedAt + timeoutMs - now;
    if (leftMs > 0) return { act: "wait", forMs: leftMs };
    if (!excused) return { act: "lost", afterMs: timeoutMs };
    this.#intervalMs = intervalMs;
    this.#askedAt = now;
    return { act: "wait", forMs: timeoutMs };
  }
}
