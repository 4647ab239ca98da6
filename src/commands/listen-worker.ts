import cluster from "node:cluster";
import process from "node:process";
import { Readable } from "node:stream";
import { FramecatError, messageOf } from "../errors.ts";
import { type Io, processIo, type Signal } from "../io.ts";
import { runListen } from "./listen-run.ts";
import { WorkerMetrics } from "./listen-worker-metrics.ts";
import { WorkerPlaces } from "./listen-worker-places.ts";
import {
  type FromListenWorker,
  type ToListenWorker,
  unpackArgs,
  type WorkerArgs,
} from "./listen-worker-protocol.ts";

/**
 * The entry of a process that serves beside others at the same port. Ctrl-C reaches the whole group of
 * processes, but what it means is for the one that started them to say. It ends with that one.
 */
const handlers = new Map<Signal, Set<() => void>>();

function tell(message: FromListenWorker): void {
  process.send?.(message, undefined, undefined, () => undefined);
}

const metrics = new WorkerMetrics(tell);
const places = new WorkerPlaces(tell);

/** The process, but for what is typed, and for signals. */
function workerIo(): Io {
  return {
    ...processIo(),
    stdin: Readable.from([]),
    onSignal: (signal, handler) => {
      const known = handlers.get(signal) ?? new Set();
      handlers.set(signal, known.add(handler));
      return () => void known.delete(handler);
    },
  };
}

async function serve(args: WorkerArgs): Promise<void> {
  try {
    process.exitCode = await runListen(unpackArgs(args), workerIo(), {
      idPrefix: `${cluster.worker?.id ?? 0}.`,
      listening: (standing) => tell({ type: "listening", standing }),
      exchange: metrics,
      places,
    });
  } catch (thrown) {
    tell(failure(thrown));
  }
  // Nothing but the channel keeps it.
  cluster.worker?.disconnect();
}

function failure(thrown: unknown): FromListenWorker {
  if (!(thrown instanceof FramecatError)) throw thrown;
  return { type: "failed", code: thrown.code, message: messageOf(thrown), hint: thrown.hint };
}

function hear(message: ToListenWorker): void {
  const { type } = message;
  if (type === "serve") void serve(message.args);
  else if (type === "places-told") places.hear(message);
  else if (type !== "signal") metrics.hear(message);
  else for (const handler of handlers.get(message.signal) ?? []) handler();
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
process.on("disconnect", () => setTimeout(() => process.exit(), 1000).unref());
process.on("message", hear);
tell({ type: "ready" });
