import { whenAborted } from "../abort.ts";
import { type Clock, elapsedMs } from "../clock.ts";
import { FramecatError } from "../errors.ts";
import { CloseCode } from "../protocol/close-codes.ts";
import type { DeflateParams } from "../protocol/deflate.ts";
import { parseStatusLine } from "../protocol/http-head.ts";
import { checkCloseFrame } from "./closing.ts";
import type { Connection, SendOptions } from "./connection.ts";
import { type Deferred, deferred } from "./deferred.ts";
import type { CloseEvent, Event, EventListener, ReadyState } from "./events.ts";
import { Heartbeat, type HeartbeatOptions } from "./heartbeat.ts";
import type { QueueLimits } from "./offline-queue.ts";
import { type FirstMessage, Outbox } from "./outbox.ts";
import { Redial } from "./redial.ts";
import type { Loss, ReconnectPolicy } from "./reconnect-policy.ts";
import { addTraffic, NO_TRAFFIC, type Traffic } from "./traffic.ts";

/**
 * One conversation with a peer over one connection after the other.
 *
 * 1. Each dial is a connection with an id of its own: "1", "2", and so on.
 * 2. When a connection is lost, the policy says whether and when the next is dialled; each wait is
 *    told as `reconnect`, and the gap, once it is over, as `reconnected`.
 * 3. What is sent meanwhile waits (see `Outbox`). What is left in the end is counted and told.
 * 4. It ends when it is closed, when its signal is aborted, when the policy says so or there is none,
 *    and when all tries are used up. No timer outlives it.
 */
export interface LinkOptions {
  /**
   * Opens a connection that tells its events under this id.
   * @param signal aborted when the link is closed while it is being dialled
   */
  readonly dial: (id: string, onEvent: EventListener, signal: AbortSignal) => Promise<Connection>;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly onEvent: EventListener;
  /** Closes the link when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Sent at each opening, before all else. */
  readonly first?: readonly FirstMessage[] | undefined;
  readonly heartbeat?: HeartbeatOptions | undefined;
  /** Without one, the end of the first connection is the end. */
  readonly reconnect?: ReconnectPolicy | undefined;
  /** What may wait while there is no connection. */
  readonly queue?: QueueLimits | undefined;
}

/** From the loss of a connection until there is another. */
interface Outage {
  readonly lost: string;
  readonly since: bigint;
  attempt: number;
}

/**
 * Dials until a connection is open.
 * @throws FramecatError with what failed, or (gave-up) when all tries are used up
 */
export function openLink(options: LinkOptions): Promise<Link> {
  return Link.open(options);
}

export class Link {
  /** Resolves with the last `close` event once it is all over. */
  readonly closed: Promise<CloseEvent>;

  readonly #options: LinkOptions;
  readonly #outbox: Outbox;
  readonly #redial: Redial;
  readonly #opened = deferred<Connection>();
  readonly #dialling = new AbortController();
  readonly #holds = new Set<() => void>();
  readonly #unwatch: () => void;

