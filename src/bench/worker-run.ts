import { setMaxListeners } from "node:events";
import { FramecatError } from "../errors.ts";
import type { LeanClose } from "../transport/lean-connection.ts";
import { Agenda } from "./agenda.ts";
import { Composer, looksInside } from "./composer.ts";
import { type Crew, makeCrew } from "./crew.ts";
import { dialOptionsOf } from "./dial-options.ts";
import { Dialer, type Platform } from "./dialer.ts";
import { Dispatch } from "./dispatch.ts";
import { FailureTally, failureOf, HEARTBEAT_LOST } from "./failures.ts";
import type { Field } from "./field.ts";
import { Load, type Traffic } from "./load.ts";
import { deflateOffer } from "./outgoing-frame.ts";
import { Pacer } from "./pacer.ts";
import type { WorkerPlan } from "./plan.ts";
import { Population } from "./population.ts";
import { seededRandom } from "./seeded-random.ts";
import { SelfWatch } from "./self-watch.ts";
import { Storm } from "./storm.ts";
import type { User, UserContext } from "./user.ts";
import { Waker } from "./waker.ts";
import {
  type Counts,
  type FromWorker,
  noCounts,
  NO_TRAFFIC,
  type Phase,
  type Tick,
  type WorkerEnding,
} from "./worker-protocol.ts";

/** How often the coordinator hears of a worker. */
const TICK_MS = 500;
/** Who was interrupted does not wait long for replies. */
const HASTY_DRAIN_MS = 1000;
/** Where nobody tells how much is still to come: the end is when nothing has for so long. */
const QUIET_MS = 500;
/** Handshakes that may be under way at a time, each with some listeners of its own. */
const MAX_ABORT_LISTENERS = 1_000_000;

/**
 * One worker's part of a run.
 *
 * 1. `connect` opens the sockets of the start; then the worker is ready and waits for `go`, so that
 *    no worker begins before all are connected.
 * 2. Warm-up: the load is there, and does not count. Then the window opens.
 * 3. The window closes when its time is up, when all messages are answered, when no reply has come
 *    for as long as replies are waited for at all, when no socket is left, or when asked to.
 * 4. What is in flight then may still be answered, for `drainMs`. After that the result is told,
 *    and the sockets are closed.
 */
export class WorkerRun {
  readonly #plan: WorkerPlan;
  readonly #tell: (message: FromWorker) => void;
  readonly #load: Load;
  readonly #platform: Platform;
  readonly #random: () => number;
  readonly #breaks = new FailureTally();
  readonly #agenda = new Agenda<User>();
  readonly #abort = new AbortController();
  readonly #ticker: NodeJS.Timeout;
  #crew: Crew | undefined;
  #dialer: Dialer | undefined;
  #field: Field | undefined;
  #population: Population | undefined;
  #dispatch: Dispatch | undefined;
  #pacer: Pacer | undefined;
  #waker: Waker | undefined;
  #watch: SelfWatch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #phase: Phase = "connecting";
  #ending: WorkerEnding = "completed";
  #before: Traffic = NO_TRAFFIC;
  #after: Traffic | undefined;
  #windowEnd = Number.POSITIVE_INFINITY;
  #maxBufferedBytes = 0;
  /** Messages received at the last look, and when there were the last new ones. */
  #seen = 0;
  #seenAt = 0;

