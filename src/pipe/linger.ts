/** When to close after the input has ended. */
export type Eof =
  | { readonly kind: "close" }
  | { readonly kind: "wait" }
  | { readonly kind: "linger"; readonly quietMs: number };

export const DEFAULT_LINGER_MS = 1000;

export interface QuietOptions {
  readonly quietMs: number;
  /** A figure that changes with all that comes, a part of something too. */
  readonly received: () => number;
  /** True while nothing can come, when time does not count. */
  readonly blocked: () => boolean;
}

/**
 * Waits until nothing has come for a while. `touch` says that something came, or can come again; a
 * reply of which only a part has come shows in `received`, which is looked at when the time is up:
 * one turn of the event loop later, so that what came while this process had no time is read first.
 */
export class Quiet {
  readonly #options: QuietOptions;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #resolve: (() => void) | undefined;

  constructor(options: QuietOptions) {
    this.#options = options;
  }

  /** Resolves after `quietMs` without `touch`, counted from now. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.touch();
    });
  }

  touch(): void {
    if (!this.#resolve) return;
    const { quietMs, received, blocked } = this.#options;
    this.#clear();
    const before = received();
    this.#timer = setTimeout(() => {
      this.#turn = setImmediate(() => {
        if (blocked() || received() !== before) this.touch();
        else this.#resolve?.();
      });
    }, quietMs);
  }

  stop(): void {
    this.#clear();
    this.#resolve = undefined;
  }

  #clear(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
  }
}
