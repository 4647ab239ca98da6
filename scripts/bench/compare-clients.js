/**
 * Compares the lean connection with a plain client of `ws`, on the same echo server:
 *
 *     npm run build && node scripts/bench/compare-clients.js [--rounds N] [--only NAME]
 *
 * 1. Cost of a round trip: CPU time of the client process (user and system) over a window, divided by
 *    the messages answered in it. 50 sockets, 20 bytes of text, closed loop. Both clients take the
 *    time of each message and record it into the same recorder.
 * 2. Memory of an idle connection: growth of the resident set by 10,000 open sockets, garbage collected
 *    before each look at it. Both clients get the young generation of a fixed size that bench workers
 *    have: else the growth shows how much garbage the handshakes made rather than what is kept.
 *
 * Each client runs in a process of its own; the server in another, the same for both. Rounds of the
 * two clients alternate, and the ratio is taken within each round, so that a disturbance meets both;
 * the median of these ratios counts. The exit code is 1 when a requirement is missed.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { parseArgs } from "node:util";

const CLIENTS = ["ws", "lean"];
const CASES = [
  { name: "one in flight", sockets: 50, inFlight: 1, unit: "µs CPU a round trip", atMost: 0.75 },
  {
    name: "sixteen in flight",
    sockets: 50,
    inFlight: 16,
    unit: "µs CPU a round trip",
    atMost: 0.2,
  },
  {
    name: "idle",
    sockets: 10_000,
    inFlight: 0,
    unit: "KiB a socket",
    atMost: 0.6,
    flags: ["--max-semi-space-size=1"],
  },
];

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "7" }, only: { type: "string", default: "" } },
});
const rounds = Number(values.rounds);

const child = (args, flags = []) =>
  fork(new URL("./compare-client.js", import.meta.url), args, {
    execArgv: ["--expose-gc", ...flags],
  });

async function measure(client, { sockets, inFlight, flags }, port) {
  const process = child([client, String(port), String(sockets), String(inFlight)], flags);
  const [result] = await once(process, "message");
  await once(process, "exit");
  return result;
}

/** `rounds` measurements of each client, by turns. */
async function compare(spec, port) {
  const results = { ws: [], lean: [] };
  for (let round = 0; round < rounds; round++) {
    for (const client of CLIENTS) results[client].push(await measure(client, spec, port));
  }
  return results;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const medianOf = (results, field) => median(results.map((result) => result[field]));

function row({ name, unit, atMost }, { ws, lean }) {
  const ratio = median(lean.map(({ cost }, round) => cost / ws[round].cost));
  const rates = [ws, lean].map((results) => medianOf(results, "rate"));
  return [
    name,
    medianOf(ws, "cost").toFixed(2),
    medianOf(lean, "cost").toFixed(2),
    unit,
    `${ratio.toFixed(3)}x`,
    `at most ${atMost}x`,
    ratio <= atMost ? "ok" : "MISSED",
    rates[1] > 0 ? rates.map((rate) => Math.round(rate).toLocaleString("en")).join(" → ") : "",
  ];
}

function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  for (const cells of rows) {
    console.log(
      cells
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("  ")
        .trimEnd(),
    );
  }
}

const server = child(["serve"]);
const [{ port }] = await once(server, "message");
console.log(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ` +
    `${cpus().length} × ${cpus()[0].model}; medians of ${rounds} rounds\n`,
);
const rows = [["", "ws", "lean", "", "ratio", "required", "", "round trips a second"]];
for (const spec of CASES) {
  if (spec.name.startsWith(values.only)) rows.push(row(spec, await compare(spec, port)));
}
server.disconnect();
print(rows);
process.exitCode = rows.some((cells) => cells.includes("MISSED")) ? 1 : 0;
