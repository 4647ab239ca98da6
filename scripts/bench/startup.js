// How long `framecat --version` takes, against the bare `node -e 0`, in wall time.
//
//   npm run build && node scripts/bench/startup.js [ROUNDS]
//
// The two alternate, and medians are compared, because the machine is noisy.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const LIMIT = 2;
const WARM_UP = 3;
const rounds = Number(process.argv[2] ?? 30);
const binary = fileURLToPath(new URL("../../bin/framecat.js", import.meta.url));

function wallMs(args) {
  const start = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, args);
  if (status !== 0) throw new Error(`node ${args.join(" ")} exited with ${status}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const times = { "node -e 0": [], "framecat --version": [] };
for (let round = -WARM_UP; round < rounds; round++) {
  const bare = wallMs(["-e", "0"]);
  const version = wallMs([binary, "--version"]);
  if (round < 0) continue;
  times["node -e 0"].push(bare);
  times["framecat --version"].push(version);
}
const base = median(times["node -e 0"]);
for (const [name, values] of Object.entries(times)) {
  const ms = median(values);
  console.log(
    `${name.padEnd(20)}${ms.toFixed(1).padStart(7)} ms${(ms / base).toFixed(2).padStart(7)}×`,
  );
}
const ratio = median(times["framecat --version"]) / base;
console.log(`${ratio <= LIMIT ? "held" : "MISSED"}: at most ${LIMIT}× the bare node`);
process.exitCode = ratio <= LIMIT ? 0 : 1;
