import { type Deferred, deferred } from "./deferred.ts";

/** Senders are asked to wait once this much is on its way. */
const HIGH_WATER_MARK = 256 * 1024;
/** What each send costs beside its payload, so that empty messages do not fill the memory either. */
const SEND_COST = 64;
const READY = Promise.resolve();

/** What a connection has been given to send and has not handed to the network yet. */
export class Outflow {
  readonly #onEmpty: () => void;
  #bytes = 0;
  #sends = 0;
  #room: Deferred<void> | undefined;

  /** @param onEmpty called whenever the last send has left */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  /** Bytes of payload. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#sends === 0;
  }

  get congested(): boolean {
    return this.#bytes + this.#sends * SEND_COST >= HIGH_WATER_MARK;
  }

  /** Counts a send until the callback it gives says that it left, or never will. */
  count(length: number): () => void {
    this.#bytes += length;
    this.#sends += 1;
    return () => {
      this.#bytes -= length;
      this.#sends -= 1;
      if (!this.congested) this.release();
      if (this.isEmpty) this.#onEmpty();
    };
  }

  /** Resolves once it is not congested; at once where it is not. */
  room(): Promise<void> {
    if (!this.congested) return READY;
    this.#room ??= deferred();
    return this.#room.promise;
  }

  /** Lets everyone go who waits for room. */
  release(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
