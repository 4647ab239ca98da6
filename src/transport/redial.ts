import type { FramecatError } from "../errors.ts";
import { backoffMs } from "./backoff.ts";
import type { ReconnectEvent } from "./events.ts";
import {
  type Loss,
  mayRetry,
  reasonOf,
  RECONNECT_DEFAULTS,
  type ReconnectPolicy,
  Tries,
} from "./reconnect-policy.ts";

export interface RedialOptions {
  /** Without one nothing is dialled again unless it is asked for. */
  readonly policy: ReconnectPolicy | undefined;
  readonly random: (length: number) => Uint8Array;
  /** Told before each wait. */
  readonly tell: (event: Omit<ReconnectEvent, "type" | "conn" | "at">) => void;
}

/** Says after each loss whether to dial again, when it is time to. */
export class Redial {
  readonly #options: RedialOptions;
  readonly #tries: Tries;
  #over = false;
  #askedFor = false;
  #wake: (() => void) | undefined;
  #failure: FramecatError | undefined;

  constructor(options: RedialOptions) {
    this.#options = options;
    this.#tries = new Tries(options.policy ?? RECONNECT_DEFAULTS);
  }

  /** True once nothing is to be dialled any more, whatever happens. */
  get over(): boolean {
    return this.#over;
  }

  /** Why it was not gone on with, where that is a failure. */
  get failure(): FramecatError | undefined {
    return this.#failure;
  }

  /** True where the next loss may be followed by another connection. */
  get isLikely(): boolean {
    return !this.#over && (this.#options.policy !== undefined || this.#askedFor);
  }

  /** The connection that is open, and is about to end, is to be followed by another at once. */
  askFor(): void {
    this.#askedFor = true;
  }

  /** Ends a wait that is under way. */
  hurry(): void {
    this.#wake?.();
  }

  halt(): void {
    this.#over = true;
    this.#wake?.();
  }

  /** A connection has ended. */
  lasted(openMs: number, received: number): void {
    this.#tries.lasted(openMs, received);
  }

  /** Waits as long as the policy says; false where that is the end. */
  async after(loss: Loss): Promise<boolean> {
    const delayMs = this.#delayAfter(loss);
    this.#askedFor = false;
    if (delayMs === undefined) return false;
    if (delayMs > 0) await this.#wait(delayMs);
    return !this.#over;
  }

  #delayAfter(loss: Loss): number | undefined {
    const { policy, random, tell } = this.#options;
    if (this.#over) return undefined;
    if (this.#askedFor) {
      tell({ attempt: 1, tries: policy?.tries ?? 1, delayMs: 0, reason: "asked for" });
      return 0;
    }
    if (!policy || !mayRetry(loss, policy)) return this.#giveUp(failureOf(loss));
    const attempt = this.#tries.next();
    if (attempt === undefined) return this.#giveUp(this.#tries.gaveUp(loss));
    const delayMs = backoffMs(policy, attempt, chance(random));
    tell({ attempt, tries: policy.tries, delayMs, reason: reasonOf(loss) });
    return delayMs;
  }

  #giveUp(failure: FramecatError | undefined): undefined {
    this.#failure = failure;
  }

  /** Until the time has passed, or somebody wakes it. */
  async #wait(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}

/** What a loss that is the end comes to, beside the close code. */
function failureOf(loss: Loss): FramecatError | undefined {
  if (loss.kind === "failed") return loss.failure;
  return loss.error?.code === "heartbeat" ? loss.error : undefined;
}

/** From 0 to 1. */
function chance(random: RedialOptions["random"]): number {
  return Buffer.from(random(4)).readUInt32LE() / 2 ** 32;
}
