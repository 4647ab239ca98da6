// Echo throughput of `framecat listen -q` beside the smallest echo server on ws, driven by
// `framecat bench`, which samples the server's CPU.
//
//   node scripts/bench/echo/echo.js [--rounds 5] [--duration 3s]    after `npm run build`
//
// A round has two servers of its own, and measures both twice, in the order A B B A: a machine that
// others use drifts within seconds by more than what is asked for. It must hold in each case that the
// median of the ratios of such pairs is at least 0.95. Exits with 1 where it does not.
import { CASES, command, flags, measure, median, middle, start, WS_ECHO } from "./load.js";

const MIN_RATIO = 0.95;
const LISTEN = [command, "listen", "0", "--host", "127.0.0.1", "-q", "--json"];

/** Both servers under the load, pair after pair. */
async function round(load) {
  const [ws, framecat] = [await start(WS_ECHO), await start(LISTEN)];
  const first = { framecat: await measure(framecat, load), ws: await measure(ws, load) };
  const second = { ws: await measure(ws, load), framecat: await measure(framecat, load) };
  await Promise.all([ws.stop(), framecat.stop()]);
  return [first, second];
}

let failed = false;
for (const [name, load] of Object.entries(CASES)) {
  const pairs = [];
  for (let i = 0; i < Number(flags.rounds); i++) pairs.push(...(await round(load)));
  const ratio = median(pairs.map(({ framecat, ws }) => framecat.rate / ws.rate));
  failed ||= ratio < MIN_RATIO;
  const told = (server) => {
    const runs = pairs.map((pair) => pair[server]);
    return `${Math.round(middle(runs, "rate"))}/s, ${middle(runs, "cpu").toFixed(2)} µs CPU`;
  };
  console.log(
    `${name}: framecat ${told("framecat")}; ws ${told("ws")}; ${ratio.toFixed(2)}× ` +
      `(required ${MIN_RATIO}×: ${ratio < MIN_RATIO ? "fails" : "holds"})`,
  );
}
process.exitCode = failed ? 1 : 0;
