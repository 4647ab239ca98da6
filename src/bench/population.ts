import type { Dialer } from "./dialer.ts";
import type { Field } from "./field.ts";
import type { ReconnectPlan } from "./plan.ts";
import type { Stage } from "./result.ts";
import type { User } from "./user.ts";

export interface PopulationPlan {
  /** Sockets at the start; with stages the most that there are. */
  readonly connections: number;
  readonly stages: readonly Stage[];
  readonly connectPerSecond?: number | undefined;
  readonly churnPerSecond: number;
  readonly reconnect?: ReconnectPlan | undefined;
  readonly firstSocket: number;
}

export interface PopulationListener {
  /** Makes the user of a socket. @param socket its number in the whole run */
  makeUser(socket: number): User;
  /** Which sockets take the messages of an open model; all where that is absent. */
  readonly sends?: ((socket: number) => boolean) | undefined;
  onOpened(user: User): void;
  /** Another number of sockets is open, or one that was to open did not. */
  onChanged(): void;
}

/** Handshakes under way at a time: more would only queue in the server's backlog. */
const AT_A_TIME = 100;
/** How often the number of sockets is brought to what a stage or churn asks for. */
const ADJUST_MS = 20;
/** Delays grow by this factor from one try to the next. */
const BACKOFF = 1.5;
/** With stages a socket that fails or ends is replaced after so long, where no policy says another. */
const STAGE_RETRY_MS = 1000;

/**
 * The sockets of a worker: how many are open, opened and closed over time.
 *
 * 1. Each socket has a number from `firstSocket` on, below `firstSocket + connections`; one that takes
 *    the place of another takes its number too.
 * 2. Without stages all are opened at the start, each tried once.
 * 3. Stages say how many there are to be at each moment; sockets are opened and closed accordingly,
 *    the oldest first. What fails or ends by itself is replaced a little later.
 * 4. Churn closes the oldest socket and opens another, so many times a second.
 * 5. With a reconnect policy, a socket that fails or ends is tried again, later each time.
 */
export class Population implements Field {
  /** Those that are open. */
  readonly users: User[] = [];
  /** Those of them that take messages. */
  readonly senders: User[];
  readonly #plan: PopulationPlan;
  readonly #dialer: Dialer;
  readonly #listener: PopulationListener;
  readonly #now: () => number;
  readonly #places = new Map<User, number>();
  /** Numbers of those that are open, in the order in which they opened. */
  readonly #numbers = new Map<User, number>();
  /** Those that we close. */
  readonly #closing = new Set<User>();
  /** Numbers below this have been given to sockets. */
  #given = 0;
  /** Those of them that are free again. */
  readonly #freed: number[] = [];
  /** Sockets that are opened, or wait for that. */
  #opening = 0;
  /** Of these, those that wait because they failed. */
  #waiting = 0;
  /** Of the sockets of the start, those whose handshake was begun. */
  #begun = 0;
  #timer: NodeJS.Timeout | undefined;
  #nextTurnAt = 0;
  #closed = 0;
  #broken = 0;
  #peak = 0;
  #startedAt = 0;
  #churned = 0;

  constructor(
    plan: PopulationPlan,
    dialer: Dialer,
    listener: PopulationListener,
    now: () => number,
  ) {
    this.#plan = plan;
    this.#dialer = dialer;
    this.#listener = listener;
    this.#now = now;
    this.senders = listener.sends ? [] : this.users;
  }

  get counts() {
    const { attempted, opened, failed, aborted, underWay } = this.#dialer.counts;
    const notBegun = this.#initial - this.#begun;
    return {
      attempted: attempted + notBegun,
      opened,
      failed,
      unfinished: notBegun + aborted + underWay,
      open: this.users.length + this.#closing.size,
      closed: this.#closed,
      broken: this.#broken,
    };
  }

  get peak(): number {
    return this.#peak;
  }

