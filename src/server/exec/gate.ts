import { type Deferred, deferred } from "../../transport/deferred.ts";

/** Lets nobody pass while somebody holds it. */
export class Gate {
  readonly #holds = new Set<() => void>();
  #opened: Deferred<void> | undefined;

  /** Holds it until the function it gives is called. */
  hold(): () => void {
    const release = (): void => {
      this.#holds.delete(release);
      if (this.#holds.size > 0) return;
      this.#opened?.resolve();
      this.#opened = undefined;
    };
    this.#holds.add(release);
    return release;
  }

  /** Resolves when nobody holds it. */
  async passed(): Promise<void> {
    while (this.#holds.size > 0) {
      this.#opened ??= deferred();
      await this.#opened.promise;
    }
  }
}
