import { EXIT_CODES } from "../errors.ts";
import type { Io, Signal } from "../io.ts";

/** What SIGINT and SIGTERM do: the first asks to end in good order, a second one insists. */
export interface SignalWatch {
  /** The first signal that came. */
  readonly received: Signal | undefined;
  /** Aborted by the first. */
  readonly stop: AbortSignal;
  /** Aborted by the second. */
  readonly kill: AbortSignal;
  /** As if the signal had come. */
  raise(signal: Signal): void;
  off(): void;
}

export function watchSignals(io: Io): SignalWatch {
  const [stop, kill] = [new AbortController(), new AbortController()];
  let received: Signal | undefined;
  const raise = (signal: Signal): void => {
    if (received) kill.abort();
    received ??= signal;
    stop.abort();
  };
  const offs = (["SIGINT", "SIGTERM"] as const).map((signal) =>
    io.onSignal(signal, () => raise(signal)),
  );
  return {
    get received() {
      return received;
    },
    stop: stop.signal,
    kill: kill.signal,
    raise,
    off: () => {
      for (const off of offs) off();
    },
  };
}

/** The exit code of a run that a signal ended. */
export function exitCodeOf(signal: Signal): number {
  return EXIT_CODES[signal === "SIGINT" ? "interrupted" : "terminated"];
}
