/**
 * One of the processes of `compare-clients.js`, which starts it:
 * `compare-client.js serve`, or `compare-client.js ws|lean PORT SOCKETS IN_FLIGHT`.
 */
import { randomFillSync } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const WARMUP_MS = 700;
const WINDOW_MS = 2000;
/** Handshakes under way at a time. */
const CONNECTING = 100;

/** The clients: each opens one socket, and tells what it has done in `count`. */
const CLIENTS = { ws: wsClient, lean: leanClient };

async function wsClient(port, inFlight) {
  const { default: WebSocket } = await import("ws");
  const { Recorder } = await import("../../dist/bench/recorder.js");
  const recorder = new Recorder();
  const text = "a".repeat(20);
  const count = { answered: 0 };
  const open = () =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
      const sentAt = [];
      const send = () => {
        sentAt.push(performance.now());
        socket.send(text);
      };
      socket.on("message", () => {
        recorder.record((performance.now() - sentAt.shift()) * 1e6);
        count.answered += 1;
        send();
      });
      socket.on("error", reject);
      socket.on("open", () =>
        resolve(() => {
          for (let i = 0; i < inFlight; i++) send();
        }),
      );
    });
  return { open, answered: () => count.answered };
}

async function leanClient(port, inFlight) {
  const { dialLean } = await import("../../dist/transport/lean-dial.js");
  const { parseTarget } = await import("../../dist/transport/target.js");
  const { systemClock } = await import("../../dist/io.js");
  const { FrameBatch } = await import("../../dist/bench/frame-batch.js");
  const { Load } = await import("../../dist/bench/load.js");
  const { VirtualUser } = await import("../../dist/bench/virtual-user.js");
  const random = (length) => randomFillSync(new Uint8Array(length));
  const batch = new FrameBatch({ kind: "text", length: 20 }, Math.max(1, inFlight), 0x37fa213d);
  const load = new Load(batch, { onClosed() {}, onDrained() {} }, () => performance.now());
  load.openWindow();
  const options = {
    target: parseTarget(`ws://127.0.0.1:${port}/`),
    clock: systemClock,
    random,
    connectTimeoutMs: 10_000,
    handshakeTimeoutMs: 10_000,
  };
  const open = async () => {
    const user = new VirtualUser(load);
    const { connection } = await dialLean(user, options);
    user.join(connection);
    return () => user.start(inFlight);
  };
  return { open, answered: () => load.ledger.answered };
}

async function openAll(open, sockets) {
  const starts = [];
  let left = sockets;
  const opener = async () => {
    while (left > 0) {
      left -= 1;
      starts.push(await open());
    }
  };
  await Promise.all(Array.from({ length: CONNECTING }, opener));
  return starts;
}

async function roundTrips(client, sockets) {
  for (const start of await openAll(client.open, sockets)) start();
  await sleep(WARMUP_MS);
  const [cpu, before, began] = [process.cpuUsage(), client.answered(), performance.now()];
  await sleep(WINDOW_MS);
  const { user, system } = process.cpuUsage(cpu);
  const answered = client.answered() - before;
  return {
    cost: (user + system) / answered,
    rate: (answered / (performance.now() - began)) * 1000,
  };
}

/** What is of this process after its garbage has gone, in bytes. */
async function residentBytes() {
  for (let i = 0; i < 5; i++) {
    globalThis.gc();
    await sleep(100);
  }
  return process.memoryUsage.rss();
}

/** Some sockets go first, so that code and pools are there before the first look. */
async function idleMemory(client, sockets) {
  const kept = await openAll(client.open, CONNECTING);
  const before = await residentBytes();
  kept.push(...(await openAll(client.open, sockets)));
  const after = await residentBytes();
  if (kept.length !== sockets + CONNECTING) throw new Error("not all sockets were opened");
  return { cost: (after - before) / sockets / 1024, rate: 0 };
}

const [role, port, sockets, inFlight] = process.argv.slice(2);
if (role === "serve") {
  const { serveLeanEcho } = await import("../../dist/transport/lean-serve.js");
  const server = await serveLeanEcho();
  process.on("disconnect", () => void server.close());
  process.send({ port: server.port });
} else {
  const client = await CLIENTS[role](Number(port), Number(inFlight));
  const measure = inFlight === "0" ? idleMemory : roundTrips;
  const result = await measure(client, Number(sockets));
  // Its sockets would keep it alive.
  process.send(result, () => process.kill(process.pid, "SIGKILL"));
}
