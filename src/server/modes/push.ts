import type { Clock } from "../../clock.ts";
import { SharedMessage } from "../../transport/shared-message.ts";
import type { Client } from "../client.ts";
import type { MakeMode, Mode } from "../mode.ts";

export interface PushOptions {
  readonly intervalMs: number;
  /** Bytes of each numbered message, at least MIN_PUSH_SIZE; as short as may be where it is not given. */
  readonly size?: number | undefined;
  /** How many each client gets before the mark of the end; Infinity for no end. */
  readonly messages: number;
  readonly binary: boolean;
}

/** Room for the highest number, the time and the padding's name. */
export const MIN_PUSH_SIZE = 64;

const END = '{"seq":-1,"end":true}';
/** Behind by more than this, and more than an interval, it does not catch up. */
const MAX_BEHIND_MS = 100;

/**
 * Sends numbered messages by itself: `{"seq":1,"time":…,"pad":"xx…"}`, the time in ms since 1970.
 *
 * 1. Each client has its own numbers, from 1 on, so that all get the same number of messages, and each
 *    number that one lacks was lost.
 * 2. All are sent at the same moments. The first of them is when a client comes to whom nobody was
 *    before; whoever comes later waits for the next.
 * 3. Behind the last one comes `{"seq":-1,"end":true}`, also when the server stops before that.
 */
export function push(options: PushOptions): MakeMode {
  return ({ clock }) => new Push(options, clock);
}

class Push implements Mode {
  readonly #options: PushOptions;
  readonly #clock: Clock;
  readonly #pad: Uint8Array;
  readonly #end: SharedMessage;
  /** The number that each is to get next. In the order of coming, so that equal numbers are neighbours. */
  readonly #next = new Map<Client, number>();
  #timer: NodeJS.Timeout | undefined;
  #dueMs = 0;

  constructor(options: PushOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#pad = Buffer.alloc(options.size ?? 0, "x");
    this.#end = new SharedMessage(END, options);
  }

  joined(client: Client): void {
    this.#next.set(client, 1);
    if (this.#timer) return;
    this.#dueMs = this.#now();
    this.#tick();
  }

  left(client: Client): void {
    this.#next.delete(client);
    if (this.#next.size === 0) this.#rest();
  }

  stop(): void {
    for (const client of this.#next.keys()) void client.share(this.#end);
    this.#next.clear();
    this.#rest();
  }

  /** A timer comes a little late, and at short intervals several messages are due by then. */
  #tick(): void {
    const { intervalMs } = this.#options;
    const now = this.#now();
    if (now - this.#dueMs > Math.max(intervalMs, MAX_BEHIND_MS)) this.#dueMs = now;
    for (; this.#dueMs <= now; this.#dueMs += intervalMs) this.#pushAll();
    if (this.#next.size === 0) return this.#rest();
    this.#timer = setTimeout(() => this.#tick(), Math.ceil(this.#dueMs - now));
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #pushAll(): void {
    let made: { readonly number: number; readonly message: SharedMessage } | undefined;
    for (const [client, number] of this.#next) {
      // To one that is being closed no message is made.
      if (!client.isOpen) continue;
      if (made?.number !== number) made = { number, message: this.#message(number) };
      void client.share(made.message);
      if (number < this.#options.messages) this.#next.set(client, number + 1);
      else {
        void client.share(this.#end);
        this.#next.delete(client);
      }
    }
  }

  #message(number: number): SharedMessage {
    const { size } = this.#options;
    const time = Math.floor(this.#clock.now().epochUs / 1000);
    const start = `{"seq":${number},"time":${time}`;
    if (size === undefined) return new SharedMessage(`${start}}`, this.#options);
    const [before, after] = [Buffer.from(`${start},"pad":"`), Buffer.from('"}')];
    const pad = this.#pad.subarray(0, Math.max(0, size - before.length - after.length));
    return new SharedMessage([before, pad, after], this.#options);
  }

  #now(): number {
    return Number(this.#clock.now().ns) / 1e6;
  }
}
