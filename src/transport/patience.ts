import { whenAborted } from "../abort.ts";

/** What is under way and is not waited for for ever. */
export interface Awaited {
  /** When it is too late, of `performance.now()`. */
  readonly deadline: number;
  /** Called at the deadline, or a tick later: it is to take itself away. */
  late(): void;
  /** Called when the signal is aborted: it is to take itself away. */
  interrupt(): void;
}

/** A deadline may be passed by so much before it is noticed. */
const TICK_MS = 20;

/**
 * One timer and one listener for all that is under way and ends with the same signal: for each of
 * thousands of handshakes they would cost more than what they guard. Both are there only as long as
 * something is under way.
 */
export class Patience {
  readonly #signal: AbortSignal | undefined;
  readonly #awaited = new Set<Awaited>();
  #ticker: NodeJS.Timeout | undefined;
  #unwatch: (() => void) | undefined;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Not for what begins when the signal is aborted already. */
  add(awaited: Awaited): void {
    this.#awaited.add(awaited);
    if (this.#ticker) return;
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#unwatch = whenAborted(this.#signal, () => this.#interrupt());
  }

  delete(awaited: Awaited): void {
    if (this.#awaited.delete(awaited) && this.#awaited.size === 0) this.#rest();
  }

  #tick(): void {
    const now = performance.now();
    for (const awaited of this.#awaited) if (awaited.deadline <= now) awaited.late();
  }

  #interrupt(): void {
    for (const awaited of this.#awaited) awaited.interrupt();
  }

  #rest(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    this.#unwatch?.();
    this.#unwatch = undefined;
  }
}

const BY_SIGNAL = new WeakMap<AbortSignal, Patience>();
const WITHOUT_SIGNAL = new Patience();

/** The one of a signal; one for all that have none. */
export function patienceOf(signal: AbortSignal | undefined): Patience {
  if (!signal) return WITHOUT_SIGNAL;
  let patience = BY_SIGNAL.get(signal);
  if (!patience) BY_SIGNAL.set(signal, (patience = new Patience(signal)));
  return patience;
}
