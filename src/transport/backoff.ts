/** How long to wait between tries: longer each time, up to a limit. */
export interface Backoff {
  readonly firstDelayMs: number;
  readonly factor: number;
  readonly maxDelayMs: number;
  /** Which part of a delay is left to chance, from 0 to 1. */
  readonly jitter: number;
}

/**
 * Milliseconds before the try with this number, counted from 1: `firstDelayMs` times `factor` for
 * each try before it, at most `maxDelayMs`.
 *
 * Chance takes up to `jitter` of that off, and never adds to it: so the greatest delay is the one
 * that was asked for, and with the default of a half the clients of a server that has restarted come
 * back spread over as much time as the least they wait. Jitter over the whole delay would spread
 * them no better by much, and lets a client try again at once.
 *
 * @param chance from 0 to 1
 */
export function backoffMs(backoff: Backoff, attempt: number, chance: number): number {
  const { firstDelayMs, factor, maxDelayMs, jitter } = backoff;
  const full = Math.min(firstDelayMs * factor ** (attempt - 1), maxDelayMs);
  return full * (1 - jitter * chance);
}
