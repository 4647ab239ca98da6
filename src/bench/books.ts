import { memoryUsage } from "node:process";
import type { Crew } from "./crew.ts";
import type { Dialer } from "./dialer.ts";
import { FailureTally } from "./failures.ts";
import type { Field } from "./field.ts";
import type { Load, Traffic } from "./load.ts";
import { socketsOfStart, type WorkerPlan } from "./plan.ts";
import { SelfWatch } from "./self-watch.ts";
import {
  type Counts,
  noCounts,
  NO_TRAFFIC,
  type Phase,
  settle,
  type Tick,
} from "./worker-protocol.ts";

/** What the books are kept of. */
export interface Kept {
  readonly field: Field;
  readonly dialer: Pick<Dialer, "refusals">;
  readonly crew: Pick<Crew, "stream" | "own">;
}

/** The books of one worker: what its sockets, messages and process came to so far. */
export class Books {
  /** Why sockets ended. */
  readonly breaks = new FailureTally();
  readonly #plan: WorkerPlan;
  readonly #load: Load;
  readonly #clockOffsetMs: number;
  #kept: Kept | undefined;
  #watch: SelfWatch | undefined;
  #before: Traffic = NO_TRAFFIC;
  #after: Traffic | undefined;
  #maxBufferedBytes = 0;
  #rssBefore = 0;

  /** @param clockOffsetMs from the clock of the load to the machine's monotonic one */
  constructor(plan: WorkerPlan, load: Load, clockOffsetMs: number) {
    this.#plan = plan;
    this.#load = load;
    this.#clockOffsetMs = clockOffsetMs;
  }

  /** From here on sockets may be opened. */
  begin(kept: Kept): void {
    this.#kept = kept;
    this.#rssBefore = memoryUsage.rss();
  }

  openWindow(): void {
    this.#before = this.#load.traffic;
    this.#watch = new SelfWatch();
  }

  closeWindow(): void {
    this.#watch?.close();
    this.#after = this.#load.traffic;
  }

  /** Tells of time in which the process turned for nothing. */
  spared(ms: number): void {
    this.#watch?.spared(ms);
  }

  /** How the worker stands, and what was recorded since this was asked for last. */
  tick(phase: Phase): Tick {
    const buffered = this.#kept?.field.bufferedBytes ?? 0;
    this.#maxBufferedBytes = Math.max(this.#maxBufferedBytes, buffered);
    return {
      atMs: this.#load.now() + this.#clockOffsetMs,
      phase,
      counts: this.#counts(),
      traffic: this.#load.traffic,
      recorded: this.#load.recordings.take(),
    };
  }

  /** The last tick. */
  close(): Tick {
    const tick = this.tick("done");
    return { ...tick, counts: { ...tick.counts, messages: settle(tick.counts.messages) } };
  }

  #counts(): Counts {
    const none = noCounts(socketsOfStart(this.#plan));
    if (!this.#kept) return none;
    const { field, dialer, crew } = this.#kept;
    const stream = crew.stream?.counts;
    return {
      ...none,
      sockets: field.counts,
      peak: field.peak,
      messages: { ...this.#load.ledger, inFlight: field.inFlight },
      unawaited: this.#load.unawaited,
      ...(stream && { stream }),
      ownDeliveries: crew.own?.received ?? 0,
      ...(this.#watch && { self: this.#watch.counts, traffic: this.#windowTraffic() }),
      maxBufferedBytes: this.#maxBufferedBytes,
      grownBytes: memoryUsage.rss() - this.#rssBefore,
      refusals: dialer.refusals.list(),
      breaks: this.breaks.list(),
    };
  }

  #windowTraffic(): Traffic {
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
