/**
 * Compares `framecat bench` with other load generators, on the same echo server in one run:
 *
 *     npm run build && node scripts/bench/compare/compare.js
 *         [--rounds N] [--only NAME] [--quick] [--markdown] [--server lean|ws] [--framecat FILE]
 *
 * 1. Each client is run as its users run it, as a process with all that it starts, and is ended when it
 *    has been looked at. CPU time (user and system, of all its processes) and memory are taken from
 *    /proc; round trips and handshakes are counted by the server. What a client spends until its
 *    sockets are open and warm is subtracted, for all alike.
 * 2. Rounds of the clients alternate, and ratios are taken within a round, so that a disturbance meets
 *    all of them; medians count. CPU time, not wall time: others may use the machine.
 * 3. A peer that is not there is skipped, which the table says; artillery is installed by npm into a
 *    cache of its own, tsung by `scripts/install-peers.sh`.
 *
 * The exit code is 1 when a row that was measured misses its bound.
 */
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { CASES, RECORDING } from "./cases.js";
import { framecat as framecatAt } from "./clients/framecat.js";
import { killTree } from "./process-tree.js";
import { recording } from "./recording.js";
import { HEADINGS, markdown, plain, recordingRows, rowsOf } from "./table.js";
import { pinning, startServer } from "./target.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string" },
    only: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
    server: { type: "string", default: "lean" },
    framecat: {
      type: "string",
      default: fileURLToPath(new URL("../../../bin/framecat.js", import.meta.url)),
    },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
const times = values.quick
  ? { warmupMs: 500, windowMs: 700, settleMs: 1000 }
  : { warmupMs: 2500, windowMs: 2000, settleMs: 1500 };
const framecat = framecatAt(resolve(values.framecat));
const built = (file) => new URL(`../dist/${file}`, pathToFileURL(resolve(values.framecat))).href;
const log = (text) => process.stderr.write(`${text}\n`);

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => killTree(process.pid));
if (!existsSync(fileURLToPath(built("cli.js")))) throw new Error("run `npm run build` first");

/** Peers that are not there, and those that would not run: what the table says of them, and why. */
const missing = new Map();

function lookFor(peers) {
  for (const { client } of peers) {
    const reason = client.missing();
    if (reason !== undefined) missing.set(client.name, { what: "not installed", reason });
  }
}

async function attempt(client, spec, server) {
  try {
    return await spec.measure(client, server, spec.load, times);
  } catch (thrown) {
    // Without these two there is nothing to compare.
    if (client.name === "framecat" || client.name === "ws") throw thrown;
    missing.set(client.name, { what: "did not run", reason: thrown.message });
    return undefined;
  }
}

/** The clients by turns; results by name, one for each round. */
async function compare(spec, server) {
  lookFor(spec.peers);
  await server.setMute(spec.mute ?? false);
  const results = {};
  for (let round = 0; round < rounds; round++) {
    for (const client of [framecat, ...spec.peers.map((peer) => peer.client)]) {
      if (missing.has(client.name)) continue;
      const result = await attempt(client, spec, server);
      if (result) (results[client.name] ??= []).push(result);
    }
  }
  return results;
}

async function recordings() {
  const { Recorder } = await import(built("bench/recorder.js"));
  recording(Recorder);
  return Array.from({ length: rounds }, () => recording(Recorder));
}

const server = await startServer(values.server === "ws" ? "ws" : built("transport/lean-echo.js"));
const rows = [];
for (const spec of CASES) {
  if (!spec.name.startsWith(values.only)) continue;
  const began = performance.now();
  rows.push(...rowsOf(spec, await compare(spec, server), missing));
  log(`${spec.name}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
}
server.stop();
if (RECORDING.name.startsWith(values.only))
  rows.push(...recordingRows(RECORDING, await recordings()));

const date = new Date().toISOString().slice(0, 10);
const { length: cores, 0: core } = cpus();
console.log(
  `${date}, Node ${process.version}, ${cores} × ${core.model}, ${pinning}; ` +
    `${values.server} server, medians of ${rounds} rounds.\n`,
);
console.log((values.markdown ? markdown : plain)([HEADINGS, ...rows.map(({ cells }) => cells)]));
for (const [name, { reason }] of missing) console.log(`\n${name} was skipped: ${reason}`);
process.exitCode = rows.some(({ missed }) => missed) ? 1 : 0;