  get mayGrow(): boolean {
    const { stages } = this.#plan;
    if (this.#dialer.isAborted) return false;
    return this.#opening > 0 || (stages.length > 0 && !this.#isHopeless);
  }

  get inFlight(): number {
    let count = 0;
    for (const user of this.users) count += user.inFlight;
    for (const user of this.#closing) count += user.inFlight;
    return count;
  }

  get bufferedBytes(): number {
    let bytes = 0;
    for (const { connection } of this.users) bytes += connection?.bufferedAmount ?? 0;
    return bytes;
  }

  /**
   * The first one goes ahead: a name that does not resolve is not asked for a hundred times. Where
   * there is no hope that any will open, the others are not tried.
   */
  async open(): Promise<void> {
    if (this.#initial === 0) return;
    await this.#openFirst();
    const atATime = Math.min(AT_A_TIME, this.#initial);
    await Promise.all(Array.from({ length: atATime }, () => this.#openSome()));
  }

  start(now: number): void {
    const { stages, churnPerSecond } = this.#plan;
    this.#startedAt = now;
    if (stages.length === 0 && churnPerSecond === 0) return;
    this.#adjust();
    this.#timer = setInterval(() => this.#adjust(), ADJUST_MS);
  }

  ended(user: User): boolean {
    if (this.#closing.delete(user)) {
      this.#closed += 1;
      return false;
    }
    const number = this.#numbers.get(user);
    // One that ended in the turn in which it opened is not there yet.
    if (number !== undefined) {
      this.#remove(user);
      this.#hasBroken(number);
    }
    return true;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#dialer.abort();
  }

  end(): void {
    this.stop();
    for (const user of this.users) user.connection?.close();
  }

  /** How many sockets the stages ask for at a moment since `start`. */
  static level(stages: readonly Stage[], elapsedMs: number): number {
    let from = 0;
    let left = elapsedMs;
    for (const { durationMs, connections } of stages) {
      if (left < durationMs) return from + ((connections - from) * left) / durationMs;
      left -= durationMs;
      from = connections;
    }
    return from;
  }

  get #initial(): number {
    return this.#plan.stages.length > 0 ? 0 : this.#plan.connections;
  }

  get #isHopeless(): boolean {
    return this.#plan.reconnect === undefined && this.#dialer.isHopeless;
  }

  async #openSome(): Promise<void> {
    while (this.#given < this.#initial && !this.#dialer.isAborted && !this.#isHopeless) {
      await this.#openFirst();
    }
  }

  #openFirst(): Promise<void> {
    return this.#open(this.#freeNumber(), () => (this.#begun += 1));
  }

  #freeNumber(): number {
    const freed = this.#freed.pop();
    if (freed !== undefined) return freed;
    this.#given += 1;
    return this.#given - 1;
  }

  /** Tries to open a socket; resolves when that has ended, well or badly. */
  async #open(number: number, begins: () => unknown = () => undefined, tries = 0): Promise<void> {
    const { connectPerSecond } = this.#plan;
    this.#opening += 1;
    // Not even a turn of the microtasks is waited for where there is no rate.
    if (connectPerSecond !== undefined) await this.#waitForTurn(connectPerSecond);
    if (this.#dialer.isAborted) return;
    begins();
    const user = this.#listener.makeUser(this.#plan.firstSocket + number);
    const attempt = await this.#dialer.dial(user, this.#plan.firstSocket + number);
    this.#opening -= 1;
    if (attempt === "opened") this.#opened(user, number);
    else if (attempt === "failed") this.#failed(number, tries);
  }

  /** Keeps to the rate of handshakes. */
  async #waitForTurn(connectPerSecond: number): Promise<void> {
    const now = this.#now();
    const turnAt = Math.max(now, this.#nextTurnAt);
    this.#nextTurnAt = turnAt + 1000 / connectPerSecond;
    if (turnAt > now) await this.#dialer.wait(turnAt - now);
  }

  #opened(user: User, number: number): void {
    // It may have ended in the same turn.
    if (user.connection?.state === "CLOSED") this.#hasBroken(number);
    else this.#add(user, number);
    this.#listener.onChanged();
  }

  #failed(number: number, tries: number): void {
    if (!this.#isHopeless) void this.#retry(number, tries + 1);
    this.#listener.onChanged();
  }

  #hasBroken(number: number): void {
    this.#broken += 1;
    void this.#retry(number, 0);
  }

  async #retry(number: number, tries: number): Promise<void> {
    const { reconnect, stages } = this.#plan;
    if (!reconnect && stages.length === 0) return;
    const { delayMs, maxDelayMs } = reconnect ?? {
      delayMs: STAGE_RETRY_MS,
      maxDelayMs: STAGE_RETRY_MS,
    };
    this.#opening += 1;
    this.#waiting += 1;
    await this.#dialer.wait(Math.min(maxDelayMs, delayMs * BACKOFF ** tries));
    this.#opening -= 1;
    this.#waiting -= 1;
    if (this.#dialer.isAborted) return;
    // Stages may ask for fewer by now.
    if (stages.length > 0) this.#freed.push(number);
    else await this.#open(number, undefined, tries);
  }

  #add(user: User, number: number): void {
    this.#places.set(user, this.users.length);
    this.users.push(user);
    this.#numbers.set(user, number);
    if (this.#listener.sends?.(this.#plan.firstSocket + number)) this.senders.push(user);
    this.#peak = Math.max(this.#peak, this.users.length);
    this.#listener.onOpened(user);
  }

  /** The last one takes its place, so that nothing else moves. */
  #remove(user: User): void {
    const place = this.#places.get(user) ?? 0;
    const last = this.users.pop();
    this.#places.delete(user);
    this.#numbers.delete(user);
    if (last !== undefined && last !== user) {
      this.users[place] = last;
      this.#places.set(last, place);
    }
    const sender = this.senders === this.users ? -1 : this.senders.indexOf(user);
    if (sender !== -1) this.senders.splice(sender, 1);
  }

  #adjust(): void {
    const elapsedMs = this.#now() - this.#startedAt;
    const { stages, churnPerSecond } = this.#plan;
    if (stages.length > 0) return this.#bringTo(Math.round(Population.level(stages, elapsedMs)));
    const due = Math.floor((churnPerSecond * elapsedMs) / 1000) - this.#churned;
    this.#churned += due;
    for (const number of this.#closeOldest(due)) void this.#open(number);
    if (due > 0) this.#listener.onChanged();
  }

  #bringTo(wanted: number): void {
    const missing = wanted - this.users.length - this.#opening;
    const room = this.#isHopeless ? 0 : AT_A_TIME - (this.#opening - this.#waiting);
    for (let i = 0; i < Math.min(missing, room); i++) void this.#open(this.#freeNumber());
    const closed = this.#closeOldest(this.users.length - wanted);
    this.#freed.push(...closed);
    if (closed.length > 0) this.#listener.onChanged();
  }

  /** Gives the numbers of the sockets that are closed. */
  #closeOldest(count: number): number[] {
    const closed: number[] = [];
    for (const [user, number] of this.#numbers) {
      if (closed.length >= count) break;
      this.#remove(user);
      this.#closing.add(user);
      user.connection?.close();
      closed.push(number);
    }
    return closed;
  }
}
