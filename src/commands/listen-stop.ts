import { whenAborted } from "../abort.ts";
import { EXIT_DONE } from "../errors.ts";
import { deferred } from "../transport/deferred.ts";
import { parseDurationMs } from "../units.ts";
import type { Args, OptionSpec } from "./command.ts";
import { exitCodeOf, type SignalWatch } from "./signals.ts";
import type { Sink } from "./sink.ts";

export const STOP_OPTIONS: readonly OptionSpec[] = [
  {
    name: "grace",
    kind: "text",
    value: "TIME",
    description: "when stopped, how long clients may take to close before they are cut off",
    default: "10s",
    topic: "Server",
  },
];

export interface Stoppable {
  /** Takes no new clients, closes all, and resolves when the last has gone. */
  stop(): Promise<void>;
  /** Ends what is left at once. */
  terminate(): void;
  note(message: string): void;
}

export interface Serving {
  readonly server: Stoppable;
  readonly graceMs: number;
  readonly signals: SignalWatch;
  /** What the server tells: it stops where nobody reads the first of them any more. */
  readonly outputs: readonly [Sink, ...Sink[]];
  /** Called at the stop: what is written elsewhere is not to take long from now on. */
  readonly hurry: () => void;
  /** Writes what is left when the last client has gone. */
  readonly finish: () => Promise<void>;
}

/** Who waits for longer is told what for, and readers that sleep for longer are given up. */
const PATIENCE_MS = 1000;

/** @throws FramecatError (usage) */
export function readGraceMs(args: Args): number {
  return parseDurationMs(args.text("grace") ?? "10s", "--grace");
}

/**
 * Serves until a signal comes or nobody reads the output. Who has not gone when the grace is over, or
 * at a second signal, is cut off; and so is an output whose reader sleeps, for which clients are held.
 * @returns the exit code: 0 where all went in good order
 */
export async function serveUntilStopped(serving: Serving): Promise<number> {
  const { server, graceMs, signals, outputs, hurry, finish } = serving;
  const cut = deferred();
  let inGoodOrder = true;
  whenAborted(signals.kill, cut.resolve);
  void cut.promise.then(() => {
    inGoodOrder = false;
    server.terminate();
  });
  const stopped = new Promise<void>((resolve) => whenAborted(signals.stop, resolve));
  await Promise.race([stopped, outputs[0].broken]);
  hurry();
  const sleepers = watchSleepers(outputs);
  const timers = [
    setTimeout(cut.resolve, graceMs),
    setTimeout(() => notice(server, graceMs), PATIENCE_MS),
  ];
  await server.stop();
  for (const timer of timers) clearTimeout(timer);
  const isWritten = await signals.hurry(finish());
  const allRead = sleepers.end();
  signals.off();
  const isWell = inGoodOrder && isWritten && allRead;
  return signals.received && !isWell ? exitCodeOf(signals.received) : EXIT_DONE;
}

/** Gives up outputs from which nothing is taken for a while. */
function watchSleepers(outputs: readonly Sink[]) {
  let allRead = true;
  const rooms = outputs.map((output) => output.drained());
  const look = (output: Sink, i: number): void => {
    const room = output.drained();
    if (output.congested && room === rooms[i]) {
      allRead = false;
      output.giveUp();
    }
    rooms[i] = room;
  };
  const watch = setInterval(() => outputs.forEach(look), PATIENCE_MS);
  return {
    /** @returns whether none was given up */
    end: (): boolean => {
      clearInterval(watch);
      return allRead;
    },
  };
}

function notice(server: Stoppable, graceMs: number): void {
  const most = graceMs / 1000;
  server.note(`waiting for clients to close, at most ${most} s; a second Ctrl-C cuts them off`);
}
