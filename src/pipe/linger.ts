/** When to close after the input has ended. */
export type Eof =
  | { readonly kind: "close" }
  | { readonly kind: "wait" }
  | { readonly kind: "linger"; readonly quietMs: number };

/** Waits until nothing has come for a while; `touch` says that something came. */
export class Quiet {
  readonly #quietMs: number;
  #timer: NodeJS.Timeout | undefined;
  #held = false;
  #resolve: (() => void) | undefined;

  constructor(quietMs: number) {
    this.#quietMs = quietMs;
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
    if (this.#resolve && !this.#held) this.#timer = setTimeout(this.#resolve, this.#quietMs);
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
