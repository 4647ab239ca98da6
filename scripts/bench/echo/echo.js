// Echo throughput of `framecat listen -q` beside the smallest echo server on ws, round after round in
// turn, driven by `framecat bench`, which samples the server's CPU.
//
//   node scripts/bench/echo/echo.js [--rounds 5] [--duration 3s]    after `npm run build`
//
// It must hold in each case that the median throughput is at least 0.95 times that of ws. Exits with 1
// where it does not.
import { CASES, command, flags, measure, middle, start, WS_ECHO } from "./load.js";

const MIN_RATIO = 0.95;
const SERVERS = {
  ws: WS_ECHO,
  framecat: [command, "listen", "0", "--host", "127.0.0.1", "-q", "--json"],
};

async function run(name, load) {
  const server = await start(SERVERS[name]);
  const measured = await measure(server, load);
  await server.stop();
  return measured;
}

let failed = false;
for (const [name, load] of Object.entries(CASES)) {
  const runs = { ws: [], framecat: [] };
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const server of Object.keys(SERVERS)) runs[server].push(await run(server, load));
  }
  const rate = (server) => middle(runs[server], "rate");
  const ratio = rate("framecat") / rate("ws");
  failed ||= ratio < MIN_RATIO;
  const told = (server) =>
    `${Math.round(rate(server))}/s, ${middle(runs[server], "cpu").toFixed(2)} µs CPU`;
  console.log(
    `${name}: framecat ${told("framecat")}; ws ${told("ws")}; ${ratio.toFixed(2)}× ` +
      `(required ${MIN_RATIO}×: ${ratio < MIN_RATIO ? "fails" : "holds"})`,
  );
}
process.exitCode = failed ? 1 : 0;
