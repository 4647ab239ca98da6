import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { Dialer } from "../../src/bench/dialer.ts";
import { Population, type PopulationPlan } from "../../src/bench/population.ts";
import { Recordings } from "../../src/bench/recordings.ts";
import type { LoadConnection, User } from "../../src/bench/user.ts";
import { systemClock, systemRandom } from "../../src/io.ts";
import { cachingLookup } from "../../src/transport/caching-lookup.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { echoServer } from "../helpers/bench.ts";
import { eventually, freePort, rawServer } from "../helpers/transport.ts";
import { wsServer } from "../helpers/ws-peers.ts";

interface TestUser extends User {
  readonly socket: number;
}

/** A population whose users do nothing but note their end. */
function populationTo(
  url: string,
  plan: Partial<PopulationPlan> = {},
  sends?: (socket: number) => boolean,
) {
  const abort = new AbortController();
  const options = {
    target: parseTarget(url),
    clock: systemClock,
    random: systemRandom,
    signal: abort.signal,
    connectTimeoutMs: 5000,
    handshakeTimeoutMs: 5000,
    closeTimeoutMs: 200,
    // As in a run: fifty questions at once overtax some resolvers.
    lookup: cachingLookup(1000),
  };
  const dialer = new Dialer(() => options, new Recordings(), abort);
  const events: string[] = [];
  const opened: number[] = [];
  const broke: boolean[] = [];
  const makeUser = (socket: number): TestUser => ({
    socket,
    connection: undefined as LoadConnection | undefined,
    inFlight: 1,
    join(connection) {
      Object.assign(this, { connection });
    },
    start: () => undefined,
    plan: () => undefined,
    flush: () => undefined,
    drained: () => undefined,
    received: () => undefined,
    closed(): void {
      broke.push(population.ended(this));
    },
  });
  const population: Population = new Population(
    { connections: 4, stages: [], churnPerSecond: 0, firstSocket: 100, ...plan },
    dialer,
    {
      makeUser,
      sends,
      onOpened: (user) => opened.push((user as TestUser).socket),
      onChanged: () => events.push("changed"),
    },
    () => performance.now(),
  );
  onTestFinished(() => population.end());
  sums.push(() => {
    const { attempted, opened: all, failed, unfinished, open, closed, broken } = population.counts;
    expect({ attempted, opened: all }).toEqual({
      attempted: all + failed + unfinished,
      opened: open + closed + broken,
    });
  });
  return { population, dialer, events, opened, broke };
}

/** The sums hold whatever a test has done. */
const sums: (() => void)[] = [];
afterEach(() => {
  for (const check of sums.splice(0)) check();
});

describe("the sockets of the start", () => {
  it("are exactly as many as planned, each with its number", async () => {
    const { population, opened } = populationTo((await echoServer()).url, { connections: 250 });
    expect(population.counts).toMatchObject({ attempted: 250, unfinished: 250 });
    await population.open();
    expect(population.counts).toMatchObject({ attempted: 250, opened: 250, open: 250 });
    expect([population.users.length, population.peak, population.inFlight]).toEqual([
      250, 250, 250,
    ]);
    expect(population.bufferedBytes).toBe(0);
    expect(opened.toSorted((a, b) => a - b)).toEqual(opened.map((_, i) => 100 + i));
    const states = new Set(population.users.map(({ connection }) => connection?.state));
    expect([...states]).toEqual(["OPEN"]);
    expect(population.mayGrow).toBe(false);
  });

  it("are opened without those that fail", async () => {
    let asked = 0;
    const server = await rawServer(async (peer) => {
      asked += 1;
      if (asked % 2 === 1) return peer.accept();
      await peer.head();
      return peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    });
    const { population, dialer, events } = populationTo(server.url(), { connections: 10 });
    await population.open();
    expect(population.counts).toMatchObject({ opened: 5, failed: 5, unfinished: 0, open: 5 });
    expect(dialer.refusals.list()).toMatchObject([{ kind: "http-status", count: 5 }]);
    expect(events).toHaveLength(10);
  });

  it("are given up when the first hundred all failed", async () => {
    const { population } = populationTo(`ws://127.0.0.1:${await freePort()}/`, {
      connections: 1000,
    });
    await population.open();
    const { failed, unfinished, attempted } = population.counts;
    expect(failed).toBeGreaterThanOrEqual(100);
    expect(failed).toBeLessThan(300);
    expect([attempted, unfinished]).toEqual([1000, 1000 - failed]);
  });

  it("ask once for a name that does not resolve", async () => {
    const { population } = populationTo("ws://nosuch.invalid/", { connections: 1000 });
    await population.open();
    expect(population.counts).toMatchObject({ failed: 1, unfinished: 999 });
  });

  it("are left unfinished where opening is ended", async () => {
    const server = await rawServer(async (peer) => {
      if (server.peers.length <= 3) await peer.accept();
    });
    const { population } = populationTo(server.url(), { connections: 200 });
    const done = population.open();
    await server.peer(50);
    population.stop();
    await done;
    expect(population.counts).toMatchObject({ attempted: 200, opened: 3, unfinished: 197 });
  });

  it("keep to a rate, and wait for no turn once opening is ended", async () => {
    const { url } = await echoServer();
    const { population } = populationTo(url, { connections: 5, connectPerSecond: 100 });
    const began = performance.now();
    await population.open();
    expect(performance.now() - began).toBeGreaterThanOrEqual(35);
    const slow = populationTo(url, { connections: 50, connectPerSecond: 0.01 });
    const done = slow.population.open();
    await eventually(() => slow.population.users.length === 1);
    slow.population.stop();
    await done;
    expect(slow.population.counts).toMatchObject({ attempted: 50, opened: 1, unfinished: 49 });
  });
});

