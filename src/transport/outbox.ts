import { FramecatError } from "../errors.ts";
import type { Connection, SendOptions } from "./connection.ts";
import { OfflineQueue, type QueueLimits } from "./offline-queue.ts";

/** A message that is sent at each opening. */
export interface FirstMessage {
  readonly data: string | Uint8Array;
  readonly binary: boolean;
}

/** What the outbox needs of a connection. */
export type Outlet = Pick<Connection, "state" | "send">;

/** A message, of which there may be several fragments. */
interface Whole {
  /** A fragment of it has left, so that the rest must follow on the same connection. */
  begun: boolean;
  cut: boolean;
}

interface Item {
  readonly bytes: Uint8Array;
  readonly options: SendOptions;
  readonly whole: Whole;
}

/**
 * What is to be sent, whichever connection there is.
 *
 * 1. A message is handed to the connection at once while that is open and nothing waits before it;
 *    else it waits in a bounded queue.
 * 2. At each opening the first messages are sent, then what has waited, then what is new.
 * 3. It remembers what was handed over until the kernel has taken it. What the kernel has not taken
 *    when the connection dies cannot have arrived whole: it goes back to the head of the queue, in
 *    order. What the kernel has taken may not have arrived either, but is not sent twice.
 * 4. A message of which some fragments have left cannot be taken up again on another connection: it
 *    is cut, and its next fragment is refused, which ends it.
 */
export class Outbox {
  readonly #first: readonly FirstMessage[];
  readonly #queue: OfflineQueue<Item>;
  readonly #underWay = new Set<Item>();
  #outlet: Outlet | undefined;
  /** First messages that are still to be handed over. */
  #lead: Item[] = [];
  /** First messages that have not left. */
  readonly #leading = new Set<Item>();
  #caughtUp = false;
  /** The message whose next fragment is to come. */
  #open: Whole | undefined;

  constructor(first: readonly FirstMessage[], limits?: QueueLimits) {
    this.#first = first;
    this.#queue = new OfflineQueue(limits);
  }

  /** Messages, or fragments, that wait for a connection. */
  get queued(): number {
    return this.#queue.length;
  }

  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  /** True when who sends is made to wait. */
  get full(): boolean {
    return this.#queue.full;
  }

  /** How many messages have not left. */
  get unsent(): number {
    const waiting = [...this.#queue.items, ...this.#leading, ...this.#underWay];
    return new Set(waiting.map(({ whole }) => whole)).size;
  }

  /**
   * Resolves when further messages may follow.
   * @throws FramecatError (abnormal) for a fragment of a message that was cut
   */
  send(data: string | Uint8Array, options: SendOptions = {}): Promise<void> {
    const { fin = true } = options;
    if (this.#open?.cut) {
      this.#open = undefined;
      return Promise.reject(wasCut());
    }
    const whole = this.#open ?? { begun: false, cut: false };
    this.#open = fin ? undefined : whole;
    const item = { bytes: toBytes(data), options, whole };
    if (this.#caughtUp && this.#outlet?.state === "OPEN") return this.#hand(this.#outlet, item);
    this.#queue.push(item);
    return this.#queue.room();
  }

  /** A connection has been opened: all that waits goes there, no faster than it takes it. */
  online(outlet: Outlet): void {
    this.#outlet = outlet;
    this.#lead = this.#first.map(({ data, binary }) => ({
      bytes: toBytes(data),
      options: { binary },
      whole: { begun: false, cut: false },
    }));
    this.#leading.clear();
    for (const item of this.#lead) this.#leading.add(item);
    void this.#catchUp(outlet);
  }

  /** Hands all that waits to the connection at once, for it is about to be closed. */
  flush(): void {
    const outlet = this.#outlet;
    if (outlet?.state !== "OPEN") return;
    for (let item = this.#next(); item; item = this.#next()) void this.#hand(outlet, item);
  }

  /** The connection has ended. @returns how many messages were cut */
  offline(): number {
    this.#outlet = undefined;
    this.#caughtUp = false;
    const back = [...this.#underWay].filter((item) => !this.#leading.has(item));
    this.#underWay.clear();
    this.#queue.unshift(back);
    return this.#cutBegun();
  }

  /** There will be no connection any more: lets everyone go who waits, and tells what never left. */
  end(): void {
    this.#queue.release();
    for (const { options } of this.#queue.items) options.sent?.(false);
  }

  async #catchUp(outlet: Outlet): Promise<void> {
    while (this.#outlet === outlet && outlet.state === "OPEN") {
      const item = this.#next();
      if (!item) {
        this.#caughtUp = true;
        return;
      }
      await this.#hand(outlet, item);
    }
  }

  #next(): Item | undefined {
    return this.#lead.shift() ?? this.#queue.shift();
  }

  #hand(outlet: Outlet, item: Item): Promise<void> {
    const { bytes, options, whole } = item;
    this.#underWay.add(item);
    const sent = (ok: boolean): void => {
      if (!ok) return;
      this.#underWay.delete(item);
      this.#leading.delete(item);
      whole.begun = true;
      options.sent?.(true);
    };
    return outlet.send(bytes, { ...options, sent });
  }

  #cutBegun(): number {
    const cut = new Set<Whole>();
    if (this.#open?.begun && !this.#open.cut) cut.add(this.#open);
    for (const { whole } of this.#queue.items) if (whole.begun) cut.add(whole);
    for (const whole of cut) whole.cut = true;
    for (const { whole, options } of this.#queue.items) if (whole.cut) options.sent?.(false);
    this.#queue.retain(({ whole }) => !whole.cut);
    return cut.size;
  }
}

function toBytes(data: string | Uint8Array): Uint8Array {
  return typeof data === "string" ? Buffer.from(data) : data;
}

function wasCut(): FramecatError {
  const message =
    "the connection was lost within this message, whose rest cannot be sent on another";
  return new FramecatError("abnormal", message);
}
