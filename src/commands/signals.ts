import { whenAborted } from "../abort.ts";
import { EXIT_CODES } from "../errors.ts";
import type { Io, Signal } from "../io.ts";
import { deferred } from "../transport/deferred.ts";

/** What signals do: the first asks to end in good order, a second one insists. */
export interface SignalWatch {
  /** The first signal that came. */
  readonly received: Signal | undefined;
  /** Aborted by the first. */
  readonly stop: AbortSignal;
  /** Aborted by the second. */
  readonly kill: AbortSignal;
  /**
   * Waits for the work; after a signal no longer than a second, for who reads from us may sleep.
   * @returns whether it is done
   */
  hurry(work: Promise<void>): Promise<boolean>;
  /** As if the signal had come. */
  raise(signal: Signal): void;
  off(): void;
}

const HURRY_MS = 1000;

/**
 * Watches SIGINT, SIGTERM, and SIGHUP, by which a terminal says that it is gone. Under nohup the last
 * is none of ours; Node has taken back by now that it was to be ignored, so the shell tells of that.
 * It insists on nothing: a terminal that goes away may say so several times, by itself and by a shell.
 */
export function watchSignals(io: Io): SignalWatch {
  const [stop, kill] = [new AbortController(), new AbortController()];
  let received: Signal | undefined;
  const raise = (signal: Signal): void => {
    if (received) kill.abort();
    received ??= signal;
    stop.abort();
  };
  const isDeaf = /(?:^|\/)nohup$/.test(io.env._ ?? "");
  const offs = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) =>
    io.onSignal(signal, () => {
      if (signal !== "SIGHUP" || !(isDeaf || received)) raise(signal);
    }),
  );
  return {
    get received() {
      return received;
    },
    stop: stop.signal,
    kill: kill.signal,
    hurry: (work) => hurry(work, stop.signal, kill.signal),
    raise,
    off: () => {
      for (const off of offs) off();
    },
  };
}

async function hurry(work: Promise<void>, stop: AbortSignal, kill: AbortSignal): Promise<boolean> {
  const late = deferred();
  let timer: NodeJS.Timeout | undefined;
  const offs = [
    whenAborted(stop, () => (timer = setTimeout(late.resolve, HURRY_MS))),
    whenAborted(kill, () => late.resolve()),
  ];
  try {
    return await Promise.race([work.then(() => true), late.promise.then(() => false)]);
  } finally {
    clearTimeout(timer);
    for (const off of offs) off();
  }
}

/** The exit code of a run that a signal ended: a terminal that goes away terminates it. */
export function exitCodeOf(signal: Signal): number {
  return EXIT_CODES[signal === "SIGINT" ? "interrupted" : "terminated"];
}
