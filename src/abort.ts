/** Acts when the signal is aborted, or at once where it is already; gives what takes it back. */
export function whenAborted(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal?.aborted) act();
  if (!signal || signal.aborted) return () => undefined;
  const watch = WATCHES.get(signal) ?? new AbortWatch(signal);
  return watch.add(act);
}

/** One for a signal, while somebody waits for it. */
const WATCHES = new WeakMap<AbortSignal, AbortWatch>();

/**
 * All who wait for a signal, behind one listener: thousands of handshakes may wait for the same, and
 * to come and to go costs each of them the same however many there are.
 */
class AbortWatch {
  readonly #signal: AbortSignal;
  readonly #acts = new Set<() => void>();
  readonly #onAbort = (): void => this.#acts.forEach((act) => act());

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    WATCHES.set(signal, this);
    signal.addEventListener("abort", this.#onAbort);
  }

  add(act: () => void): () => void {
    // The same function may wait twice.
    const own = (): void => act();
    this.#acts.add(own);
    return () => this.#remove(own);
  }

  #remove(act: () => void): void {
    if (!this.#acts.delete(act) || this.#acts.size > 0) return;
    WATCHES.delete(this.#signal);
    this.#signal.removeEventListener("abort", this.#onAbort);
  }
}
