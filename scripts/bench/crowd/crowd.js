// What a crowd does to `framecat listen`: 10,000 clients that are idle, then each send a message, and
// go; and one client that stops reading. Nothing may be lost, open files and memory must return, and
// memory must not grow beyond --max-buffered. Exits with 1 where it does.
//
//   node scripts/bench/crowd/crowd.js [--clients 10000] [--rounds 3]      after `npm run build`
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: flags } = parseArgs({
  options: {
    clients: { type: "string", default: "10000" },
    rounds: { type: "string", default: "3" },
  },
});
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const openFiles = Number(execFileSync("bash", ["-c", "ulimit -Hn"], { encoding: "utf8" }));
const total = Number(flags.clients);
const MIB = 1024 * 1024;

async function listen(args) {
  const command = [here("../../../bin/framecat.js"), "listen", "0", "--json", ...args];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
  child.told = "";
  child.stderr.on("data", (text) => (child.told += text));
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, ...JSON.parse(line) };
}

const filesOf = ({ pid }) => readdirSync(`/proc/${pid}/fd`).length;
const residentOf = ({ pid }) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;
const mib = (bytes) => `${(bytes / MIB).toFixed(1)} MiB`;

function must(holds, words) {
  if (!holds) process.exitCode = 1;
  console.log(`${holds ? "holds" : "FAILS"}  ${words}`);
}

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

async function slowReader() {
  const limit = 4 * MIB;
  const args = [
    "-q",
    "--mode",
    "push",
    "--interval",
    "1ms",
    "--size",
    "64KiB",
    "--max-buffered",
    "4MiB",
  ];
  const { child, port } = await listen(args);
  const resident = residentOf(child);
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  socket.write("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
  socket.write(
    `Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  await once(socket, "data");
  socket.pause();
  let most = resident;
  for (let tries = 0; tries < 50; tries++) {
    most = Math.max(most, residentOf(child));
    await wait(100);
  }
  const grown = most - resident;
  // A heap that is used at all grows by some young generations.
  must(
    grown < limit + 48 * MIB,
    `a reader that stopped, pushed 60 MiB/s for 5 s: RSS grew by ${mib(grown)}, limit ${mib(limit)}`,
  );
  socket.destroy();
  child.kill();
}

await crowd();
await slowReader();
