import { connect } from "node:net";
import { getActiveResourcesInfo } from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import type { WebSocket } from "ws";
import { systemClock } from "../../src/io.ts";
import type { Guard } from "../../src/server/guard.ts";
import { makeGuards } from "../../src/server/guards/index.ts";
import { broadcast } from "../../src/server/modes/broadcast.ts";
import { echo } from "../../src/server/modes/echo.ts";
import { print } from "../../src/server/modes/print.ts";
import { pubsub } from "../../src/server/modes/pubsub.ts";
import { push } from "../../src/server/modes/push.ts";
import { silent } from "../../src/server/modes/silent.ts";
import { RelayControl } from "../../src/server/relay/relay-control.ts";
import { relay } from "../../src/server/relay/relay.ts";
import { parseFaults } from "../../src/server/faults/parse-fault.ts";
import type { FaultPlan } from "../../src/server/faults/index.ts";
import type { MakeMode } from "../../src/server/mode.ts";
import { startExec } from "../helpers/exec.ts";
import { startListener } from "../helpers/listener.ts";
import { onwardOptions } from "../helpers/relay.ts";
import { eventually } from "../helpers/transport.ts";
import { echoBack, wsClient, wsServer } from "../helpers/ws-peers.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const CLIENTS = 50;
/** Processes take their time. */
const PROGRAMS = 20;
const SUBSCRIBE = '{"type":"subscribe","channel":"news"}';
const PUBLISH = '{"type":"publish","channel":"news","data":1}';

/** All guards, with times that never come. @param firstMessage a token may be shown there */
function allGuards({ firstMessage = true } = {}): readonly Guard[] {
  const settings = {
    origin: { allowed: [() => true], required: false },
    subprotocols: [],
    users: ["ann:pw"],
    token: { tokens: ["s3cret"], timeoutMs: firstMessage ? 60_000 : undefined },
    cookies: [{ name: "sid" }],
    csrf: "csrf",
    crowd: { total: CLIENTS, perAddress: CLIENTS },
    liveness: { intervalMs: 60_000, timeoutMs: 60_000 },
    idleMs: 60_000,
    rate: { count: 100, periodMs: 60_000 },
    slowReader: { maxBuffered: 1024 * 1024, closeTimeoutMs: 5000 },
    limits: true,
  };
  return makeGuards(settings, systemClock);
}

type Watched = { readonly guards: readonly Guard[]; readonly serve: object };
type Started = ReturnType<typeof startListener>;

const serving =
  (mode: MakeMode, faults?: FaultPlan) =>
  (options: Watched): Started =>
    startListener(mode, { ...options, faults });

async function relaying({ serve }: Watched): Started {
  const server = await wsServer(echoBack);
  const control = new RelayControl();
  const mode = relay({ onward: onwardOptions(server.url), control, frames: true });
  return startListener(mode, { serve, guards: allGuards({ firstMessage: false }) });
}

const FAULTS = parseFaults(["latency=5ms", "duplicate@50%", "close=1000@60s"], "--fault");

const MODES: readonly (readonly [name: string, start: (options: Watched) => Started])[] = [
  ["echo", serving(echo)],
  ["echo with faults", serving(echo, { faults: FAULTS, seed: 1 })],
  ["print", serving(print)],
  ["broadcast", serving(broadcast({ toSelf: true }))],
  ["silent", serving(silent)],
  ["pubsub", serving(pubsub)],
  ["push", serving(push({ intervalMs: 2, messages: Infinity, binary: false }))],
  ["exec", (options) => startExec("cat", {}, options)],
  ["relay", relaying],
];

it.each(MODES)("%s: when clients have gone, nothing of them is there", async (name, start) => {
  const before = resources();
  const clients: WeakRef<object>[] = [];
  const note: Guard = { joined: (client) => void clients.push(new WeakRef(client)) };
  const { listener, url, port } = await start({
    guards: [...allGuards(), note],
    serve: { chooseSubprotocol: ([first]: readonly string[]) => first, closeTimeoutMs: 50 },
  });
  const count = name === "exec" ? PROGRAMS : CLIENTS;
  const token = name === "relay" ? "&token=s3cret" : "";
  const sockets = await Promise.all(
    Array.from({ length: count }, () => guardedSocket(`${url}?csrf=c${token}`)),
  );
  const halfway = Array.from({ length: 10 }, () => connect(port, "127.0.0.1").end("GET / HT"));
  for (const [i, socket] of sockets.entries()) talk(socket, i);
  clients.push(...Array.from(listener.guests(), (guest) => new WeakRef(guest)));
  expect(clients).toHaveLength(count);
  await eventually(() => listener.counters.traffic.in.messages >= count);
  for (const [i, socket] of sockets.entries()) leave(socket, i);
  await eventually(() => listener.counters.connected === 0);
  expect([listener.clients.size, [...listener.guests()]]).toEqual([0, []]);
  await eventually(() => halfway.every(({ destroyed }) => destroyed));
  await listener.stop();
  await eventually(() => more(resources(), before).length === 0);
  await eventually(() => {
    collectGarbage();
    return clients.every((client) => client.deref() === undefined);
  });
});

function guardedSocket(url: string): Promise<WebSocket> {
  const headers = { Authorization: `Basic ${btoa("ann:pw")}`, Cookie: "sid=1; csrf=c" };
  return wsClient(url, { headers, protocols: ["chat"] });
}

/** A fifth of them never show their token; another fifth do not read. */
function talk(socket: WebSocket, i: number): void {
  if (i % 5 === 0) return;
  if (i % 5 === 1) socket.pause();
  for (const text of ["s3cret", SUBSCRIBE, PUBLISH]) socket.send(text);
}

function leave(socket: WebSocket, i: number): void {
  if (i % 2 === 0) socket.terminate();
  else socket.close(1000);
  socket.resume();
}

/** What keeps the process alive and is of clients, and how many of each. */
function resources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const names = getActiveResourcesInfo().filter((name) => name !== "TCPServerWrap");
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function more(now: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): string[] {
  return [...now].flatMap(([name, count]) => (count > (before.get(name) ?? 0) ? [name] : []));
}
