import type { LeanClose } from "../transport/lean-connection.ts";
import { Connector, type Platform } from "./connector.ts";
import { FailureTally, failureOf } from "./failures.ts";
import { FrameBatch } from "./frame-batch.ts";
import { Load, type LoadListener } from "./load.ts";
import type { WorkerPlan } from "./plan.ts";
import { encodeHistogram, Recorder } from "./recorder.ts";
import { Window } from "./window.ts";
import {
  type Counts,
  type Ending,
  type FromWorker,
  noCounts,
  type Phase,
} from "./worker-protocol.ts";

/** How often the coordinator hears of a worker. */
const TICK_MS = 500;
/** Who was interrupted does not wait long for replies. */
const HASTY_DRAIN_MS = 1000;

/**
 * One worker's part of a run.
 *
 * 1. `connect` opens all sockets; then the worker is ready and waits for `go`, so that no worker
 *    begins before all are connected.
 * 2. Warm-up: the load is there, and does not count. Then the window opens.
 * 3. The window closes when its time is up, when all messages are answered, when no reply has come
 *    for as long as replies are waited for at all, when no socket is left, or when asked to.
 * 4. What is in flight then may still be answered, for `drainMs`. After that the result is told,
 *    and the sockets are closed.
 */
export class WorkerRun implements LoadListener {
  readonly #plan: WorkerPlan;
  readonly #tell: (message: FromWorker) => void;
  readonly #load: Load;
  readonly #connector: Connector;
  readonly #platform: Platform;
  readonly #breaks = new FailureTally();
  readonly #latencies = new Recorder();
  readonly #ticker: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;
  #phase: Phase = "connecting";
  #window: Window | undefined;
  #ending: Ending = "completed";
  /** Replies at the last tick, and when there was the last one that brought some. */
  #seen = 0;
  #seenAt = 0;

  constructor(plan: WorkerPlan, tell: (message: FromWorker) => void, platform: Platform) {
    this.#plan = plan;
    this.#tell = tell;
    this.#platform = platform;
    const batch = new FrameBatch(plan.message, plan.load.inFlight, maskKey(platform));
    this.#load = new Load(batch, this, () => performance.now());
    this.#connector = new Connector(plan, this.#load, platform);
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  async connect(): Promise<void> {
    const began = performance.now();
    await this.#connector.run();
    // What the handshakes left behind is not to be cleared away while latencies are measured.
    this.#platform.collectGarbage?.();
    this.#phase = "ready";
    this.#tell({
      type: "connected",
      counts: this.#counts(),
      handshakes: encodeHistogram(this.#connector.handshakes.toHistogram()),
      elapsedMs: performance.now() - began,
    });
    if (this.#ending === "stopped") this.#finish();
  }

  go(): void {
    if (this.#phase !== "ready") return;
    const { warmupMs, load } = this.#plan;
    this.#phase = "warm-up";
    if (warmupMs > 0) this.#after(warmupMs, () => this.#openWindow());
    else this.#openWindow();
    for (const user of this.#connector.users) user.start(load.inFlight);
    if (this.#openSockets === 0) this.#closeWindow("disconnected");
  }

  stop(): void {
    if (this.#phase === "connecting") {
      this.#ending = "stopped";
      this.#connector.abort();
    } else this.#closeWindow("stopped");
  }

  onClosed(close: LeanClose): void {
    if (this.#phase === "done") return;
    this.#breaks.add(failureOf(close));
    const running = this.#phase === "warm-up" || this.#phase === "measuring";
    if (running && this.#openSockets === 0) this.#closeWindow("disconnected");
  }

  onDrained(): void {
    if (this.#phase === "measuring") this.#closeWindow("completed");
    else if (this.#phase === "draining") this.#finish();
  }

  get #openSockets(): number {
    return this.#connector.users.length - this.#breaks.total;
  }

  #openWindow(): void {
    const { length } = this.#plan;
    this.#phase = "measuring";
    this.#window = new Window(() => this.#load.traffic);
    this.#seenAt = performance.now();
    if (length.kind === "duration") {
      this.#after(length.durationMs, () => this.#closeWindow("completed"));
    }
    this.#load.openWindow(length.kind === "messages" ? length.count : undefined);
  }

  #closeWindow(ending: Ending): void {
    if (this.#phase === "draining" || this.#phase === "done") return;
    this.#phase = "draining";
    this.#ending = ending;
    this.#window?.close();
    const { drainMs } = this.#plan;
    const patienceMs = ending === "stopped" ? Math.min(drainMs, HASTY_DRAIN_MS) : drainMs;
    this.#after(ending === "stalled" ? 0 : patienceMs, () => this.#finish());
    this.#load.stop();
  }

  #finish(): void {
    if (this.#phase === "done") return;
    this.#phase = "done";
    clearInterval(this.#ticker);
    clearTimeout(this.#timer);
    this.#latencies.add(this.#load.latencies.take());
    this.#tell({
      type: "result",
      ending: this.#ending,
      counts: this.#counts(),
      latencies: encodeHistogram(this.#latencies.toHistogram()),
    });
    for (const { connection } of this.#connector.users) connection?.close();
  }

  #after(ms: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }

  #tick(): void {
    const latencies = this.#load.latencies.take();
    this.#latencies.add(latencies);
    const { traffic } = this.#load;
    this.#tell({ type: "tick", phase: this.#phase, counts: this.#counts(), traffic, latencies });
    this.#giveUpOnSilence();
  }

  /** A number of messages may never be reached: the run ends when no reply has come for long. */
  #giveUpOnSilence(): void {
    const { messagesIn } = this.#load;
    const now = performance.now();
    if (messagesIn > this.#seen) this.#seenAt = now;
    this.#seen = messagesIn;
    const counted = this.#phase === "measuring" && this.#plan.length.kind === "messages";
    if (counted && now - this.#seenAt > this.#plan.drainMs) this.#closeWindow("stalled");
  }

  #counts(): Counts {
    const { users, refusals, unfinished } = this.#connector;
    const attempted = this.#plan.connections;
    const books = noCounts(attempted);
    const inFlight = users.reduce((total, user) => total + user.inFlight, 0);
    return {
      ...books,
      ...this.#window?.counts,
      sockets: {
        attempted,
        opened: users.length,
        failed: refusals.total,
        unfinished,
        open: this.#openSockets,
      },
      messages: { ...this.#load.ledger, inFlight },
      refusals: refusals.list(),
      breaks: this.#breaks.list(),
    };
  }
}

function maskKey({ random }: Platform): number {
  return random(4).reduce((key, octet) => ((key << 8) | octet) >>> 0, 0);
}
