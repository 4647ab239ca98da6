// Echo throughput of `framecat listen -q` beside the smallest echo server on ws, round after round in
// turn, driven by `framecat bench`, which samples the server's CPU.
//
//   node scripts/bench/echo/echo.js [--rounds 5] [--duration 3s]    after `npm run build`
//
// It must hold in each case that the median throughput is at least 0.95 times that of ws. Exits with 1
// where it does not.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const MIN_RATIO = 0.95;
const CASES = {
  "50 sockets, 1 in flight, 20 B": ["-c", "50", "--in-flight", "1", "--size", "20"],
  "50 sockets, 16 in flight, 20 B": ["-c", "50", "--in-flight", "16", "--size", "20"],
  "10 sockets, 4 in flight, 16 KiB": ["-c", "10", "--in-flight", "4", "--size", "16KiB"],
};

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    duration: { type: "string", default: "3s" },
  },
});
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const command = here("../../../bin/framecat.js");
const SERVERS = {
  ws: [here("ws-echo.js")],
  framecat: [command, "listen", "0", "--host", "127.0.0.1", "-q", "--json"],
};

function node(args) {
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

async function start(name) {
  const child = node(SERVERS[name]);
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, url: line.startsWith("{") ? JSON.parse(line).url : line };
}

/** Messages a second, and CPU of the server in µs a message. */
async function measure(name, load) {
  const { child, url } = await start(name);
  const { duration } = flags;
  const how = ["-d", duration, "--warmup", "1s", "--server-pid", String(child.pid), "--json", "-q"];
  const client = node([command, "bench", url, ...load, ...how]);
  let text = "";
  client.stdout.on("data", (data) => (text += data));
  await once(client, "close");
  child.kill("SIGTERM");
  await once(child, "exit");
  const result = JSON.parse(text);
  return {
    rate: result.throughput.messagesInPerSecond,
    cpu: result.server.cpuUsPerMessage,
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

let failed = false;
for (const [name, load] of Object.entries(CASES)) {
  const runs = { ws: [], framecat: [] };
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const server of Object.keys(SERVERS)) runs[server].push(await measure(server, load));
  }
  const [rate, cpu] = ["rate", "cpu"].map((figure) =>
    Object.fromEntries(
      Object.entries(runs).map(([server, all]) => [server, median(all.map((run) => run[figure]))]),
    ),
  );
  const ratio = rate.framecat / rate.ws;
  failed ||= ratio < MIN_RATIO;
  const told = (server) => `${Math.round(rate[server])}/s, ${cpu[server].toFixed(2)} µs CPU`;
  console.log(
    `${name}: framecat ${told("framecat")}; ws ${told("ws")}; ${ratio.toFixed(2)}× ` +
      `(required ${MIN_RATIO}×: ${ratio < MIN_RATIO ? "fails" : "holds"})`,
  );
}
process.exitCode = failed ? 1 : 0;
