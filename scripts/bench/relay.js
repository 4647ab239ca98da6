// Throughput through `framecat listen --to URL -q` beside that of the same server without it: a
// minimal echo on ws, driven by `framecat bench`, direct and through the relay in turn, in one run.
//
//   node scripts/bench/relay.js [--rounds 5] [--duration 3s]    after `npm run build`
//
// Beside both stands a bare TCP pipe of Node, which is what it costs at least that each message is read
// and written once more, by a third process on the same cores. It must hold in each case that the median
// through the relay is at least half of that without, and at least 0.6 times that through the bare pipe.
// Exits with 1 where it does not. Where not even the bare pipe is half as fast, the cores have other work
// to do, and nothing can be said of the half: that is told.
import { fileURLToPath } from "node:url";
import { CASES, command, flags, measure, middle, start, WS_ECHO } from "./echo/load.js";

const MIN_RATIO = 0.5;
const MIN_RATIO_OF_PIPE = 0.6;
const TCP_PIPE = fileURLToPath(new URL("tcp-pipe.js", import.meta.url));

/** Each way, with processes of its own. */
async function round(load, runs) {
  const echo = await start(WS_ECHO);
  const ways = {
    direct: () => echo,
    relayed: () =>
      start([command, "listen", "0", "--host", "127.0.0.1", "-q", "--json", "--to", echo.url]),
    piped: () => start([TCP_PIPE, new URL(echo.url).port]),
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
  const rate = (way) => middle(runs[way], "rate");
  const cpu = (way) => middle(runs[way], "cpu");
  const [ofDirect, ofPipe] = ["direct", "piped"].map((way) => rate("relayed") / rate(way));
  const pipeOfDirect = rate("piped") / rate("direct");
  const isTold = ofDirect >= MIN_RATIO || pipeOfDirect >= MIN_RATIO;
  const holds = (ofDirect >= MIN_RATIO || !isTold) && ofPipe >= MIN_RATIO_OF_PIPE;
  failed ||= !holds;
  const told = (way) => `${way} ${Math.round(rate(way))}/s, ${cpu(way).toFixed(2)} µs CPU`;
  console.log(`${name}: ${["relayed", "direct", "piped"].map(told).join("; ")}`);
  console.log(
    `  ${ofDirect.toFixed(2)}× of direct (required ${MIN_RATIO}×), ${ofPipe.toFixed(2)}× of the bare pipe ` +
      `(required ${MIN_RATIO_OF_PIPE}×): ${holds ? "holds" : "fails"}`,
  );
  if (!isTold) {
    console.log(
      `  the bare pipe itself is ${pipeOfDirect.toFixed(2)}× of direct: try an idle machine`,
    );
  }
}
process.exitCode = failed ? 1 : 0;
