// Holds very many sockets on this machine, with the server beside: 20,000 from one address, and
// 100,000 by stages over several addresses. Nothing is to be lost; memory per socket is told.
//
//   node scripts/bench/scale/scale.js [--sockets 20000|100000]      after `npm run build`
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: flags } = parseArgs({ options: { sockets: { type: "string" } } });
const framecat = fileURLToPath(new URL("../../../bin/framecat.js", import.meta.url));
const serverFile = fileURLToPath(new URL("server.js", import.meta.url));
const openFiles = Number(execFileSync("bash", ["-c", "ulimit -Hn"], { encoding: "utf8" }));
let failed = false;

async function hold(sockets, args) {
  // Handshakes that come while one process is full would be refused: some room is left.
  const processes = Math.ceil(sockets / (openFiles * 0.8));
  const server = spawn(process.execPath, [serverFile, String(processes)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [port] = await once(server.stdout, "data");
  const ask = async () => {
    server.stdin.write("memory\n");
    return Number((await once(server.stdout, "data"))[0]);
  };
  const before = await ask();
  const url = `ws://127.0.0.1:${String(port).trim()}/`;
  const all = ["bench", url, "--measure", "hold", "--ping-interval", "20s", "--json", "--quiet"];
  const bench = spawn(process.execPath, [framecat, ...all, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  bench.stdout.on("data", (text) => (stdout += text));
  let after = before;
  const sampling = setInterval(() => {
    void ask().then((bytes) => (after = Math.max(after, bytes)));
  }, 2000);
  await once(bench, "close");
  clearInterval(sampling);
  server.kill();
  report(sockets, JSON.parse(stdout), after - before);
}

function report(
  wanted,
  { sockets, messages, client, discrepancies, refusals, breaks },
  serverBytes,
) {
  const lost =
    sockets.failed + sockets.broken + messages.lost + messages.inFlight + messages.unsent;
  const holds = sockets.peak === wanted && lost === 0 && discrepancies.length === 0;
  if (!holds) failed = true;
  const perSocket = (bytes) => `${(bytes / wanted / 1024).toFixed(2)} KiB`;
  const own = client.rssBytesPerConnection;
  console.log(
    [
      holds ? "holds" : "FAILS",
      `${sockets.peak} of ${wanted} sockets at a time`,
      `${client.workers} workers`,
      `${messages.answered} pings answered, ${lost} lost`,
      `client ${own === undefined ? "?" : `${(own / 1024).toFixed(2)} KiB`} a socket`,
      `server ${perSocket(serverBytes)} a socket`,
      ...[...refusals, ...breaks].map(({ count, message }) => `${count} × ${message}`),
      ...discrepancies,
    ].join(" · "),
  );
}

const RUNS = {
  20000: ["-c", "20000", "-d", "25s"],
  100000: [
    "--stages",
    "60s:100000,25s:100000,1s:100000",
    "--local-address",
    "127.0.0.2-127.0.0.21",
  ],
};
for (const [sockets, args] of Object.entries(RUNS)) {
  if (flags.sockets === undefined || flags.sockets === sockets) await hold(Number(sockets), args);
}
process.exitCode = failed ? 1 : 0;
