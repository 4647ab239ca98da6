import { FramecatError } from "../errors.ts";
import type { LeanClose } from "../transport/lean-connection.ts";
import { Agenda } from "./agenda.ts";
import { Books, type Kept } from "./books.ts";
import { Composer, looksInside } from "./composer.ts";
import { type Crew, makeCrew } from "./crew.ts";
import { dialOptionsOf } from "./dial-options.ts";
import { Dialer, type Platform } from "./dialer.ts";
import { Drive } from "./drive.ts";
import { failureOf, HEARTBEAT_LOST } from "./failures.ts";
import type { Field } from "./field.ts";
import { Load } from "./load.ts";
import { deflateOffer } from "./outgoing-frame.ts";
import type { WorkerPlan } from "./plan.ts";
import { Population } from "./population.ts";
import { seededRandom } from "../seeded-random.ts";
import { Silence } from "./silence.ts";
import { Storm } from "./storm.ts";
import type { User } from "./user.ts";
import { Waker } from "./waker.ts";
import type { Counts, FromWorker, Phase, WorkerEnding } from "./worker-protocol.ts";

/** How often the coordinator hears of a worker. */
const TICK_MS = 500;
/** Who was interrupted does not wait long for replies. */
const HASTY_DRAIN_MS = 1000;
/** Where nobody tells how much is still to come: the end is when nothing has for so long. */
const QUIET_MS = 500;

/** What there is once the plan is found to be sound. */
interface Parts extends Kept {
  readonly crew: Crew;
  readonly dialer: Dialer;
}

/**
 * One worker's part of a run.
 *
 * 1. `connect` opens the sockets of the start; then the worker is ready and waits for `go`, so that
 *    no worker begins before all are connected.
 * 2. Warm-up: the load is there, and does not count. Then the window opens, for all workers at the
 *    same moment.
 * 3. The window closes when its time is up, when all messages are answered, when no reply has come
 *    for as long as replies are waited for at all, when no socket is left, or when asked to.
 * 4. What is in flight then may still be answered, for `drainMs`. After that the result is told,
 *    and the sockets are closed.
 */
export class WorkerRun {
  readonly #plan: WorkerPlan;
  readonly #tell: (message: FromWorker) => void;
  readonly #platform: Platform;
  readonly #load: Load;
  readonly #books: Books;
  readonly #random: () => number;
  readonly #agenda = new Agenda<User>();
  readonly #abort = new AbortController();
  readonly #silence = new Silence();
  #parts: Parts | undefined;
  #drive: Drive | undefined;
  #starter: Waker | undefined;
  #phase: Phase = "connecting";
  #ending: WorkerEnding = "completed";
  /** Ticks come at whole steps from here, so that those of the window lie in its seconds. */
  #ticksFrom: number;
  #ticker: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(plan: WorkerPlan, tell: (message: FromWorker) => void, platform: Platform) {
    this.#plan = plan;
    this.#tell = tell;
    this.#platform = platform;
    this.#random = seededRandom(plan.seed);
    // The last reply may stand amid what one read brought: all of that is counted first.
    const onDrained = (): void => queueMicrotask(() => this.#drained());
    this.#load = new Load(plan.load.model, { onDrained }, () => performance.now());
    this.#books = new Books(plan, this.#load, platform.clockOffsetMs);
    this.#ticksFrom = this.#load.now();
    this.#armTicker();
  }

