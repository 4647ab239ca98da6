import { type Deferred, deferred } from "./deferred.ts";
import { Queue } from "./queue.ts";

/** Senders are asked to wait once this much is on its way. */
const HIGH_WATER_MARK = 256 * 1024;
/** What each send takes beside its payload, as measured: else empty messages would fill the memory. */
const SEND_COST = 256;
const READY = Promise.resolve();

/** Says what became of a send: it left or, with an error, never will. Only the first call counts. */
export type Settle = (error?: Error | null) => void;

export interface OutflowHooks {
  /** Called whenever the last send has left. */
  readonly onEmpty: () => void;
  /** Part of a message has left, or all of it. */
  readonly onLeft: (length: number, part: MessagePart) => void;
}

/** Whether a send is a message, or its last fragment; or a fragment that others follow. */
export type MessagePart = "last" | "fragment";

/** What a connection has been given to send and has not handed to the network yet. */
export class Outflow {
  readonly #hooks: OutflowHooks;
  readonly #pending = new Queue<Settle>();
  #bytes = 0;
  #settled = 0;
  #room: Deferred<void> | undefined;

  constructor(hooks: OutflowHooks) {
    this.#hooks = hooks;
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

  /**
   * Counts a send until the callback it gives is called, and tells `sent` whether it left.
   * @param part absent where it is of no message
   */
  count(length: number, sent?: (ok: boolean) => void, part?: MessagePart): Settle {
    this.#bytes += length;
    const settle: Settle = (error) => {
      if (!this.#pending.delete(entry)) return;
      this.#bytes -= length;
      this.#settled += 1;
      if (part && !error) this.#hooks.onLeft(length, part);
      sent?.(!error);
      if (!this.congested) this.release();
      if (this.isEmpty) this.#hooks.onEmpty();
    };
    const entry = this.#pending.add(settle);
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
