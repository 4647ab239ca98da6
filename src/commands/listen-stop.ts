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

/** Who waits for longer is told what for. */
const NOTICE_MS = 1000;

/** @throws FramecatError (usage) */
export function readGraceMs(args: Args): number {
  return parseDurationMs(args.text("grace") ?? "10s", "--grace");
}

/**
 * Serves until a signal comes or nobody reads the output. Who has not gone when the grace is over, or
 * at a second signal, is cut off; and so is the output, where its reader sleeps.
 * @param finish writes what is left when the last client has gone
 * @returns the exit code: 0 where all went in good order
 */
export async function serveUntilStopped(
  server: Stoppable,
  graceMs: number,
  signals: SignalWatch,
  output: Pick<Sink, "broken">,
  finish: () => Promise<void>,
): Promise<number> {
  const cut = deferred();
  let inGoodOrder = true;
  whenAborted(signals.kill, cut.resolve);
  void cut.promise.then(() => {
    inGoodOrder = false;
    server.terminate();
  });
  const stopped = new Promise<void>((resolve) => whenAborted(signals.stop, resolve));
  await Promise.race([stopped, output.broken]);
  const timers = [
    setTimeout(cut.resolve, graceMs),
    setTimeout(() => notice(server, graceMs), NOTICE_MS),
  ];
  await server.stop();
  for (const timer of timers) clearTimeout(timer);
  const isWritten = await signals.hurry(finish());
  signals.off();
  return signals.received && !(inGoodOrder && isWritten) ? exitCodeOf(signals.received) : EXIT_DONE;
}

function notice(server: Stoppable, graceMs: number): void {
  const most = graceMs / 1000;
  server.note(`waiting for clients to close, at most ${most} s; a second Ctrl-C cuts them off`);
}
