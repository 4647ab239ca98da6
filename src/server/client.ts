import type { Moment } from "../clock.ts";
import type { Connection, SendOptions } from "../transport/connection.ts";
import type { CloseEvent } from "../transport/events.ts";
import type { Asking } from "../transport/serve.ts";
import type { SharedMessage } from "../transport/shared-message.ts";

/** Brings a message to a client; faults on purpose stand in its place. */
export type Deliver = (data: string | Uint8Array, options: SendOptions) => Promise<void>;

/** Why a client is shown out by a guard, and what it is told. */
export interface Expulsion {
  /** By which it is counted. */
  readonly kind: string;
  /** What is shown to whoever runs the server. */
  readonly why: string;
  readonly code: number;
  /** What the client is told, which says nothing of the inside. */
  readonly reason: string;
}

export interface ClientOptions {
  readonly since: Moment;
  /** Called before a message is taken that is to be sent; false drops it. */
  readonly maySend?: ((client: Client, length: number) => boolean) | undefined;
  /** Tells and counts that a guard refused something of it. */
  readonly refuse?: ((kind: string, why: string, conn: string) => void) | undefined;
  /** Called when the client may come in, as soon as nothing detains it. */
  readonly onFree: (client: Client) => void;
}

const DONE = Promise.resolve();

/** A client as the modes, the guards and the prompt see it: its connection and what it asked for. */
export class Client {
  readonly connection: Connection;
  readonly asking: Asking;
  readonly since: Moment;
  /** Milliseconds that the last ping and its pong took. */
  rttMs: number | undefined;
  readonly #options: ClientOptions;
  readonly #detentions = new Set<() => void>();
  readonly #leftAnswers = new Set<() => void>();
  #deliver: Deliver;

  constructor(connection: Connection, asking: Asking, options: ClientOptions) {
    this.connection = connection;
    this.asking = asking;
    this.since = options.since;
    this.#options = options;
    this.#deliver = (data, sending) => connection.send(data, sending);
  }

  get id(): string {
    return this.connection.id;
  }

  get isOpen(): boolean {
    return this.connection.state === "OPEN";
  }

  /** True while a guard keeps it from the mode, as until it has shown its token. */
  get isDetained(): boolean {
    return this.#detentions.size > 0;
  }

  /**
   * Sends a message, if the client is there still. Resolves when there is room for another one: who
   * does not await it has what is queued judged by the guard of slow readers.
   */
  send(data: string | Uint8Array, options: SendOptions = {}): Promise<void> {
    if (!this.isOpen) return DONE;
    if (this.#options.maySend?.(this, data.length) === false) return DONE;
    return this.#deliver(data, options);
  }

  /** Sends a message that others are sent too, which costs little more than once for all. */
  share(shared: SharedMessage): Promise<void> {
    return this.send(shared.payload, { binary: shared.binary, shared });
  }

  /** True while it is not read since it does not read what it has asked for. */
  get leavesAnswers(): boolean {
    return this.#leftAnswers.size > 0;
  }

  /** Does not read it until it has taken an answer. @param taken resolves then, or when it has gone */
  holdUntil(taken: Promise<void>): void {
    const release = this.connection.hold();
    this.#leftAnswers.add(release);
    void taken.then(() => {
      this.#leftAnswers.delete(release);
      release();
    });
  }

  /** It gets no more answers, since it is closed, and so need not be waited for. */
  readOn(): void {
    for (const release of this.#leftAnswers) release();
    this.#leftAnswers.clear();
  }

  /** Resolves when it has gone. */
  close(code?: number, reason?: string): Promise<CloseEvent> {
    return this.connection.close(code, reason);
  }

  /** Tells and counts that a guard refuses something of it. */
  refused(kind: string, why: string): void {
    this.#options.refuse?.(kind, why, this.id);
  }

  /** Tells and counts why it may not stay, and closes it. Resolves when it has gone. */
  expel({ kind, why, code, reason }: Expulsion): Promise<CloseEvent> {
    this.refused(kind, why);
    return this.close(code, reason);
  }

  /** Has what is sent from now on pass through something else. */
  deliverBy(wrap: (deliver: Deliver) => Deliver): void {
    this.#deliver = wrap(this.#deliver);
  }

  /** Keeps the client from the mode until the function it gives is called. */
  detain(): () => void {
    const release = (): void => {
      if (!this.#detentions.delete(release) || this.isDetained || !this.isOpen) return;
      this.#options.onFree(this);
    };
    this.#detentions.add(release);
    return release;
  }
}
