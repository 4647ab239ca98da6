import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";

/**
 * Where there are two cores or more, the server has the last one to itself, and the clients the others:
 * what one process costs then does not hang on where the scheduler has put the other.
 */
const CORES = availableParallelism();
const MAY_PIN = CORES > 1 && ["/usr/bin/taskset", "/bin/taskset"].some(existsSync);
export const pinClient = ({ file, args }) => pin(CORES > 2 ? `0-${CORES - 2}` : "0", file, args);
export const pinning = MAY_PIN
  ? `server on core ${CORES - 1}, clients on the others`
  : "not pinned";

function pin(cores, file, args) {
  return MAY_PIN ? { file: "taskset", args: ["-c", cores, file, ...args] } : { file, args };
}

/** Starts `server.js`. @param kind `ws`, or the URL of the module that has `LeanEcho` */
export async function startServer(kind) {
  const program = fileURLToPath(new URL("server.js", import.meta.url));
  const { file, args } = pin(String(CORES - 1), process.execPath, [program, kind]);
  const child = fork(args[0], args.slice(1), { execPath: file, execArgv: [] });
  const ask = async (request) => {
    child.send(request);
    const [count] = await once(child, "message");
    return count;
  };
  const [{ port }] = await once(child, "message");
  return {
    url: `ws://127.0.0.1:${port}/`,
    /** What it has counted. */
    count: () => ask({}),
    /** Whether it answers messages. */
    setMute: (mute) => ask({ mute }),
    stop: () => child.disconnect(),
  };
}
