// Breaks runs of `framecat bench` in the middle: the server, a worker or the network is killed or
// stopped. A report is still to come, its sums are to hold, and the exit code is to be right.
//
//   node scripts/bench/robust/robust.js [--only NAME]      after `npm run build`
//
// The network is a pair of interfaces between two namespaces of our own, which needs root and `ip`.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: flags } = parseArgs({ options: { only: { type: "string" } } });
const framecat = fileURLToPath(new URL("../../../bin/framecat.js", import.meta.url));
let failures = 0;

function start(command, args) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (text) => (output.stdout += text));
  child.stderr.on("data", (text) => (output.stderr += text));
  const ended = once(child, "close").then(([code]) => ({ code, ...output }));
  return { child, output, ended };
}

async function startServer(prefix = [], host = "127.0.0.1") {
  const [command, ...args] = [...prefix, process.execPath, framecat];
  const server = start(command, [...args, "listen", "0", "--host", host, "--quiet", "--json"]);
  while (!server.output.stdout.includes("\n")) await once(server.child.stdout, "data");
  return { ...server, url: JSON.parse(server.output.stdout.split("\n")[0]).url };
}

function startBench(url, args = [], prefix = []) {
  const [command, ...rest] = [...prefix, process.execPath, framecat];
  const run = ["bench", url, "--json", "--quiet", "-c", "40", "-d", "4s", "--drain", "1s"];
  return start(command, [...rest, ...run, ...args]);
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The processes that a process has started. */
function childrenOf(pid) {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === pid;
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function check(name, bench, exitCodes) {
  const began = performance.now();
  const { code, stdout, stderr } = await bench.ended;
  const seconds = (performance.now() - began) / 1000;
  const problems = [];
  let result;
  try {
    result = JSON.parse(stdout);
  } catch {
    problems.push(`no report: ${stderr.trim()}`);
  }
  if (!exitCodes.includes(code)) problems.push(`exit ${code}, not ${exitCodes.join(" or ")}`);
  if (seconds > 20) problems.push(`it took ${seconds.toFixed(0)} s`);
  if (/\n\s+at /.test(stderr)) problems.push("a stack trace");
  if (result) problems.push(...wrongSums(result));
  if (problems.length > 0) failures += 1;
  const told = problems.length > 0 ? problems.join("; ") : stderr.trim();
  console.log(`${problems.length > 0 ? "FAILS" : "holds"}  ${name}: ${told}`);
}

function wrongSums({ messages, sockets, histograms, discrepancies }) {
  const { planned, unsent, sent, answered, wrong, lost, inFlight } = messages;
  const { attempted, opened, failed, unfinished, open, closed, broken } = sockets;
  const wrongs = [...discrepancies];
  if (planned !== sent + unsent) wrongs.push("planned");
  if (sent !== answered + wrong + lost + inFlight) wrongs.push("sent");
  if (attempted !== opened + failed + unfinished) wrongs.push("attempted");
  if (opened !== open + closed + broken) wrongs.push("opened");
  if ((histograms.latency?.count ?? 0) !== answered) wrongs.push("latencies");
  if (answered === 0) wrongs.push("nothing was measured before");
  return wrongs;
}

const MODELS = { closed: [], open: ["--rate", "2000/s"] };
const INTO_THE_RUN_MS = 3000;

async function breakServer(signal, exitCodes) {
  for (const [model, args] of Object.entries(MODELS)) {
    const server = await startServer();
    const bench = startBench(server.url, args);
    await wait(INTO_THE_RUN_MS);
    server.child.kill(signal);
    await check(`server ${signal}, ${model} model`, bench, exitCodes);
    server.child.kill("SIGKILL");
    await server.ended;
  }
}

async function breakWorker(signal) {
  for (const [model, args] of Object.entries(MODELS)) {
    const server = await startServer();
    const bench = startBench(server.url, [...args, "--workers", "2"]);
    await wait(INTO_THE_RUN_MS);
    const [worker] = childrenOf(bench.child.pid);
    process.kill(worker, signal);
    await check(`worker ${signal}, ${model} model`, bench, [1]);
    server.child.kill("SIGKILL");
    await server.ended;
  }
}

const SPACES = ["framecat-client", "framecat-server"];

async function cutNetwork() {
  if (process.getuid() !== 0 || spawnSync("ip", ["-V"]).status !== 0) {
    console.log("skipped: network namespaces need root and `ip`");
    return;
  }
  const [client, serverSpace] = SPACES;
  const ip = (...args) => execFileSync("ip", args, { stdio: "pipe" });
  try {
    for (const space of SPACES) ip("netns", "add", space);
    ip("link", "add", "fc0", "netns", client, "type", "veth", "peer", "fc1", "netns", serverSpace);
    ip("-n", client, "addr", "add", "192.0.2.1/24", "dev", "fc0");
    ip("-n", serverSpace, "addr", "add", "192.0.2.2/24", "dev", "fc1");
    ip("-n", client, "link", "set", "fc0", "up");
    ip("-n", serverSpace, "link", "set", "fc1", "up");
    const runs = {
      "closed model": { args: [], exitCodes: [30] },
      "open model": { args: ["--rate", "2000/s"], exitCodes: [30] },
      hold: { args: ["--measure", "hold", "--ping-interval", "500ms"], exitCodes: [23] },
    };
    for (const [name, { args, exitCodes }] of Object.entries(runs)) {
      const server = await startServer(["ip", "netns", "exec", serverSpace], "192.0.2.2");
      const bench = startBench(server.url, args, ["ip", "netns", "exec", client]);
      await wait(INTO_THE_RUN_MS);
      ip("-n", client, "link", "set", "fc0", "down");
      await check(`link down, ${name}`, bench, exitCodes);
      server.child.kill("SIGKILL");
      await server.ended;
      ip("-n", client, "link", "set", "fc0", "up");
    }
  } finally {
    for (const space of SPACES) spawnSync("ip", ["netns", "delete", space]);
  }
}

const PARTS = {
  "server-killed": () => breakServer("SIGKILL", [21]),
  "server-stopped": () => breakServer("SIGSTOP", [30]),
  "worker-killed": () => breakWorker("SIGKILL"),
  "worker-stopped": () => breakWorker("SIGSTOP"),
  network: cutNetwork,
};
for (const [name, part] of Object.entries(PARTS)) {
  if (flags.only === undefined || flags.only === name) await part();
}
process.exitCode = failures > 0 ? 1 : 0;