  constructor(plan: WorkerPlan, tell: (message: FromWorker) => void, platform: Platform) {
    this.#plan = plan;
    this.#tell = tell;
    this.#platform = platform;
    this.#random = seededRandom(plan.seed);
    const onDrained = (): void => this.#drained();
    this.#load = new Load(plan.load.model, { onDrained }, () => performance.now());
    setMaxListeners(MAX_ABORT_LISTENERS, this.#abort.signal);
    this.#ticker = setInterval(() => this.#onTick(), TICK_MS);
  }

  async connect(): Promise<void> {
    const began = performance.now();
    try {
      await this.#prepare();
    } catch (thrown) {
      if (!(thrown instanceof FramecatError)) throw thrown;
      clearInterval(this.#ticker);
      return this.#tell({ type: "unfit", message: thrown.message, hint: thrown.hint });
    }
    await this.#field?.open();
    // What the handshakes left behind is not to be cleared away while latencies are measured.
    this.#platform.collectGarbage?.();
    if (this.#phase !== "connecting") return;
    this.#phase = "ready";
    const connectMs = performance.now() - began;
    this.#tell({ type: "connected", tick: this.#tick(), connectMs });
    if (this.#ending === "stopped") this.#finish();
  }

  /** @param atMs when to begin, of the machine's monotonic clock; at once where that has passed */
  go(atMs = 0): void {
    if (this.#phase !== "ready") return;
    const wait = atMs - this.#platform.clockOffsetMs - this.#load.now();
    if (wait > 0) this.#afterMs(wait, () => this.#begin());
    else this.#begin();
  }

  stop(): void {
    if (this.#phase === "connecting") {
      this.#ending = "stopped";
      this.#field?.stop();
    } else if (this.#phase === "ready") {
      this.#ending = "stopped";
      this.#finish();
    } else this.#closeWindow("stopped");
  }

  async #prepare(): Promise<void> {
    const { message, dial, measure } = this.#plan;
    const { clock, random, clockOffsetMs } = this.#platform;
    const composer = await Composer.create(message, this.#random);
    const context: UserContext = {
      load: this.#load,
      model: this.#plan.load,
      agenda: this.#agenda,
      onClosed: (user, close, cause) => this.#onClosed(user, close, cause),
    };
    const maskKey = random(4).reduce((key, octet) => ((key << 8) | octet) >>> 0, 0);
    this.#crew = await makeCrew({ plan: this.#plan, context, composer, maskKey, clockOffsetMs });
    const inside = looksInside(message) || measure === "push" || measure === "fanout";
    const common = { clock, random, signal: this.#abort.signal };
    const optionsOf = dialOptionsOf(
      dial,
      { ...common, ...(dial.deflate && { deflate: deflateOffer(inside) }) },
      composer,
    );
    this.#dialer = new Dialer(optionsOf, this.#load.recordings, this.#abort);
    this.#field = this.#makeField(this.#dialer, this.#crew);
  }

  #makeField(dialer: Dialer, { makeUser }: Crew): Field {
    const { load, measure } = this.#plan;
    if (measure === "connect") return new Storm(this.#plan, dialer, this.#load, load.model);
    const listener = {
      makeUser,
      onOpened: (user: User) => this.#onOpened(user),
      onChanged: () => this.#onChanged(),
    };
    this.#population = new Population(this.#plan, dialer, listener, this.#load.now);
    return this.#population;
  }

  get #isRunning(): boolean {
    return this.#phase === "warm-up" || this.#phase === "measuring";
  }

  #begin(): void {
    if (this.#phase !== "ready" || !this.#field) return;
    const { warmupMs } = this.#plan;
    const now = this.#load.now();
    this.#phase = "warm-up";
    if (warmupMs > 0) this.#afterMs(warmupMs, () => this.#openWindow());
    else this.#openWindow();
    this.#startLoad(now, this.#field);
    if (this.#counts().sockets.open === 0) this.#onEmpty();
  }

  #startLoad(now: number, field: Field): void {
    const { load, phase, measure } = this.#plan;
    if (load.model === "open") {
      const senders = this.#crew?.senders ?? field.senders;
      const { arrival } = load;
      const pace = { arrival, phase, startMs: now, random: this.#random };
      this.#pacer = new Pacer({ ...pace, ratePerSecond: this.#ratePerSecond() });
      this.#dispatch = new Dispatch(this.#pacer, senders, this.#load);
    }
    this.#waker = new Waker({
      pump: (at) => this.#pump(at),
      now: this.#load.now,
      activity: () => this.#load.bytesIn + this.#load.bytesOut,
      spared: (ms) => this.#watch?.spared(ms),
      exact: measure !== "hold",
    });
    field.start(now);
    for (const user of this.#population?.users ?? []) user.start(now);
    this.#waker.wake();
  }

  #ratePerSecond(): number {
    const { load } = this.#plan;
    if (load.model === "closed") return 0;
    const sockets = load.per === "socket" ? (this.#population?.users.length ?? 0) : 1;
    return load.ratePerSecond * sockets;
  }

  /** Does what is due; gives when something is next. */
  #pump(now: number): number {
    if (!this.#isRunning) return Number.POSITIVE_INFINITY;
    const agenda = this.#agenda;
    while (agenda.next <= now) {
      const dueAt = agenda.next;
      const user = agenda.take();
      user?.plan(dueAt);
      user?.flush(now);
    }
    this.#dispatch?.pump(now, Math.min(now, this.#windowEnd));
    return Math.min(agenda.next, this.#dispatch?.next ?? Number.POSITIVE_INFINITY);
  }

  #openWindow(): void {
    if (this.#phase !== "warm-up") return;
    const { length } = this.#plan;
    this.#tell({ type: "tick", tick: this.#tick() });
    this.#phase = "measuring";
    this.#before = this.#load.traffic;
    this.#watch = new SelfWatch();
    this.#seenAt = this.#load.now();
    this.#load.openWindow(length.kind === "messages" ? length.count : undefined);
    if (length.kind === "duration") {
      this.#windowEnd = this.#load.windowStart + length.durationMs;
      this.#afterMs(length.durationMs, () => this.#closeWindow("completed"));
    }
  }

  #closeWindow(ending: WorkerEnding): void {
    if (!this.#isRunning) return;
    // What was planned until now is due, also where its moment was missed.
    const now = this.#load.now();
    if (ending === "completed") this.#dispatch?.pump(now, Math.min(now, this.#windowEnd));
    this.#phase = "draining";
    this.#ending = ending;
    this.#waker?.stop();
    this.#field?.stop();
    this.#watch?.close();
    this.#after = this.#load.traffic;
    this.#seenAt = now;
    this.#tell({ type: "tick", tick: this.#tick() });
    const { drainMs } = this.#plan;
    const patienceMs = ending === "stopped" ? Math.min(drainMs, HASTY_DRAIN_MS) : drainMs;
    this.#afterMs(ending === "stalled" ? 0 : patienceMs, () => this.#finish());
    this.#load.stop();
  }

  #drained(): void {
    const { measure, length } = this.#plan;
    if (this.#phase === "measuring" && length.kind === "messages") this.#closeWindow("completed");
    // Nobody answers a publication, and deliveries may still be under way.
    else if (this.#phase === "draining" && measure !== "fanout" && measure !== "push") {
      this.#finish();
    }
  }

  #finish(): void {
    if (this.#phase === "done") return;
    const tick = this.#tick();
    this.#phase = "done";
    clearInterval(this.#ticker);
    clearTimeout(this.#timer);
    this.#waker?.stop();
    this.#tell({ type: "result", ending: this.#ending, tick: { ...tick, phase: "done" } });
    this.#field?.end();
  }

  #onOpened(user: User): void {
    if (this.#isRunning) user.start(this.#load.now());
  }

  #onChanged(): void {
    if (!this.#isRunning) return;
    const { load } = this.#plan;
    if (load.model !== "open" || load.per !== "socket") return;
    this.#pacer?.setRate(this.#ratePerSecond(), this.#load.now());
    this.#waker?.wake();
  }

  #onClosed(user: User, close: LeanClose, cause?: "heartbeat"): void {
    if (this.#phase === "done") return;
    const broke = this.#population?.ended(user) ?? true;
    if (broke) this.#breaks.add(cause === "heartbeat" ? HEARTBEAT_LOST : failureOf(close));
    if (this.#isRunning && this.#population?.users.length === 0) this.#onEmpty();
  }

  /** No socket is open; a run goes on only where there may be some again. */
  #onEmpty(): void {
    if (this.#field?.mayGrow !== true) this.#closeWindow("disconnected");
  }

  #afterMs(ms: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }

  #onTick(): void {
    let buffered = 0;
    for (const { connection } of this.#population?.users ?? []) {
      buffered += connection?.bufferedAmount ?? 0;
    }
    this.#maxBufferedBytes = Math.max(this.#maxBufferedBytes, buffered);
    this.#tell({ type: "tick", tick: this.#tick() });
    this.#giveUpOnSilence();
  }

  /**
   * A number of messages may never be reached: the run ends when no reply has come for long. And
   * where nobody tells how much is still to come, the end is when nothing has come for a while.
   */
  #giveUpOnSilence(): void {
    const { messagesIn } = this.#load;
    const now = this.#load.now();
    if (messagesIn > this.#seen) this.#seenAt = now;
    this.#seen = messagesIn;
    const silentMs = now - this.#seenAt;
    if (this.#phase === "measuring" && this.#plan.length.kind === "messages") {
      if (silentMs > this.#plan.drainMs) this.#closeWindow("stalled");
    } else if (this.#phase === "draining" && silentMs >= QUIET_MS) {
      const { measure } = this.#plan;
      if (measure === "fanout" || measure === "push") this.#finish();
    }
  }

  #tick(): Tick {
    return {
      atMs: this.#load.now() + this.#platform.clockOffsetMs,
      phase: this.#phase,
      counts: this.#counts(),
      traffic: this.#load.traffic,
      recorded: this.#load.recordings.take(),
    };
  }

  #counts(): Counts {
    const { connections, stages, measure } = this.#plan;
    const none = noCounts(stages.length > 0 || measure === "connect" ? 0 : connections);
    const stream = this.#crew?.stream?.counts;
    return {
      ...none,
      ...(this.#field && { sockets: this.#field.counts, peak: this.#field.peak }),
      messages: { ...this.#load.ledger, inFlight: this.#field?.inFlight ?? 0 },
      unawaited: this.#load.unawaited,
      ...(stream && { stream }),
      ownDeliveries: this.#crew?.own?.received ?? 0,
      traffic: this.#windowTraffic(),
      ...(this.#watch && { self: this.#watch.counts }),
      maxBufferedBytes: this.#maxBufferedBytes,
      refusals: this.#dialer?.refusals.list() ?? [],
      breaks: this.#breaks.list(),
    };
  }

  #windowTraffic(): Traffic {
    if (!this.#watch) return NO_TRAFFIC;
    const { messagesOut, messagesIn, bytesOut, bytesIn } = this.#after ?? this.#load.traffic;
    const before = this.#before;
    return {
      messagesOut: messagesOut - before.messagesOut,
      messagesIn: messagesIn - before.messagesIn,
      bytesOut: bytesOut - before.bytesOut,
      bytesIn: bytesIn - before.bytesIn,
    };
  }
}
