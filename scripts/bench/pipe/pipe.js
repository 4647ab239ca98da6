// Sends random bytes through `framecat connect --binary` to an echo server and back, from a file to
// a file, and compares that with a minimal stream script on ws, round after round in turn.
//
//   node scripts/bench/pipe/pipe.js [--size 1GiB] [--rounds 5] [--dir DIR] [-- FLAGS]
//                                                           after `npm run build`
//
//   --size SIZE    how much is sent each time (default 1GiB)
//   --rounds N     how often for each of the two (default 5)
//   --dir DIR      where the files are kept meanwhile (default the temporary folder)
//   FLAGS          further flags of connect
//
// It must hold that what comes back has the same sha256, that the resident memory of framecat never
// passes 200 MiB (its high-water mark in /proc), and that the median throughput, from the start of
// the process to its end, is at least 0.8 times that of the script. Exits with 1 where it does not.
import { spawn } from "node:child_process";
import { createHash, randomFillSync } from "node:crypto";
import { once } from "node:events";
import {
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseCount, parseSize } from "../../../dist/units.js";

const MIB = 2 ** 20;
const MAX_RSS = 200 * MIB;
const MIN_RATIO = 0.8;
const SAMPLE_MS = 20;

const { values: flags, positionals: further } = parseArgs({
  options: {
    size: { type: "string", default: "1GiB" },
    rounds: { type: "string", default: "5" },
    dir: { type: "string", default: tmpdir() },
    help: { type: "boolean" },
  },
  allowPositionals: true,
});
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const command = here("../../../bin/framecat.js");
const CLIENTS = {
  framecat: (url) => [command, "connect", url, "--binary", "--eof", "close", ...further],
  ws: (url) => [here("ws-pipe.js"), url],
};

/** Writes so many random bytes; gives their sha256. */
function writeRandom(path, size) {
  const hash = createHash("sha256");
  const block = Buffer.alloc(8 * MIB);
  const file = openSync(path, "w");
  for (let left = size; left > 0; left -= block.length) {
    const part = randomFillSync(block).subarray(0, Math.min(left, block.length));
    hash.update(part);
    writeSync(file, part);
  }
  closeSync(file);
  return hash.digest("hex");
}

async function sha256Of(path) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: MIB })) hash.update(chunk);
  return hash.digest("hex");
}

/** The greatest resident memory so far, in bytes; 0 for a process that has ended. */
function peakRss(pid) {
  try {
    const [, kib = 0] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kib) * 1024;
  } catch {
    return 0;
  }
}

/** Seconds of CPU of the processes that have ended and were waited for, by this one. */
function cpuOfChildren() {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

async function startServer() {
  const server = spawn(process.execPath, [here("server.js")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = await once(server.stdout, "data");
  return { url: String(line).trim(), stop: () => server.stdin.end() };
}

async function run(args, from, to) {
  const stdio = [openSync(from, "r"), openSync(to, "w"), "inherit"];
  const cpuBefore = cpuOfChildren();
  const began = performance.now();
  const child = spawn(process.execPath, args, { stdio });
  let rss = 0;
  const sampler = setInterval(() => {
    rss = Math.max(rss, peakRss(child.pid));
  }, SAMPLE_MS);
  const [code] = await once(child, "close");
  const seconds = (performance.now() - began) / 1000;
  clearInterval(sampler);
  closeSync(stdio[0]);
  closeSync(stdio[1]);
  return { code, seconds, cpu: cpuOfChildren() - cpuBefore, rss };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function verdict(name, held, told) {
  console.log(`${held ? "holds" : "FAILS"}  ${name}: ${told}`);
  if (!held) process.exitCode = 1;
}

async function measure(size, rounds, from, to) {
  const sent = writeRandom(from, size);
  const server = await startServer();
  const results = { framecat: [], ws: [] };
  for (let round = 1; round <= rounds; round++) {
    for (const [name, argsOf] of Object.entries(CLIENTS)) {
      const result = await run(argsOf(server.url), from, to);
      const same = statSync(to).size === size && (await sha256Of(to)) === sent;
      const mibs = size / MIB / result.seconds;
      results[name].push({ ...result, same, mibs });
      const { code, cpu, rss } = result;
      console.log(
        [
          `round ${round}  ${name.padEnd(8)}  ${mibs.toFixed(0).padStart(5)} MiB/s`,
          `${cpu.toFixed(2)} s CPU`,
          `at most ${(rss / MIB).toFixed(0)} MiB resident`,
          `exit ${code}`,
          same ? "identical" : "NOT identical",
        ].join("  "),
      );
    }
  }
  server.stop();
  return results;
}

function judge({ framecat, ws }) {
  const rss = Math.max(...framecat.map((result) => result.rss));
  const mibs = (results) => median(results.map((result) => result.mibs));
  const cpu = (results) => median(results.map((result) => result.cpu));
  const ratio = mibs(framecat) / mibs(ws);
  const sound = framecat.every(({ same, code }) => same && code === 0);
  verdict("what comes back", sound, sound ? "the same sha256 each time" : "not the same");
  if (!sound) return;
  verdict("memory", rss < MAX_RSS, `at most ${(rss / MIB).toFixed(0)} MiB, of 200`);
  verdict(
    "throughput",
    ratio >= MIN_RATIO,
    `${mibs(framecat).toFixed(0)} MiB/s of ${mibs(ws).toFixed(0)}, ${ratio.toFixed(2)}x (at least ${MIN_RATIO}x); ` +
      `CPU ${(cpu(framecat) / cpu(ws)).toFixed(2)}x`,
  );
}

async function main() {
  if (flags.help) {
    const [head] = readFileSync(here("pipe.js"), "utf8").split("\nimport");
    console.log(head.replaceAll(/^\/\/ ?/gm, ""));
    return;
  }
  const dir = mkdtempSync(join(flags.dir, "framecat-pipe-"));
  try {
    const size = parseSize(flags.size, "--size");
    const rounds = parseCount(flags.rounds, "--rounds");
    judge(await measure(size, rounds, join(dir, "sent"), join(dir, "received")));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

await main();
