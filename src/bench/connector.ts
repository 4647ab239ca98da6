import { setMaxListeners } from "node:events";
import type { Clock } from "../clock.ts";
import { FramecatError } from "../errors.ts";
import type { Timings } from "../transport/events.ts";
import { dialLean, type LeanDialOptions } from "../transport/lean-dial.ts";
import { FailureTally, failureOfDial } from "./failures.ts";
import type { Load } from "./load.ts";
import type { WorkerPlan } from "./plan.ts";
import { Recorder } from "./recorder.ts";
import { VirtualUser } from "./virtual-user.ts";

/** What of the process a worker touches. */
export interface Platform {
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  /** Takes away at once what is not needed any more. */
  readonly collectGarbage?: (() => void) | undefined;
}

/** Handshakes under way at a time: more would only queue in the server's backlog. */
const AT_A_TIME = 100;
const CLOSE_TIMEOUT_MS = 1000;

/** Opens a worker's sockets, each with its virtual user. */
export class Connector {
  readonly users: VirtualUser[] = [];
  readonly refusals = new FailureTally();
  /** How long each handshake took, with all that comes before it. */
  readonly handshakes = new Recorder();
  readonly #load: Load;
  readonly #planned: number;
  readonly #options: LeanDialOptions;
  readonly #abort = new AbortController();
  #begun = 0;
  #aborted = 0;

  constructor(plan: WorkerPlan, load: Load, { clock, random }: Platform) {
    this.#load = load;
    setMaxListeners(AT_A_TIME * 2, this.#abort.signal);
    this.#planned = plan.connections;
    this.#options = {
      ...plan.dial,
      clock,
      random,
      closeTimeoutMs: CLOSE_TIMEOUT_MS,
      signal: this.#abort.signal,
    };
  }

  /** Sockets whose handshake was never begun, or not let end. */
  get unfinished(): number {
    return this.#planned - this.#begun + this.#aborted + this.#underWay;
  }

  get #underWay(): number {
    return this.#begun - this.#aborted - this.users.length - this.refusals.total;
  }

  /**
   * Resolves when every handshake has ended, or there is no hope that any will succeed. The first one
   * goes ahead: a name that does not resolve is not asked for a hundred times.
   */
  async run(): Promise<void> {
    this.#begun += 1;
    await this.#openOne();
    const atATime = Math.min(AT_A_TIME, this.#planned);
    await Promise.all(Array.from({ length: atATime }, () => this.#openSome()));
  }

  /** Ends the handshakes that are under way, and begins no further one. */
  abort(): void {
    this.#abort.abort();
  }

  async #openSome(): Promise<void> {
    while (this.#begun < this.#planned && !this.#abort.signal.aborted && !this.#isHopeless()) {
      this.#begun += 1;
      await this.#openOne();
    }
  }

  /** There is no such name, or the first hundred failed, all of them: so will the others. */
  #isHopeless(): boolean {
    if (this.users.length > 0) return false;
    return this.refusals.total >= AT_A_TIME || this.refusals.list()[0]?.code === "name-resolution";
  }

  async #openOne(): Promise<void> {
    const user = new VirtualUser(this.#load);
    try {
      const { connection, timings } = await dialLean(user, this.#options);
      user.join(connection);
      this.users.push(user);
      this.handshakes.record(totalMs(timings) * 1e6);
    } catch (thrown) {
      if (!(thrown instanceof FramecatError)) throw thrown;
      if (thrown.code === "interrupted") this.#aborted += 1;
      else this.refusals.add(failureOfDial(thrown));
    }
  }
}

function totalMs({ dns = 0, tcp = 0, tls = 0, upgrade = 0 }: Timings): number {
  return dns + tcp + tls + upgrade;
}