  async connect(): Promise<void> {
    try {
      this.#parts = await this.#prepare();
    } catch (thrown) {
      if (!(thrown instanceof FramecatError)) throw thrown;
      clearTimeout(this.#ticker);
      return this.#tell({ type: "unfit", message: thrown.message, hint: thrown.hint });
    }
    this.#platform.collectGarbage?.();
    this.#books.begin(this.#parts);
    const began = this.#load.now();
    if (this.#ending !== "stopped") await this.#parts.field.open();
    const connectMs = this.#load.now() - began;
    // What the handshakes left behind is not to be cleared away while latencies are measured.
    this.#platform.collectGarbage?.();
    this.#phase = "ready";
    this.#tell({ type: "connected", tick: this.#books.tick("ready"), connectMs });
    if (this.#ending === "stopped") this.#finish();
  }

  /** @param atMs when to begin, of the machine's monotonic clock; at once where that has passed */
  go(atMs = this.#load.now() + this.#platform.clockOffsetMs): void {
    const parts = this.#parts;
    if (this.#phase !== "ready" || !parts || this.#starter) return;
    const agreed = atMs - this.#platform.clockOffsetMs;
    const at = Math.max(agreed, this.#load.now());
    // Who is late has less of a warm-up than the others, and the same window.
    const windowAt = Math.max(agreed + this.#plan.warmupMs, at);
    this.#starter = new Waker({
      pump: (now) => (now < at ? at : this.#begin(parts, at, windowAt)),
      now: this.#load.now,
      activity: () => 0,
      spared: () => undefined,
      exact: true,
    });
    this.#starter.wake();
  }

  stop(): void {
    if (this.#phase === "connecting") {
      this.#ending = "stopped";
      this.#parts?.field.stop();
    } else if (this.#phase === "ready") {
      this.#ending = "stopped";
      this.#finish();
    } else this.#closeWindow("stopped");
  }

  async #prepare(): Promise<Parts> {
    const { message, dial, measure, load } = this.#plan;
    const { clock, random, clockOffsetMs } = this.#platform;
    const composer = await Composer.create(message, this.#random);
    const context = {
      load: this.#load,
      model: load,
      agenda: this.#agenda,
      onClosed: (user: User, close: LeanClose, cause?: "heartbeat") =>
        this.#onClosed(user, close, cause),
    };
    const maskKey = random(4).reduce((key, octet) => ((key << 8) | octet) >>> 0, 0);
    const crew = await makeCrew({ plan: this.#plan, context, composer, maskKey, clockOffsetMs });
    const inside = looksInside(message) || measure === "push" || measure === "fanout";
    const common = { clock, random, signal: this.#abort.signal };
    const deflate = dial.deflate && { deflate: deflateOffer(inside) };
    const optionsOf = dialOptionsOf(dial, { ...common, ...deflate }, composer);
    const dialer = new Dialer(optionsOf, this.#load.recordings, this.#abort);
    return { crew, dialer, field: this.#makeField(dialer, crew) };
  }

  #makeField(dialer: Dialer, crew: Crew): Field {
    const plan = this.#plan;
    const load = this.#load;
    if (plan.measure === "connect") {
      const onFailed = (): void => this.#onChanged();
      return new Storm({ plan, dialer, load, model: plan.load.model, onFailed });
    }
    const listener = {
      makeUser: crew.makeUser,
      sends: crew.sends,
      onOpened: (user: User): void => {
        if (this.#isRunning) user.start(load.now());
      },
      onChanged: (): void => this.#onChanged(),
    };
    return new Population(plan, dialer, listener, load.now);
  }

  get #isRunning(): boolean {
    return this.#phase === "warm-up" || this.#phase === "measuring";
  }

  /** @returns when to be called again: never */
  #begin({ field }: Parts, at: number, windowAt: number): number {
    if (this.#phase !== "ready") return Number.POSITIVE_INFINITY;
    const plan = this.#plan;
    this.#phase = "warm-up";
    this.#ticksFrom = windowAt;
    this.#armTicker();
    const spared = (ms: number): void => this.#books.spared(ms);
    const [load, agenda, random] = [this.#load, this.#agenda, this.#random];
    const drive = { plan, load, senders: field.senders, agenda, random, spared };
    this.#drive = new Drive(drive, at);
    // What is due from the moment of the window on counts, whenever our timer comes.
    const { length } = plan;
    load.openWindow(length.kind === "messages" ? length.count : undefined, windowAt);
    if (length.kind === "duration") this.#drive.endAt(windowAt + length.durationMs);
    if (!this.#isRunning) return Number.POSITIVE_INFINITY;
    if (windowAt > at) this.#at(windowAt, () => this.#openWindow());
    else this.#openWindow();
    field.start(at);
    for (const user of field.users ?? []) user.start(at);
    this.#drive.start();
    this.#onChanged();
    return Number.POSITIVE_INFINITY;
  }

  #openWindow(): void {
    if (this.#phase !== "warm-up") return;
    const { length } = this.#plan;
    const { windowStart } = this.#load;
    this.#tell({ type: "tick", tick: this.#books.tick(this.#phase) });
    this.#phase = "measuring";
    this.#books.openWindow();
    this.#silence.begin(this.#load.now());
    if (length.kind === "duration") {
      this.#at(windowStart + length.durationMs, () => this.#closeWindow("completed"));
    }
  }

  #closeWindow(ending: WorkerEnding): void {
    if (!this.#isRunning) return;
    if (ending === "completed") this.#drive?.catchUp();
    this.#phase = "draining";
    this.#ending = ending;
    this.#drive?.stop();
    this.#parts?.field.stop();
    this.#books.closeWindow();
    this.#silence.begin(this.#load.now());
    this.#tell({ type: "tick", tick: this.#books.tick(this.#phase) });
    this.#at(this.#load.now() + this.#patienceMs(ending), () => this.#finish());
    this.#load.stop();
  }

  /** How long what is in flight is waited for. */
  #patienceMs(ending: WorkerEnding): number {
    const { drainMs } = this.#plan;
    if (ending === "stalled") return 0;
    return ending === "stopped" ? Math.min(drainMs, HASTY_DRAIN_MS) : drainMs;
  }

  #drained(): void {
    const { measure, length } = this.#plan;
    // All were answered before our timer came.
    if (this.#phase === "warm-up") this.#openWindow();
    if (this.#phase === "measuring" && length.kind === "messages") this.#closeWindow("completed");
    // Nobody answers a publication, and deliveries may still be under way.
    else if (this.#phase === "draining" && measure !== "fanout") this.#finish();
  }

  #finish(): void {
    if (this.#phase === "done") return;
    this.#phase = "done";
    clearTimeout(this.#ticker);
    clearTimeout(this.#timer);
    this.#starter?.stop();
    this.#drive?.stop();
    // Nothing is measured any more, and what is left is what the sockets take.
    this.#platform.collectGarbage?.();
    this.#tell({ type: "result", ending: this.#ending, tick: this.#books.close() });
    this.#parts?.field.end();
  }

  /** Another number of sockets is open. A run without any goes on only where there may be some again. */
  #onChanged(): void {
    if (!this.#isRunning || !this.#parts) return;
    const { field } = this.#parts;
    this.#drive?.sendersChanged();
    if (field.counts.open === 0 && !field.mayGrow) this.#closeWindow("disconnected");
  }

  #onClosed(user: User, close: LeanClose, cause?: "heartbeat"): void {
    if (this.#phase === "done") return;
    const broke = this.#parts?.field.ended(user) ?? true;
    if (broke) this.#books.breaks.add(cause === "heartbeat" ? HEARTBEAT_LOST : failureOf(close));
    // First the user is to tell what it lost.
    queueMicrotask(() => this.#onChanged());
  }

  /** Never before the moment, as a timer may come: what is due right before it would be missing. */
  #at(moment: number, act: () => void): void {
    clearTimeout(this.#timer);
    const again = (): void => {
      if (this.#load.now() < moment) this.#at(moment, act);
      else act();
    };
    this.#timer = setTimeout(again, moment - this.#load.now());
  }

  #armTicker(): void {
    clearTimeout(this.#ticker);
    const since = (this.#load.now() - this.#ticksFrom) % TICK_MS;
    const wait = TICK_MS - (since < 0 ? since + TICK_MS : since);
    // A timer may come a little early; that was the tick of this step then.
    this.#ticker = setTimeout(() => this.#onTick(), wait < TICK_MS / 10 ? wait + TICK_MS : wait);
  }

  #onTick(): void {
    this.#armTicker();
    const sentBefore = this.#load.now() - this.#plan.timeoutMs;
    for (const user of this.#parts?.field.users ?? []) user.expire?.(sentBefore);
    const tick = this.#books.tick(this.#phase);
    this.#tell({ type: "tick", tick });
    this.#lookForTheEnd(tick.counts);
  }

  /**
   * A number of messages may never be reached: the run ends when something is waited for and nothing
   * has happened for long. Where nobody tells how much is still to come, the end is when nothing has
   * come for a while.
   */
  #lookForTheEnd({ messages, stream, sockets }: Counts): void {
    const { measure, length, drainMs } = this.#plan;
    const { messagesIn, messagesOut } = this.#load;
    const silentMs = this.#silence.ofMs(messagesIn + messagesOut, this.#load.now());
    if (this.#phase === "measuring" && length.kind === "messages") {
      const { planned, sent, unsent, inFlight } = messages;
      const waits = planned > sent + unsent || inFlight > 0 || sockets.open === 0;
      if (measure === "push" && (stream?.received ?? 0) >= length.count) {
        this.#closeWindow("completed");
      } else if (silentMs > drainMs && (waits || measure === "push")) this.#closeWindow("stalled");
    } else if (this.#phase === "draining" && measure === "fanout" && silentMs >= QUIET_MS) {
      this.#finish();
    }
  }
}