describe("a socket that ends", () => {
  it("is broken where the peer ended it, at once too", async () => {
    const { url } = await wsServer((socket) => socket.close(1001));
    const { population, broke } = populationTo(url);
    await population.open();
    await eventually(() => population.counts.broken === 4);
    expect(population.counts).toMatchObject({ opened: 4, open: 0, closed: 0 });
    expect([broke, population.users]).toEqual([[true, true, true, true], []]);
    expect(population.mayGrow).toBe(false);
  });

  it("comes back with its number, later each time", async () => {
    let refuse = false;
    const server = await rawServer((peer) => (refuse ? peer.socket.destroy() : peer.accept()));
    const reconnect = { delayMs: 5, maxDelayMs: 20 };
    const { population, opened } = populationTo(server.url(), { connections: 2, reconnect });
    await population.open();
    refuse = true;
    server.peers[0]!.socket.destroy();
    await eventually(() => population.counts.failed >= 3);
    expect([population.users.length, population.mayGrow]).toEqual([1, true]);
    refuse = false;
    await eventually(() => population.users.length === 2);
    expect(new Set(opened)).toEqual(new Set([100, 101]));
    expect(population.counts).toMatchObject({ opened: 3, broken: 1, open: 2 });
  });

  it("does not come back when the run is over", async () => {
    const { url, clients } = await wsServer();
    const { population } = populationTo(url, { reconnect: { delayMs: 1, maxDelayMs: 1 } });
    await population.open();
    population.stop();
    for (const client of clients) client.terminate();
    await eventually(() => population.counts.broken === 4);
    expect(population.mayGrow).toBe(false);
    expect(population.counts.attempted).toBe(4);
  });
});

describe("churn", () => {
  it("replaces the oldest sockets, which keep their numbers", async () => {
    const { url } = await wsServer();
    const { population, opened, broke } = populationTo(url, { churnPerSecond: 200 });
    await population.open();
    population.start(performance.now());
    await eventually(() => population.counts.closed >= 8);
    population.stop();
    await eventually(() => population.counts.open === population.users.length);
    expect(new Set(opened)).toEqual(new Set([100, 101, 102, 103]));
    expect(population.peak).toBeLessThanOrEqual(4);
    expect(broke).not.toContain(true);
    expect(population.counts.broken).toBe(0);
  });

  it("of the only socket is no end", async () => {
    const { url } = await wsServer();
    const { population } = populationTo(url, { connections: 1, churnPerSecond: 100 });
    await population.open();
    population.start(performance.now());
    await eventually(() => {
      expect(population.users.length > 0 || population.mayGrow).toBe(true);
      return population.counts.closed >= 5;
    });
  });
});

describe("stages", () => {
  it.each([
    [0, 0],
    [500, 50],
    [1000, 100],
    [1500, 100],
    [2500, 60],
    [3000, 20],
    [9000, 20],
  ])("ask after %i ms for %i sockets", (elapsedMs, expected) => {
    const stages = [
      { durationMs: 1000, connections: 100 },
      { durationMs: 1000, connections: 100 },
      { durationMs: 0, connections: 100 },
      { durationMs: 1000, connections: 20 },
    ];
    expect(Population.level(stages, elapsedMs)).toBeCloseTo(expected);
  });

  it("are followed up and down", async () => {
    const { url } = await wsServer();
    const stages = [
      { durationMs: 1, connections: 150 },
      { durationMs: 1500, connections: 150 },
      { durationMs: 100, connections: 20 },
      { durationMs: 60_000, connections: 20 },
    ];
    const { population, opened } = populationTo(url, { connections: 150, stages });
    await population.open();
    expect(population.counts).toMatchObject({ attempted: 0, open: 0 });
    expect(population.mayGrow).toBe(true);
    population.start(performance.now());
    await eventually(() => population.peak === 150);
    await eventually(() => population.users.length === 20 && population.counts.open === 20);
    expect(population.counts.closed).toBe(population.counts.opened - 20);
    expect(new Set(opened).size).toBe(150);
  });

  it("bring up again what ended, a little later", async () => {
    let asked = 0;
    const { url } = await wsServer((socket) => {
      asked += 1;
      if (asked <= 2) socket.terminate();
    });
    const stages = [{ durationMs: 1, connections: 2 }];
    const { population } = populationTo(url, { connections: 2, stages });
    population.start(performance.now());
    await eventually(() => population.counts.broken === 2);
    expect([population.mayGrow, asked]).toEqual([true, 2]);
    await eventually(() => population.users.length === 2);
    expect(asked).toBe(4);
  });

  it("are given up where there is no hope", async () => {
    const stages = [{ durationMs: 1, connections: 50 }];
    const { population } = populationTo("ws://nosuch.invalid/", { connections: 50, stages });
    population.start(performance.now());
    await eventually(() => !population.mayGrow);
    expect(population.counts.failed).toBeGreaterThan(0);
    expect(population.counts.attempted).toBeLessThanOrEqual(50);
  });
});

it("has senders of its own where not all sockets send", async () => {
  const { url, clients } = await wsServer();
  expect(populationTo(url).population.senders).toEqual([]);
  const { population } = populationTo(url, {}, (socket) => socket < 102);
  await population.open();
  const numbers = population.senders.map((user) => (user as TestUser).socket);
  expect(new Set(numbers)).toEqual(new Set([100, 101]));
  for (const client of clients) client.terminate();
  await eventually(() => population.users.length === 0);
  expect(population.senders).toEqual([]);
});

it("deals to all of its sockets otherwise", async () => {
  const { population } = populationTo((await echoServer()).url);
  await population.open();
  expect(population.senders).toBe(population.users);
});
