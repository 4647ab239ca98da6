/**
 * Who waits for a signal, in the order in which they came. A signal has one listener of its own for
 * all of them: thousands of handshakes may wait for the same one, and adding to a set and taking from
 * it costs the same however many there are.
 */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/** Acts when the signal is aborted, or at once where it is already; gives what takes it back. */
export function whenAborted(signal: AbortSignal | undefined, act: () => void): () => void {
  if (!signal) return () => undefined;
  if (signal.aborted) {
    act();
    return () => undefined;
  }
  const acts = waiting.get(signal) ?? watch(signal);
  // The same function may wait twice.
  const own = (): void => act();
  acts.add(own);
  return () => acts.delete(own);
}

function watch(signal: AbortSignal): Set<() => void> {
  const acts = new Set<() => void>();
  waiting.set(signal, acts);
  signal.addEventListener("abort", () => acts.forEach((act) => act()), { once: true });
  return acts;
}
