// Echo servers that share one port, as many processes as the limit on open files asks for. Prints the
// port, and for each line on stdin the sum of their resident memory in bytes.
import cluster from "node:cluster";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { serveLeanEcho } from "../../../dist/transport/lean-serve.js";

if (cluster.isPrimary) {
  cluster.schedulingPolicy = cluster.SCHED_RR;
  const [processes] = process.argv.slice(2).map(Number);
  const port = await freePort();
  for (let i = 0; i < processes; i++) cluster.fork({ PORT: String(port) });
  let ready = 0;
  cluster.on("listening", () => {
    ready += 1;
    if (ready === processes) process.stdout.write(`${port}\n`);
  });
  process.stdin.on("data", () => {
    const pids = Object.values(cluster.workers).map((worker) => worker.process.pid);
    const bytes = pids.reduce((sum, pid) => sum + residentBytes(pid), 0);
    process.stdout.write(`${bytes}\n`);
  });
  process.stdin.on("end", () => process.kill(process.pid));
} else {
  process.on("disconnect", () => process.kill(process.pid));
  await serveLeanEcho({ port: Number(process.env.PORT) });
}

function residentBytes(pid) {
  const [, kib] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) * 1024;
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
