import process from "node:process";
import { systemClock, systemRandom } from "../io.ts";
import { WorkerRun } from "./worker-run.ts";
import type { FromWorker, ToWorker } from "./worker-protocol.ts";

/** From this process's own clock to the machine's monotonic one, which all its processes share. */
const clockOffsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/**
 * The entry of a worker process. It lives as long as the coordinator does: the sockets, the work and
 * the process end when the channel between them closes. Ctrl-C reaches the whole group of processes,
 * but what it means is the coordinator's to say.
 */
let run: WorkerRun | undefined;

/** The second time gives back the memory of what the first one found dead: up to a KiB a socket. */
function collectGarbage(): void {
  globalThis.gc?.();
  globalThis.gc?.();
}

function tell(message: FromWorker): void {
  // What cannot be told to a coordinator that is gone is lost: `disconnect` follows.
  process.send?.(message, undefined, undefined, () => undefined);
  // With its result told, nothing but its sockets keeps the worker alive.
  if (message.type === "result" || message.type === "unfit")
    process.off("message", listen).channel?.unref();
}

function listen(message: ToWorker): void {
  switch (message.type) {
    case "plan":
      run = new WorkerRun(message.plan, tell, {
        clock: systemClock,
        random: systemRandom,
        clockOffsetMs,
        collectGarbage,
      });
      void run.connect();
      return;
    case "go":
      run?.go(message.atMs);
      return;
    case "stop":
      run?.stop();
  }
}

process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);
process.on("SIGHUP", () => undefined);
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.on("message", listen);
