// Checks what `framecat bench` reports against what must be true by arithmetic.
//
//   node scripts/bench/truth/truth.js [--only NAME] [--markdown]      after `npm run build`
//
// 1. Delay: a server that answers each message after 20 or 200 ms, at 1, 100 and 1,000 sockets, in the
//    closed and in the open model. Every percentile up to p99 is to be what the server held them for, by
//    its own clock, within 3 % or 0.2 ms.
// 2. Stall: the same server stalls for 1 s in every 10 s. In the open model a tenth of the messages
//    waits, each for what is left of the stall: so many percentiles follow a straight line. In the
//    closed model each socket has one message that waits for all of it.
// 3. Freeze: a server stopped for 2 s in a run of 10 s at 100 messages/s a socket.
// 4. Faults: of 10,000 messages each tenth is dropped, duplicated, reordered or corrupted: the counts
//    are exact.
//
// It needs two free cores. Percentiles of a delay are the medians of three rounds; for a stall, of which
// arithmetic alone says what is to come out, the server turns without rest so as to be exact.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: flags } = parseArgs({
  options: { only: { type: "string" }, markdown: { type: "boolean", default: false } },
});
const framecat = fileURLToPath(new URL("../../../bin/framecat.js", import.meta.url));
const serverFile = fileURLToPath(new URL("server.js", import.meta.url));
const rows = [];

