// What the benchmarks of an echo have in common: the loads, servers that are started, and how one is
// measured, by `framecat bench`, which samples the CPU of the server.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export const CASES = {
  "50 sockets, 1 in flight, 20 B": ["-c", "50", "--in-flight", "1", "--size", "20"],
  "50 sockets, 16 in flight, 20 B": ["-c", "50", "--in-flight", "16", "--size", "20"],
  "10 sockets, 4 in flight, 16 KiB": ["-c", "10", "--in-flight", "4", "--size", "16KiB"],
};

export const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    duration: { type: "string", default: "3s" },
  },
});

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
export const command = here("../../../bin/framecat.js");
/** The smallest echo server that one writes on ws. */
export const WS_ECHO = [here("ws-echo.js")];

function node(args) {
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

/** Starts a server that tells its address in the first line. */
export async function start(args) {
  const child = node(args);
  const [line] = await once(createInterface(child.stdout), "line");
  const stop = async () => {
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  return { pid: child.pid, url: line.startsWith("{") ? JSON.parse(line).url : line, stop };
}

/** Messages a second, and CPU of what the client is connected to, in µs a message. */
export async function measure({ pid, url }, load) {
  const how = ["-d", flags.duration, "--warmup", "1s", "--server-pid", String(pid), "--json", "-q"];
  const client = node([command, "bench", url, ...load, ...how]);
  let text = "";
  client.stdout.on("data", (data) => (text += data));
  await once(client, "close");
  const { throughput, server } = JSON.parse(text);
  return { rate: throughput.messagesInPerSecond, cpu: server.cpuUsPerMessage };
}

export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** The median of a figure over the runs. */
export const middle = (runs, figure) => median(runs.map((run) => run[figure]));
