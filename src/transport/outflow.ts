import { type Deferred, deferred } from "./deferred.ts";

/** Senders are asked to wait once this much is on its way. */
const HIGH_WATER_MARK = 256 * 1024;
/** What each send costs beside its payload, so that empty messages do not fill the memory either. */
const SEND_COST = 64;
const READY = Promise.resolve();

/** Says what became of a send: it left or, with an error, never will. Only the first call counts. */
export type Settle = (error?: Error | null) => void;

/** What a connection has been given to send and has not handed to the network yet. */
export class Outflow {
  readonly #onEmpty: () => void;
  readonly #pending = new Set<Settle>();
  #bytes = 0;
  #settled = 0;
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
    return this.#pending.size === 0;
  }

  /** Bytes of payload, and what each send costs beside them. */
  get backlog(): number {
    return this.#bytes + this.#pending.size * SEND_COST;
  }

  get congested(): boolean {
    return this.backlog >= HIGH_WATER_MARK;
  }

  /** How many sends have come to their end. */
  get settled(): number {
    return this.#settled;
  }

  /** Counts a send until the callback it gives is called, and tells `sent` whether it left. */
  count(length: number, sent?: (ok: boolean) => void): Settle {
    this.#bytes += length;
    const settle: Settle = (error) => {
      if (!this.#pending.delete(settle)) return;
      this.#bytes -= length;
      this.#settled += 1;
      sent?.(!error);
      if (!this.congested) this.release();
      if (this.isEmpty) this.#onEmpty();
    };
    this.#pending.add(settle);
    return settle;
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

  /** What has not left by now never will. */
  abandon(reason: Error): void {
    for (const settle of this.#pending) settle(reason);
  }
}