  #connection: Connection | undefined;
  #openedAt = 0n;
  #heartbeat: Heartbeat | undefined;
  #release: (() => void) | undefined;
  #dials = 0;
  #ended = false;
  #reopened: Deferred<void> | undefined;
  #outage: Outage | undefined;
  /** What the latest connection, or the attempt at one, has told. */
  #status: number | undefined;
  #error: FramecatError | undefined;
  #agreed: {
    readonly subprotocol: string | undefined;
    readonly deflate: DeflateParams | undefined;
  };
  #past: Traffic = NO_TRAFFIC;
  #pastReceived = 0;
  #rttMs: number | undefined;

  /** See `openLink`. */
  static async open(options: LinkOptions): Promise<Link> {
    const link = new Link(options);
    await link.#openFirst();
    return link;
  }

  private constructor(options: LinkOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options.first ?? [], options.queue);
    this.#redial = new Redial({
      policy: options.reconnect,
      random: options.random,
      tell: (told) => this.#emit({ type: "reconnect", ...this.#here, ...told }),
    });
    this.#agreed = { subprotocol: undefined, deflate: undefined };
    this.closed = this.#opened.promise.then((connection) => this.#live(connection));
    this.#unwatch = whenAborted(options.signal, () => this.#stop(CloseCode.normal, ""));
  }

  /** CONNECTING while it waits for another connection, too. */
  get state(): ReadyState {
    if (this.#ended) return "CLOSED";
    if (this.#connection) return this.#connection.state;
    return this.#redial.over ? "CLOSING" : "CONNECTING";
  }

  /** True as long as `send` takes messages, if only to keep them for another connection. */
  get canSend(): boolean {
    if (this.#redial.over || this.#ended) return false;
    const another = this.#redial.isLikely || this.#outage !== undefined;
    return this.#connection?.state === "OPEN" || another;
  }

  /** Why it has ended, where that is neither a close by us nor one by the peer. */
  get failure(): FramecatError | undefined {
    return this.#redial.failure;
  }

  get subprotocol(): string | undefined {
    return this.#agreed.subprotocol;
  }

  get deflate(): DeflateParams | undefined {
    return this.#agreed.deflate;
  }

  /** Bytes of payload that have not left for the network. */
  get bufferedAmount(): number {
    return this.#outbox.queuedBytes + (this.#connection?.bufferedAmount ?? 0);
  }

  /** Messages, or fragments, that wait for a connection; in the end, those that never left. */
  get queued(): number {
    return this.#outbox.queued;
  }

  /** True when so much waits that a send would have to. */
  get queueFull(): boolean {
    return this.#outbox.full;
  }

  /** True while so much is queued that a send would have to be waited for. */
  get congested(): boolean {
    return this.queueFull || this.#connection?.congested === true;
  }

  /** Bytes of messages that have come, whole or not, on all connections. */
  get bytesReceived(): number {
    return this.#pastReceived + (this.#connection?.bytesReceived ?? 0);
  }

  /** What has passed on all connections. */
  get traffic(): Traffic {
    return addTraffic(this.#past, this.#connection?.traffic ?? NO_TRAFFIC);
  }

  /** The latest round trip of a ping or of a heartbeat. */
  get rttMs(): number | undefined {
    return this.#rttMs;
  }

  /**
   * Sends a message, or a fragment of one, or keeps it until there is a connection. Resolves when
   * more may follow. Bytes must stay as they are until they have left.
   * @throws FramecatError (abnormal) when it has ended, and for the rest of a message that was cut
   */
  send(data: string | Uint8Array, options?: SendOptions): Promise<void> {
    return this.canSend ? this.#outbox.send(data, options) : notOpen();
  }

  /** @throws FramecatError (abnormal) when no connection is open; RangeError over 125 bytes */
  ping(data?: Uint8Array): Promise<void> {
    return this.#connection?.ping(data) ?? notOpen();
  }

  /** @throws FramecatError (abnormal) when no connection is open; RangeError over 125 bytes */
  pong(data?: Uint8Array): Promise<void> {
    return this.#connection?.pong(data) ?? notOpen();
  }

  /** Sends bytes as they are. @throws FramecatError (abnormal) when no connection is open */
  sendRaw(bytes: Uint8Array): Promise<void> {
    return this.#connection?.sendRaw(bytes) ?? notOpen();
  }

  /**
   * Ends it: what waits is sent where there is a connection, then a Close frame.
   * @throws RangeError for a code that never travels, or a reason that does not fit a Close frame
   */
  close(code: number = CloseCode.normal, reason = ""): Promise<CloseEvent> {
    checkCloseFrame({ code, reason });
    this.#stop(code, reason);
    return this.closed;
  }

  /** Ends it at once, without a Close frame. */
  terminate(): void {
    this.#halt();
    this.#connection?.terminate();
  }

  /**
   * Closes the connection and dials again at once, or dials at once where it waits to. Resolves when
   * the next one is open.
   * @throws FramecatError when it has ended, or comes to its end over this
   */
  async reconnect(): Promise<void> {
    if (this.#redial.over || this.#ended) return notOpen();
    // While it is being dialled there is nothing to be hurried.
    if (this.#connection) this.#redial.askFor();
    this.#redial.hurry();
    this.#closeConnection(CloseCode.normal, "");
    this.#reopened ??= deferred();
    await Promise.race([this.#reopened.promise, this.closed]);
    if (this.#ended) throw this.failure ?? new FramecatError("abnormal", "it has been closed");
  }

  /** Stops reading, on whichever connection, until the function it gives is called. */
  hold(): () => void {
    const release = (): void => {
      this.#holds.delete(release);
      this.#holdOrRelease();
    };
    this.#holds.add(release);
    this.#holdOrRelease();
    return release;
  }

  #holdOrRelease(): void {
    if (this.#holds.size > 0) this.#release ??= this.#connection?.hold();
    else {
      this.#release?.();
      this.#release = undefined;
    }
  }

  // The life of the link

  async #openFirst(): Promise<void> {
    try {
      this.#opened.resolve(await this.#dialFirst());
    } catch (thrown) {
      this.#end();
      throw thrown;
    }
  }

  async #dialFirst(): Promise<Connection> {
    try {
      return await this.#dial();
    } catch (thrown) {
      const loss = this.#failed(thrown);
      if (this.#options.reconnect?.firstToo !== true) throw thrown;
      const connection = await this.#dialAgain(loss);
      if (connection) return connection;
      throw this.failure ?? thrown;
    }
  }

  async #live(first: Connection): Promise<CloseEvent> {
    let connection = first;
    for (;;) {
      const close = await connection.closed;
      this.#lost(connection, close);
      const loss = { kind: "closed", close, error: this.#error } as const;
      const next = await this.#dialAgain(loss);
      if (!next) {
        const { unsent } = this.#outbox;
        if (unsent > 0)
          this.#note(`${unsent} ${unsent === 1 ? "message was" : "messages were"} never sent`);
        this.#end();
        return close;
      }
      connection = next;
    }
  }

  /** Undefined when that is the end. */
  async #dialAgain(first: Loss): Promise<Connection | undefined> {
    for (let loss = first; await this.#redial.after(loss);) {
      try {
        return await this.#dial();
      } catch (thrown) {
        loss = this.#failed(thrown);
      }
    }
    return undefined;
  }

  async #dial(): Promise<Connection> {
    this.#dials += 1;
    this.#status = undefined;
    this.#error = undefined;
    if (this.#outage) this.#outage.attempt += 1;
    const pass: EventListener = (event) => this.#pass(event);
    const connection = await this.#options.dial(this.#id, pass, this.#dialling.signal);
    this.#found(connection);
    return connection;
  }

  get #id(): string {
    return String(this.#dials);
  }

  /** The latest connection, now. */
  get #here(): Pick<Event, "conn" | "at"> {
    return { conn: this.#id, at: this.#options.clock.now() };
  }

  #found(connection: Connection): void {
    const { clock, heartbeat } = this.#options;
    const { subprotocol, deflate } = connection;
    this.#agreed = { subprotocol, deflate };
    this.#connection = connection;
    this.#openedAt = clock.now().ns;
    this.#holdOrRelease();
    if (this.#outage) this.#tellReconnected(this.#outage);
    this.#outage = undefined;
    this.#outbox.online(connection);
    this.#heartbeat = heartbeat && new Heartbeat(connection, clock, heartbeat);
    this.#heartbeat?.start();
    this.#reopened?.resolve();
    this.#reopened = undefined;
    if (this.#redial.over) this.#closeConnection(CloseCode.normal, "");
  }

  #tellReconnected({ lost, since, attempt }: Outage): void {
    const { conn, at } = this.#here;
    const offlineMs = elapsedMs(since, at.ns);
    const { queued } = this.#outbox;
    this.#emit({ type: "reconnected", conn, at, lost, attempt, offlineMs, queued });
  }

  #lost(connection: Connection, { at, conn }: CloseEvent): void {
    this.#heartbeat?.stop();
    this.#heartbeat = undefined;
    this.#release = undefined;
    this.#connection = undefined;
    this.#past = addTraffic(this.#past, connection.traffic);
    this.#pastReceived += connection.bytesReceived;
    this.#redial.lasted(elapsedMs(this.#openedAt, at.ns), connection.traffic.in.messages);
    this.#outage = { lost: conn, since: at.ns, attempt: 0 };
    const cut = this.#outbox.offline();
    if (cut > 0)
      this.#note("a message was cut by the loss of the connection: its rest is not sent");
  }

  /** What kept a connection from opening. @throws what is no foreseen failure */
  #failed(thrown: unknown): Loss {
    if (!(thrown instanceof FramecatError)) throw thrown;
    return { kind: "failed", failure: thrown, status: this.#status };
  }

  #end(): void {
    this.#ended = true;
    this.#outage = undefined;
    this.#outbox.end();
    this.#unwatch();
  }

  // Closing

  #stop(code: number, reason: string): void {
    this.#halt();
    this.#closeConnection(code, reason);
  }

  #halt(): void {
    this.#redial.halt();
    this.#dialling.abort();
  }

  #closeConnection(code: number, reason: string): void {
    if (this.#connection?.state !== "OPEN") return;
    this.#outbox.flush();
    void this.#connection.close(code, reason);
  }

  // Events

  #pass(event: Event): void {
    const marked = this.#heartbeat?.pass(event) ?? event;
    if ("rttMs" in marked && marked.type !== "frame") this.#rttMs = marked.rttMs;
    if (event.type === "error") this.#error = new FramecatError(event.code, event.message);
    if (event.type === "handshake") {
      this.#status = parseStatusLine(event.response.startLine)?.status;
    }
    this.#emit(marked);
  }

  #note(message: string): void {
    this.#emit({ type: "note", ...this.#here, message });
  }

  #emit(event: Event): void {
    this.#options.onEvent(event);
  }
}

function notOpen(): Promise<never> {
  return Promise.reject(new FramecatError("abnormal", "the connection is not open"));
}
