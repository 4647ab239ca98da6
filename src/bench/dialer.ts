import { whenAborted } from "../abort.ts";
import { FramecatError } from "../errors.ts";
import type { Clock } from "../clock.ts";
import type { Timings } from "../transport/events.ts";
import { dialLean, type LeanDialOptions } from "../transport/lean-dial.ts";
import { FailureTally, failureOfDial } from "./failures.ts";
import type { Recordings } from "./recordings.ts";
import type { User } from "./user.ts";

/** What of the process a worker touches. */
export interface Platform {
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  /** From `performance.now()` to the monotonic clock that all processes of the machine share, in ms. */
  readonly clockOffsetMs: number;
  /** Takes away at once what is not needed any more. */
  readonly collectGarbage?: (() => void) | undefined;
}

/** How an attempt to open a socket ended. */
export type Attempt = "opened" | "failed" | "aborted";

export interface DialCounts {
  readonly attempted: number;
  readonly opened: number;
  readonly failed: number;
  readonly aborted: number;
  readonly underWay: number;
}

/** Opens sockets for virtual users, and keeps the books of it: times by phase, and why some failed. */
export class Dialer {
  readonly refusals = new FailureTally();
  readonly #optionsOf: (socket: number) => LeanDialOptions;
  readonly #recordings: Recordings;
  readonly #abort: AbortController;
  #attempted = 0;
  #opened = 0;
  #aborted = 0;
  #underWay = 0;

  /** @param optionsOf the options of a socket; where all are the same, the same object */
  constructor(
    optionsOf: (socket: number) => LeanDialOptions,
    recordings: Recordings,
    abort: AbortController,
  ) {
    this.#optionsOf = optionsOf;
    this.#recordings = recordings;
    this.#abort = abort;
  }

  get counts(): DialCounts {
    return {
      attempted: this.#attempted,
      opened: this.#opened,
      failed: this.refusals.total,
      aborted: this.#aborted,
      underWay: this.#underWay,
    };
  }

  get isAborted(): boolean {
    return this.#abort.signal.aborted;
  }

  /** There is no such name, or the first hundred failed, all of them: so will the others. */
  get isHopeless(): boolean {
    if (this.#opened > 0) return false;
    const { refusals } = this;
    return refusals.total >= HOPELESS_AFTER || refusals.list()[0]?.code === "name-resolution";
  }

  /** Waits before a dial, not beyond `abort`. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      let unwatch = (): void => undefined;
      const end = (): void => {
        clearTimeout(timer);
        unwatch();
        resolve();
      };
      const timer = setTimeout(end, ms);
      unwatch = whenAborted(this.#abort.signal, end);
    });
  }

  /** Ends the handshakes that are under way; no further one is begun. */
  abort(): void {
    this.#abort.abort();
  }

  /** @param socket number of the socket in the whole run */
  async dial(user: User, socket: number): Promise<Attempt> {
    this.#attempted += 1;
    this.#underWay += 1;
    try {
      const { connection, timings } = await dialLean(user, this.#optionsOf(socket));
      this.#opened += 1;
      this.#record(timings);
      user.join(connection);
      return "opened";
    } catch (thrown) {
      if (!(thrown instanceof FramecatError)) throw thrown;
      return this.#failed(thrown);
    } finally {
      this.#underWay -= 1;
    }
  }

  #failed(failure: FramecatError): Attempt {
    if (failure.code === "interrupted") {
      this.#aborted += 1;
      return "aborted";
    }
    this.refusals.add(failureOfDial(failure));
    return "failed";
  }

  #record(timings: Timings): void {
    let total = 0;
    for (const name of PHASES) {
      const ms = timings[name];
      if (ms === undefined) continue;
      total += ms;
      this.#recordings.of(name).record(ms * 1e6);
    }
    this.#recordings.of("handshake").record(total * 1e6);
  }
}

const HOPELESS_AFTER = 100;
const PHASES = ["dns", "tcp", "tls", "upgrade"] as const;
