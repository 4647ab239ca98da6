// What a crowd does to `framecat listen`: 10,000 clients that are idle, then each send a message, and
// go. Nothing may be lost, and open files and memory must return. Exits with 1 where they do not.
//
//   node scripts/bench/crowd/crowd.js [--clients 10000] [--rounds 3]      after `npm run build`
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { listen, mib, MIB, must } from "./server.js";

const { values: flags } = parseArgs({
  options: {
    clients: { type: "string", default: "10000" },
    rounds: { type: "string", default: "3" },
  },
});
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const openFiles = Number(execFileSync("bash", ["-c", "ulimit -Hn"], { encoding: "utf8" }));
const total = Number(flags.clients);

const filesOf = ({ pid }) => readdirSync(`/proc/${pid}/fd`).length;
const residentOf = ({ pid }) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;
function crew(url) {
  const size = Math.floor(openFiles * 0.8);
  const counts = Array.from({ length: Math.ceil(total / size) }, (_, i) =>
    Math.min(size, total - i * size),
  );
  const children = counts.map((count) =>
    spawn(process.execPath, [here("clients.js"), url, String(count)], {
      stdio: ["pipe", "pipe", "inherit"],
    }),
  );
  const lines = children.map((child) => createInterface(child.stdout));
  const all = async (order) => {
    for (const child of children) child.stdin.write(`${order}\n`);
    const answers = await Promise.all(lines.map((reader) => once(reader, "line")));
    return answers.reduce((sum, [count]) => sum + Number(count), 0);
  };
  return { all, end: () => children.forEach((child) => child.stdin.end()) };
}

async function settled(child, files) {
  for (let tries = 0; tries < 100 && filesOf(child) > files; tries++) await wait(50);
  // A second after the last one listen gives memory back.
  await wait(3000);
}

async function crowd() {
  if (total > openFiles * 0.95)
    throw new Error(`${total} clients need more open files than ${openFiles}`);
  const { child, url } = await listen(["-q"]);
  const [files, resident] = [filesOf(child), residentOf(child)];
  const after = [];
  for (let round = 1; round <= Number(flags.rounds); round++) {
    const clients = crew(url);
    const opened = await clients.all("open");
    const idle = residentOf(child);
    const echoed = await clients.all("send");
    const left = await clients.all("leave");
    clients.end();
    await settled(child, files);
    after.push(residentOf(child));
    must(
      opened === total && echoed === total && left === total,
      `round ${round}: ${opened} clients, ${echoed} messages back, ${left} gone`,
    );
    must(filesOf(child) === files, `open files ${files} before, ${filesOf(child)} after`);
    console.log(
      `       RSS ${mib(resident)} before, ${mib(idle)} with all (${((idle - resident) / total / 1024).toFixed(1)} KiB each), ${mib(after.at(-1))} after`,
    );
  }
  // Code that has run, and a heap that is used at all, take some more than before.
  must(
    after.every((bytes) => bytes <= resident + 64 * MIB),
    `RSS after each round: ${after.map(mib).join(", ")}; at most 64 MiB more than before`,
  );
  child.kill();
}

await crowd();
