import { describe, expect, it, onTestFinished } from "vitest";
import { Dialer } from "../../src/bench/dialer.ts";
import { Load } from "../../src/bench/load.ts";
import { Storm } from "../../src/bench/storm.ts";
import { systemClock, systemRandom } from "../../src/io.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { echoServer } from "../helpers/bench.ts";
import { eventually, freePort, rawServer } from "../helpers/transport.ts";

function stormTo(url: string, model: "closed" | "open", connections = 3) {
  const abort = new AbortController();
  const state = { drained: false, failed: 0 };
  const onDrained = (): void => {
    state.drained = true;
  };
  const load = new Load(model, { onDrained }, () => performance.now());
  const options = {
    target: parseTarget(url),
    clock: systemClock,
    random: systemRandom,
    signal: abort.signal,
    connectTimeoutMs: 5000,
    handshakeTimeoutMs: 5000,
    closeTimeoutMs: 200,
  };
  const sockets: number[] = [];
  const dialer = new Dialer(
    (socket) => {
      sockets.push(socket);
      return options;
    },
    load.recordings,
    abort,
  );
  const plan = { connections, firstSocket: 10 };
  const onFailed = (): void => void (state.failed += 1);
  const storm = new Storm({ plan, dialer, load, model, onFailed });
  onTestFinished(() => storm.end());
  return { storm, load, dialer, state, sockets };
}

function expectSums({ storm, load }: Pick<ReturnType<typeof stormTo>, "storm" | "load">) {
  const { attempted, opened, failed, unfinished, open, closed, broken } = storm.counts;
  expect(attempted).toBe(opened + failed + unfinished);
  expect(opened).toBe(open + closed + broken);
  const { planned, sent, unsent, answered, lost } = load.ledger;
  expect(planned).toBe(sent + unsent);
  expect(sent).toBe(answered + lost + storm.inFlight);
}

describe("in the closed model", () => {
  it("each place opens the next socket when the one before is gone", async () => {
    const { storm, load, state, sockets } = stormTo((await echoServer()).url, "closed");
    await storm.open();
    expect(storm.counts.attempted).toBe(0);
    load.openWindow(20);
    storm.start(load.now());
    expect(storm.inFlight).toBe(3);
    await eventually(() => state.drained);
    expect(load.ledger).toMatchObject({ planned: 20, sent: 20, answered: 20 });
    expect(storm.counts).toMatchObject({ attempted: 20, opened: 20, closed: 20, open: 0 });
    expect(load.recordings.of("latency").total).toBe(20);
    expect(sockets).toEqual(Array.from({ length: 20 }, (_, i) => 10 + i));
    expect(storm.peak).toBeGreaterThan(0);
    expect(storm.peak).toBeLessThanOrEqual(3);
    expectSums({ storm, load });
  });

  it("what is refused is lost, and the next is tried until there is no hope", async () => {
    const url = `ws://127.0.0.1:${await freePort()}/`;
    const { storm, load, state } = stormTo(url, "closed");
    load.openWindow();
    storm.start(load.now());
    await eventually(() => !storm.mayGrow);
    expect(storm.counts.failed).toBeGreaterThanOrEqual(100);
    expect(storm.counts.failed).toBeLessThan(110);
    expect(state.failed).toBe(storm.counts.failed);
    expectSums({ storm, load });
  });
});

describe("in the open model", () => {
  it("what finds no place waits, and never begins where it ends before", async () => {
    const server = await rawServer();
    const { storm, load, state } = stormTo(server.url(), "open", 2);
    load.openWindow();
    storm.start(load.now());
    expect(storm.senders).toEqual([storm]);
    for (let i = 0; i < 5; i++) storm.plan(load.now());
    await server.peer(1);
    expect(storm.inFlight).toBe(2);
    load.stop();
    storm.stop();
    expect(load.ledger).toMatchObject({ planned: 5, sent: 2, unsent: 3 });
    expectSums({ storm, load });
    storm.end();
    await eventually(() => state.drained);
    expect(storm.counts).toMatchObject({ attempted: 2, unfinished: 2, opened: 0 });
    expect(state.failed).toBe(0);
    expectSums({ storm, load });
  });

  it("what waited begins when a place is free, and counts from when it was due", async () => {
    const { storm, load, state } = stormTo((await echoServer()).url, "open", 1);
    load.openWindow();
    for (let i = 0; i < 8; i++) storm.plan(load.now());
    load.stop();
    await eventually(() => state.drained);
    expect(load.ledger).toMatchObject({ planned: 8, answered: 8 });
    expect(load.recordings.of("slip").total).toBe(8);
    expectSums({ storm, load });
  });
});

it("is not stopped by a peer that closes at once, or does not answer Close", async () => {
  const server = await rawServer(async (peer) => {
    await peer.accept();
    if (server.peers.length % 2 === 0) peer.socket.destroy();
  });
  const { storm, load, state } = stormTo(server.url(), "closed", 2);
  load.openWindow(6);
  storm.start(load.now());
  await eventually(() => state.drained);
  const { opened, failed } = storm.counts;
  expect(opened + failed).toBe(6);
  expect(opened).toBeGreaterThan(0);
  expectSums({ storm, load });
  expect([storm.ended(), storm.users]).toEqual([false, []]);
});
