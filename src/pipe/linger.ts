/** When to close after the input has ended. */
export type Eof =
  | { readonly kind: "close" }
  | { readonly kind: "wait" }
  | { readonly kind: "linger"; readonly quietMs: number };

/**
 * Waits until nothing has come for a while. `touch` says that something came; a reply of which only
 * a part has come shows in `received`, which is looked at when the time is up.
 */
export class Quiet {
  readonly #quietMs: number;
  readonly #received: () => number;
  #timer: NodeJS.Timeout | undefined;
  #held = false;
  #resolve: (() => void) | undefined;

  /** @param received a figure that changes with all that comes */
  constructor(quietMs: number, received: () => number = () => 0) {
    this.#quietMs = quietMs;
    this.#received = received;
  }

  /** Resolves after `quietMs` without `touch`, counted from now. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.touch();
    });
  }

  touch(): void {
    clearTimeout(this.#timer);
    if (!this.#resolve || this.#held) return;
    const before = this.#received();
    this.#timer = setTimeout(() => {
      if (this.#received() === before) this.#resolve?.();
      else this.touch();
    }, this.#quietMs);
  }

  /** While held, time does not count: nothing can come. */
  hold(held: boolean): void {
    this.#held = held;
    this.touch();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#resolve = undefined;
  }
}
