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
  onOpened(user: User): void;
  /** The number of open sockets has changed. */
  onChanged(): void;
}

/** Handshakes under way at a time: more would only queue in the server's backlog. */
const AT_A_TIME = 100;
/** How often the number of sockets is brought to what a stage or churn asks for. */
const ADJUST_MS = 20;
/** Delays grow by this factor from one try to the next. */
const BACKOFF = 1.5;

/**
 * The sockets of a worker: how many are open, opened and closed over time.
 *
 * 1. Without stages all are opened at the start, each tried once.
 * 2. Stages say how many there are to be at each moment; sockets are opened and closed accordingly,
 *    the oldest first.
 * 3. Churn closes the oldest socket and opens another, so many times a second.
 * 4. With a reconnect policy, a socket that fails or ends is tried again, later each time.
 */
export class Population implements Field {
  /** Those that are open. */
  readonly users: User[] = [];
  readonly #plan: PopulationPlan;
  readonly #dialer: Dialer;
  readonly #listener: PopulationListener;
  readonly #now: () => number;
  readonly #places = new Map<User, number>();
  /** In the order in which they opened. */
  readonly #byAge = new Set<User>();
  /** Those that we close. */
  readonly #closing = new Set<User>();
  readonly #retries = new Set<NodeJS.Timeout>();
  #timer: NodeJS.Timeout | undefined;
  /** Numbers given to sockets so far. */
  #numbered = 0;
  /** Of these, how many have opened or failed. */
  #settled = 0;
  /** Of the sockets of the start, those whose handshake was begun. */
  #initialDialed = 0;
  #nextTurnAt = 0;
  #closed = 0;
  #broken = 0;
  #peak = 0;
  #startedAt = 0;
  #churned = 0;
  #ended = false;

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
  }

  /** attempted = opened + failed + unfinished; opened = open + closed + broken. */
  get counts() {
    const { attempted, opened, failed, aborted, underWay } = this.#dialer.counts;
    const notBegun = this.#initial - this.#initialDialed;
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

  /** The most that were open at a time. */
  get peak(): number {
    return this.#peak;
  }

  /** Whether sockets may still open, where there are none now. */
  get mayGrow(): boolean {
    const { stages, reconnect } = this.#plan;
    return !this.#ended && (stages.length > 0 || reconnect !== undefined);
  }

  get #initial(): number {
    return this.#plan.stages.length > 0 ? 0 : this.#plan.connections;
  }

  /**
   * Opens the sockets of the start. Resolves when every handshake has ended, or there is no hope that
   * any will succeed. The first one goes ahead: a name that does not resolve is not asked for a
   * hundred times.
   */
  async open(): Promise<void> {
    if (this.#initial === 0) return;
    await this.#openNew();
    const atATime = Math.min(AT_A_TIME, this.#initial);
    await Promise.all(Array.from({ length: atATime }, () => this.#openSome()));
  }

  /** Stages and churn begin. */
  start(now: number): void {
    const { stages, churnPerSecond } = this.#plan;
    this.#startedAt = now;
    if (stages.length > 0 || churnPerSecond > 0) {
      this.#timer = setInterval(() => this.#adjust(), ADJUST_MS);
    }
  }

  /** A socket has ended. @returns true where that was not our will */
  ended(user: User): boolean {
    if (this.#closing.delete(user)) {
      this.#closed += 1;
      return false;
    }
    // One that ended in the turn in which it opened is not there yet.
    if (this.#byAge.delete(user)) {
      this.#remove(user);
      this.#broken += 1;
      this.#retry(0);
      this.#listener.onChanged();
    }
    return true;
  }

  get senders(): readonly User[] {
    return this.users;
  }

  get inFlight(): number {
    let count = 0;
    for (const user of this.users) count += user.inFlight;
    for (const user of this.#closing) count += user.inFlight;
    return count;
  }

  stop(): void {
    this.#ended = true;
    clearInterval(this.#timer);
    for (const retry of this.#retries) clearTimeout(retry);
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

  async #openSome(): Promise<void> {
    while (this.#numbered < this.#initial && !this.#dialer.isAborted && !this.#isHopeless()) {
      await this.#openNew();
    }
  }

  /** Opens a socket that has no number yet. @param tries how often it was tried before */
  async #openNew(tries = 0): Promise<void> {
    const number = this.#numbered;
    this.#numbered += 1;
    await this.#waitForTurn();
    if (this.#dialer.isAborted) return;
    if (number < this.#initial) this.#initialDialed += 1;
    const socket = this.#plan.firstSocket + number;
    const user = this.#listener.makeUser(socket);
    const attempt = await this.#dialer.dial(user, socket);
    this.#settled += 1;
    if (attempt === "opened") this.#add(user);
    else if (attempt === "failed") this.#retry(tries + 1);
  }

  /** Keeps to the rate of handshakes, where there is one. */
  async #waitForTurn(): Promise<void> {
    const { connectPerSecond } = this.#plan;
    if (connectPerSecond === undefined) return;
    const now = this.#now();
    const turnAt = Math.max(now, this.#nextTurnAt);
    this.#nextTurnAt = turnAt + 1000 / connectPerSecond;
    if (turnAt > now) await new Promise((resolve) => setTimeout(resolve, turnAt - now));
  }

  /** There is no such name, or the first hundred failed, all of them: so will the others. */
  #isHopeless(): boolean {
    const { refusals, counts } = this.#dialer;
    if (counts.opened > 0 || this.#plan.reconnect) return false;
    return counts.failed >= AT_A_TIME || refusals.list()[0]?.code === "name-resolution";
  }

  #add(user: User): void {
    // It may have ended in the same turn.
    if (user.connection?.state === "CLOSED") return this.#endedAtOnce();
    this.#places.set(user, this.users.length);
    this.users.push(user);
    this.#byAge.add(user);
    this.#peak = Math.max(this.#peak, this.users.length);
    this.#listener.onOpened(user);
    this.#listener.onChanged();
  }

  #endedAtOnce(): void {
    this.#broken += 1;
    this.#retry(0);
  }

  /** The last one takes its place, so that nothing else moves. */
  #remove(user: User): void {
    const place = this.#places.get(user) ?? 0;
    const last = this.users.pop();
    this.#places.delete(user);
    if (last === undefined || last === user) return;
    this.users[place] = last;
    this.#places.set(last, place);
  }

  #adjust(): void {
    const elapsedMs = this.#now() - this.#startedAt;
    const { stages, churnPerSecond } = this.#plan;
    if (stages.length > 0) this.#bringTo(Math.round(Population.level(stages, elapsedMs)));
    const due = Math.floor((churnPerSecond * elapsedMs) / 1000) - this.#churned;
    this.#churned += due;
    const closed = this.#closeOldest(due);
    if (stages.length === 0) for (let i = 0; i < closed; i++) void this.#openNew();
  }

  #bringTo(wanted: number): void {
    const opening = this.#numbered - this.#settled;
    const missing = wanted - this.#byAge.size - opening;
    const room = AT_A_TIME - opening;
    for (let i = 0; i < Math.min(missing, room); i++) void this.#openNew();
    this.#closeOldest(this.#byAge.size - wanted);
  }

  #closeOldest(count: number): number {
    let closed = 0;
    for (const user of this.#byAge) {
      if (closed >= count) break;
      this.#byAge.delete(user);
      this.#remove(user);
      this.#closing.add(user);
      user.connection?.close();
      closed += 1;
    }
    if (closed > 0) this.#listener.onChanged();
    return closed;
  }

  #retry(tries: number): void {
    const { reconnect, stages } = this.#plan;
    // With stages a socket that is missing is opened anew in any case.
    if (!reconnect || this.#ended || stages.length > 0) return;
    const delay = Math.min(reconnect.maxDelayMs, reconnect.delayMs * BACKOFF ** tries);
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      void this.#openNew(tries);
    }, delay);
    this.#retries.add(timer);
  }
}
