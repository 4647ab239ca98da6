import type { PipeConnection } from "./delivery.ts";

/** Something that is written to. */
export interface Reader {
  /** True while more waits than the reader takes. */
  readonly congested: boolean;
  /** Resolves once there is room. */
  drained(): Promise<void>;
}

/** Holds a peer back while the reader of what it sends is behind. */
export class Throttle {
  readonly #reader: Reader;
  readonly #onRelease: () => void;
  #connection: Pick<PipeConnection, "hold"> | undefined;
  #holds = false;

  /** @param onRelease called whenever the peer may go on */
  constructor(reader: Reader, onRelease: () => void = () => undefined) {
    this.#reader = reader;
    this.#onRelease = onRelease;
  }

  get holds(): boolean {
    return this.#holds;
  }

  /** This is whom to hold back. */
  take(connection: Pick<PipeConnection, "hold">): void {
    this.#connection = connection;
    this.check();
  }

  /** Something was written. */
  check(): void {
    if (!this.#connection || this.#holds || !this.#reader.congested) return;
    this.#holds = true;
    void this.#letGo(this.#connection.hold());
  }

  async #letGo(release: () => void): Promise<void> {
    await this.#reader.drained();
    this.#holds = false;
    release();
    this.#onRelease();
  }
}
