import { whenAborted } from "../abort.ts";
import { type Clock, elapsedMs } from "../clock.ts";
import type { RecordedSession, RecordedStep } from "./recorded-session.ts";

/** Whom the messages are sent to. */
export interface ReplayPeer {
  /** Resolves once there is room for more; rejects where nothing can be sent any more. */
  send(data: Uint8Array, options: { readonly binary: boolean }): Promise<void>;
  /** Resolves, whatever with, when it is over. */
  readonly closed: Promise<unknown>;
}

export interface ReplayOptions {
  readonly clock: Clock;
  /** How much faster than recorded; infinite: without any waiting. Default 1. */
  readonly speed?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called before each message is sent. */
  readonly onStep?: (step: RecordedStep, index: number) => void;
}

export interface Replayed {
  readonly sent: number;
  /** True where that was all. */
  readonly whole: boolean;
}

/** The longest wait that a timer takes. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/**
 * Sends again what a session sent, each message at its time since the beginning, so that delays do
 * not add up: who was held back by the peer catches up. It ends early when the connection or the
 * signal does.
 */
export async function replay(
  { steps }: Pick<RecordedSession, "steps">,
  peer: ReplayPeer,
  { clock, speed = 1, signal, onStep }: ReplayOptions,
): Promise<Replayed> {
  const stop = new Stop(peer, signal);
  const startNs = clock.now().ns;
  let dueMs = 0;
  let sent = 0;
  for (const [index, step] of steps.entries()) {
    dueMs += step.gapMs / speed;
    await stop.wait(() => dueMs - elapsedMs(startNs, clock.now().ns));
    if (stop.stopped) break;
    onStep?.(step, index);
    if (!(await stop.during(peer.send(step.payload, { binary: step.kind === "binary" })))) break;
    sent += 1;
  }
  stop.off();
  return { sent, whole: sent === steps.length };
}

/** Waits that end early when the connection or the signal does. */
class Stop {
  stopped = false;
  readonly off: () => void;
  #wake: () => void = () => undefined;

  constructor({ closed }: Pick<ReplayPeer, "closed">, signal: AbortSignal | undefined) {
    const stop = (): void => {
      this.stopped = true;
      this.#wake();
    };
    void closed.then(stop, stop);
    this.off = whenAborted(signal, stop);
  }

  /** @param leftMs how long there is still to wait */
  async wait(leftMs: () => number): Promise<void> {
    for (let ms = leftMs(); ms > 0 && !this.stopped; ms = leftMs()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(Math.ceil(ms), MAX_WAIT_MS));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** False where the message cannot be sent. */
  during(sending: Promise<void>): Promise<boolean> {
    return new Promise((resolve) => {
      this.#wake = () => resolve(true);
      sending.then(
        () => resolve(true),
        () => resolve(false),
      );
    });
  }
}