async function startServer(options) {
  const child = spawn(process.execPath, [serverFile, JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [port] = await once(child.stdout, "data");
  return {
    pid: child.pid,
    url: `ws://127.0.0.1:${String(port).trim()}/`,
    /** How long it really held what it answered: a server is no clock either. */
    held: async () => {
      child.stdin.write("held\n");
      return JSON.parse(String((await once(child.stdout, "data"))[0]));
    },
    stop: async () => {
      child.kill("SIGKILL");
      await once(child, "close");
    },
  };
}

function bench(url, args) {
  return new Promise((resolve, reject) => {
    const all = [framecat, "bench", url, "--quiet", "--json", ...args];
    execFile(process.execPath, all, { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (stdout === "") reject(error ?? new Error(stderr));
      else resolve(JSON.parse(stdout));
    });
  });
}

/** A figure in ms against the one that must be true: within 3 %, or 0.2 ms. */
function expectMs(name, figure, truth) {
  const bound = Math.max(0.2, truth * 0.03);
  note(name, `${round(truth)} ms`, `${round(figure)} ms`, Math.abs(figure - truth) <= bound);
}

function expectCount(name, figure, truth) {
  note(name, String(truth), String(figure), figure === truth);
}

function note(name, truth, figure, holds) {
  rows.push({ name, truth, figure, holds });
  if (!flags.markdown) {
    console.log(
      `${holds ? "holds" : "FAILS"}  ${name.padEnd(52)} ${truth.padStart(12)} ${figure.padStart(12)}`,
    );
  }
}

function round(ms) {
  return Number(ms.toPrecision(4));
}

const DELAYS_MS = [20, 200];
/** Of a closed model: more messages a second keep the server from being exact. */
const MAX_RATE = 10_000;
const CHECKED = ["p50", "p90", "p99"];
/** Whatever else runs on the machine for a millisecond is in a 99th percentile: so each is taken thrice. */
const ROUNDS = 3;
const WARMUP_MS = 1000;

async function delays() {
  for (const delayMs of DELAYS_MS) {
    for (const sockets of [1, 100, 1000]) {
      if ((sockets * 1000) / delayMs <= MAX_RATE) await delaysAt("closed", sockets, delayMs);
      await delaysAt("open", sockets, delayMs);
    }
  }
}

async function delaysAt(model, sockets, delayMs) {
  const args = model === "open" ? ["--rate", `${sockets === 1 ? 45 : 2000}/s`] : [];
  // In the closed model sockets that are answered together go on together, and wait for each other.
  const rests = model === "open" || sockets === 1;
  const rounds = [];
  while (rounds.length < ROUNDS) rounds.push(await delayed(sockets, delayMs, args, rests));
  for (const key of CHECKED) {
    const { told, held } = median(rounds.map((figures) => figures[key]));
    expectMs(`${model}, ${sockets} sockets, ${delayMs} ms: ${key}`, told, held);
  }
}

/** What the client told of each percentile, and what the server did; neither counts while the client warms up. */
async function delayed(sockets, delayMs, args, rests) {
  const server = await startServer({ delayMs, rests, warmupMs: WARMUP_MS });
  const warmup = `${WARMUP_MS}ms`;
  const all = ["-c", String(sockets), "-d", "4s", "--warmup", warmup, ...args];
  const result = await bench(server.url, all);
  const held = await server.held();
  await server.stop();
  checkSums(`${sockets} sockets, ${args.join(" ")}`, result);
  const { latency } = result.histograms;
  return Object.fromEntries(CHECKED.map((key) => [key, { told: latency[key], held: held[key] }]));
}

/** The round in which the two differ neither most nor least. */
function median(rounds) {
  const apart = ({ told, held }) => Math.abs(told - held) / held;
  return rounds.toSorted((a, b) => apart(a) - apart(b))[(rounds.length - 1) / 2];
}

/** A stalling server's. */
const DELAY_MS = 20;
const PERIOD_MS = 10_000;
const STALL_MS = 1000;

/** The share `q` of messages in order of latency: a tenth of them waits, evenly from 0 to the stall. */
function stalledLatency(q) {
  const waiting = STALL_MS / PERIOD_MS;
  return q <= 1 - waiting ? DELAY_MS : DELAY_MS + ((q - (1 - waiting)) / waiting) * STALL_MS;
}

async function stalls() {
  for (const sockets of [1, 100, 1000]) {
    const server = await startServer({
      delayMs: DELAY_MS,
      stallEveryMs: PERIOD_MS,
      stallMs: STALL_MS,
    });
    const rate = sockets === 1 ? "45/s" : "2000/s";
    const args = ["-c", String(sockets), "-d", "10s", "--warmup", "0s", "--rate", rate];
    const result = await bench(server.url, args);
    await server.stop();
    const { latency } = result.histograms;
    for (const [key, q] of [
      ["p50", 0.5],
      ["p99", 0.99],
      ["max", 1],
    ]) {
      expectMs(`open, ${sockets} sockets, stall of 1 s: ${key}`, latency[key], stalledLatency(q));
    }
  }
  for (const sockets of [1, 100]) {
    const server = await startServer({
      delayMs: DELAY_MS,
      stallEveryMs: PERIOD_MS,
      stallMs: STALL_MS,
    });
    const args = ["-c", String(sockets), "-d", "10s", "--warmup", "0s"];
    const result = await bench(server.url, args);
    const held = await server.held();
    await server.stop();
    const { latency } = result.histograms;
    expectMs(`closed, ${sockets} sockets, stall of 1 s: p99`, latency.p99, held.p99);
    // What was asked right before the stall waits for all of it, what a little earlier less.
    const least = STALL_MS - DELAY_MS;
    note(
      `closed, ${sockets} sockets, stall of 1 s: max`,
      `${least}–${STALL_MS + DELAY_MS} ms`,
      `${round(latency.max)} ms`,
      latency.max >= least && latency.max <= (STALL_MS + DELAY_MS) * 1.03,
    );
  }
}

async function freeze() {
  const server = await startServer({});
  const running = bench(server.url, ["-c", "10", "--rate-per-socket", "100/s", "-d", "10s"]);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  process.kill(server.pid, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 2000));
  process.kill(server.pid, "SIGCONT");
  const result = await running;
  await server.stop();
  const { latency, service } = result.histograms;
  // A fifth of the messages waits, evenly from 0 to 2 s.
  expectMs("frozen for 2 s, corrected: p90", latency.p90, 1000);
  expectMs("frozen for 2 s, corrected: p99", latency.p99, 1900);
  // What a client that waits for each reply would say: one message of each socket met the freeze.
  note(
    "frozen for 2 s, service: p99",
    "< 100 ms",
    `${round(service.p99)} ms`,
    service.p99 < 100 && service.count < latency.count,
  );
  note(
    "frozen for 2 s, service: max",
    "≈ 2 s",
    `${round(service.max)} ms`,
    Math.abs(service.max - 2000) < 60,
  );
  checkSums("frozen for 2 s", result);
}

async function faults() {
  const messages = 10_000;
  // The last thousand are spared: what is held back is answered after what follows on its socket.
  const until = messages - 1000;
  const struck = until / 10;
  const base = ["-c", "10", "-n", String(messages), "--in-flight", "8", "--warmup", "0s"];
  const checked = [...base, "--match", "seq", "--verify", "--timeout", "2s"];
  const expected = {
    drop: { answered: messages - struck, lost: struck },
    duplicate: { answered: messages, duplicated: struck },
    reorder: { answered: messages, reordered: struck },
    corrupt: { answered: messages - struck, wrong: struck },
  };
  for (const [fault, counts] of Object.entries(expected)) {
    const server = await startServer({ fault, every: 10, until });
    const result = await bench(server.url, checked);
    await server.stop();
    for (const [name, truth] of Object.entries(counts)) {
      expectCount(`${fault} one in ten: ${name}`, result.messages[name], truth);
    }
    checkSums(fault, result);
  }
}

function checkSums(name, { messages, discrepancies }) {
  const { planned, unsent, sent, answered, wrong, lost, inFlight } = messages;
  const agree = planned === sent + unsent && sent === answered + wrong + lost + inFlight;
  if (!agree || discrepancies.length > 0) note(`${name}: sums`, "agree", "differ", false);
}

const PARTS = { delays, stalls, freeze, faults };
for (const [name, part] of Object.entries(PARTS)) {
  if (flags.only === undefined || flags.only === name) await part();
}
if (flags.markdown) {
  console.log("| what | must be | reported | |\n|---|---|---|---|");
  for (const { name, truth, figure, holds } of rows) {
    console.log(`| ${name} | ${truth} | ${figure} | ${holds ? "holds" : "**fails**"} |`);
  }
}
const failed = rows.filter(({ holds }) => !holds).length;
console.log(`${rows.length - failed} hold, ${failed} fail`);
process.exitCode = failed > 0 ? 1 : 0;
