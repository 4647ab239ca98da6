// Throughput through `framecat listen --to URL -q` beside that of the same server without it: a
// minimal echo on ws, driven by `framecat bench`, direct and through the relay in turn, in one run.
//
//   node scripts/bench/relay.js [--rounds 5] [--duration 3s]    after `npm run build`
//
// Beside both stands a bare TCP pipe of Node, which is what it costs at least that each message is read
// and written once more, by a third process on the same cores. It must hold that the median through
// the relay is at least half of that without where messages are under way all the time, and at least
// 0.6 times that through the bare pipe in each case. Exits with 1 where it does not.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const MIN_RATIO = 0.5;
const MIN_RATIO_OF_PIPE = 0.6;
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
const command = here("../../bin/framecat.js");

function node(args) {
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

/** Starts a server that tells its address in the first line. */
async function start(args) {
  const child = node(args);
  const [line] = await once(createInterface(child.stdout), "line");
  const stop = async () => {
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  return { pid: child.pid, url: line.startsWith("{") ? JSON.parse(line).url : line, stop };
}

/** Messages a second, and CPU of what the client is connected to, in µs a message. */
async function measure({ pid, url }, load) {
  const how = ["-d", flags.duration, "--warmup", "1s", "--server-pid", String(pid), "--json", "-q"];
  const client = node([command, "bench", url, ...load, ...how]);
  let text = "";
  client.stdout.on("data", (data) => (text += data));
  await once(client, "close");
  const { throughput, server } = JSON.parse(text);
  return { rate: throughput.messagesInPerSecond, cpu: server.cpuUsPerMessage };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Each way, with processes of its own. */
async function round(load, runs) {
  const echo = await start([here("echo/ws-echo.js")]);
  const ways = {
    direct: () => echo,
    relayed: () =>
      start([command, "listen", "0", "--host", "127.0.0.1", "-q", "--json", "--to", echo.url]),
    piped: () => start([here("tcp-pipe.js"), new URL(echo.url).port]),
  };
  for (const [way, begin] of Object.entries(ways)) {
    const server = await begin();
    runs[way].push(await measure(server, load));
    if (server !== echo) await server.stop();
  }
  await echo.stop();
}

let failed = false;
for (const [name, load] of Object.entries(CASES)) {
  const runs = { direct: [], relayed: [], piped: [] };
  for (let i = 0; i < Number(flags.rounds); i++) await round(load, runs);
  const rate = (way) => median(runs[way].map((run) => run.rate));
  const cpu = (way) => median(runs[way].map((run) => run.cpu));
  const [ofDirect, ofPipe] = ["direct", "piped"].map((way) => rate("relayed") / rate(way));
  const isBusy = !name.includes(" 1 in flight");
  const holds = (!isBusy || ofDirect >= MIN_RATIO) && ofPipe >= MIN_RATIO_OF_PIPE;
  failed ||= !holds;
  const told = (way) => `${way} ${Math.round(rate(way))}/s, ${cpu(way).toFixed(2)} µs CPU`;
  const required = isBusy ? ` (required ${MIN_RATIO}×)` : "";
  console.log(`${name}: ${["relayed", "direct", "piped"].map(told).join("; ")}`);
  console.log(
    `  ${ofDirect.toFixed(2)}× of direct${required}, ${ofPipe.toFixed(2)}× of the bare pipe ` +
      `(required ${MIN_RATIO_OF_PIPE}×): ${holds ? "holds" : "fails"}`,
  );
}
process.exitCode = failed ? 1 : 0;
