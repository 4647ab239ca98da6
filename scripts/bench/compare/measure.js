import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { cpuMs, killTree, residentKiB } from "./process-tree.js";
import { pinClient } from "./target.js";

/** Until all sockets are open, and until they are gone; tsung takes seconds to begin. */
const PATIENCE_MS = 30_000;
const POLL_MS = 20;
/** Handshakes before the first that is counted: what is compiled and allocated once is there then. */
const FIRST_SOCKETS = 100;

/** Runs a client while `during` looks at it, and leaves nothing of it behind. */
async function withClient(client, server, load, during) {
  const folder = mkdtempSync(join(tmpdir(), "framecat-compare-"));
  const log = openSync(join(folder, "log"), "w");
  const command = await client.command({ ...load, url: server.url, folder });
  const { file, args } = pinClient(command);
  const env = { ...process.env, ...command.env };
  const child = spawn(file, args, { env, cwd: folder, stdio: ["ignore", log, log] });
  const ended = once(child, "exit");
  const { upgrades } = await server.count();
  try {
    return await during(child.pid, async (sockets) => {
      const deadline = performance.now() + PATIENCE_MS;
      for (;;) {
        const count = await server.count();
        if (count.upgrades - upgrades >= sockets) return count;
        const gone = child.exitCode !== null || child.signalCode !== null;
        if (gone || performance.now() > deadline) throw new Error(lastWords(client, folder));
        await sleep(POLL_MS);
      }
    });
  } finally {
    killTree(child.pid);
    await ended;
    await allGone(server);
    closeSync(log);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What one client leaves to be cleared away is not to meet the next one. */
async function allGone(server) {
  const deadline = performance.now() + PATIENCE_MS;
  while ((await server.count()).open > 0) {
    if (performance.now() > deadline) throw new Error("the server has kept sockets of a client");
    await sleep(POLL_MS);
  }
}

function lastWords({ name }, folder) {
  const said = readFileSync(join(folder, "log"), "utf8").trim().split("\n").slice(-5).join("\n");
  return `${name} did not open its sockets: ${said}`;
}

/**
 * CPU time of a round trip in µs, of all processes of a client: from `warmupMs` after its sockets are
 * open, or when the client is warm by its own account, for `windowMs`. So what it takes to start counts
 * for none of them. The server counts.
 */
export function roundTrip(client, server, load, { warmupMs, windowMs }) {
  return withClient(client, server, load, async (pid, opened) => {
    await opened(load.sockets);
    await sleep(Math.max(warmupMs, client.warmAfterMs ?? 0));
    const [before, cpuBefore, began] = [await server.count(), cpuMs(pid), performance.now()];
    await sleep(windowMs);
    const [after, cpu] = [await server.count(), cpuMs(pid)];
    const frame = load.size + (load.size < 126 ? 2 : 4);
    const answered = (after.echoedBytes - before.echoedBytes) / frame;
    if (answered < 1000) throw new Error(`${client.name} made ${answered} round trips`);
    return {
      cost: ((cpu - cpuBefore) * 1000) / answered,
      rate: (answered / (performance.now() - began)) * 1000,
    };
  });
}

/** CPU time of a handshake in µs, from the hundred-and-first to the last one; no message is answered. */
export function handshake(client, server, load) {
  const sockets = load.sockets + FIRST_SOCKETS;
  return withClient(client, server, { ...load, sockets, inFlight: 0 }, async (pid, opened) => {
    const before = await opened(FIRST_SOCKETS);
    const cpuBefore = cpuMs(pid);
    const after = await opened(sockets);
    return { cost: ((cpuMs(pid) - cpuBefore) * 1000) / (after.upgrades - before.upgrades) };
  });
}

/** Resident memory of an idle socket in KiB: what a client with many has more than one with few. */
export async function idleMemory(client, server, load, { settleMs }) {
  const resident = (sockets) =>
    withClient(client, server, { ...load, sockets, inFlight: 0 }, async (pid, opened) => {
      await opened(sockets);
      await sleep(settleMs);
      return residentKiB(pid);
    });
  const few = await resident(FIRST_SOCKETS);
  const many = await resident(load.sockets + FIRST_SOCKETS);
  return { cost: (many - few) / load.sockets };
}
