import { describe, expect, it, onTestFinished } from "vitest";
import { splitPlan } from "../../src/bench/plan.ts";
import { decodeHistogram } from "../../src/bench/recorder.ts";
import type { FromWorker } from "../../src/bench/worker-protocol.ts";
import { WorkerRun } from "../../src/bench/worker-run.ts";
import { systemClock, systemRandom } from "../../src/io.ts";
import { benchPlan, echoServer, type PlanOverrides } from "../helpers/bench.ts";
import { freePort, type RawPeer, rawServer } from "../helpers/transport.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

type Told<T extends FromWorker["type"]> = Extract<FromWorker, { type: T }>;

/** A run in this process, and what it tells. */
function startRun(overrides: PlanOverrides) {
  const told: FromWorker[] = [];
  const waiting = new Set<() => void>();
  const tell = (message: FromWorker): void => {
    // As it arrives in another process.
    told.push(JSON.parse(JSON.stringify(message)) as FromWorker);
    for (const check of waiting) check();
  };
  const [plan] = splitPlan(benchPlan(overrides));
  const run = new WorkerRun(plan!, tell, {
    clock: systemClock,
    random: systemRandom,
  });
  onTestFinished(() => run.stop());
  const until = <T extends FromWorker["type"]>(
    type: T,
    matches: (message: Told<T>) => boolean = () => true,
  ) =>
    new Promise<Told<T>>((resolve) => {
      const check = (): void => {
        const found = told.find((m): m is Told<T> => m.type === type && matches(m as Told<T>));
        if (found) resolve(found);
      };
      waiting.add(check);
      check();
    });
  return { run, told, until };
}

/** Connects, begins, and gives the result. */
async function finished(overrides: PlanOverrides): Promise<Told<"result">> {
  const { run, until } = startRun(overrides);
  await run.connect();
  run.go();
  return until("result");
}

const forever = { kind: "duration", durationMs: 60_000 } as const;

describe("a run of so many messages", () => {
  it.each([1, 3, 16])("sends exactly these, %i in flight on each socket", async (inFlight) => {
    const { url } = await echoServer();
    const load = { model: "closed", inFlight } as const;
    const result = await finished({ url, load, length: { kind: "messages", count: 501 } });
    expect(result).toMatchObject({
      ending: "completed",
      counts: {
        sockets: { attempted: 4, opened: 4, open: 4 },
        messages: { sent: 501, answered: 501, lost: 0, inFlight: 0, unexpected: 0 },
        traffic: { messagesOut: 501, messagesIn: 501, bytesOut: 501 * 26, bytesIn: 501 * 22 },
        refusals: [],
        breaks: [],
      },
    });
    expect(decodeHistogram(result.latencies).totalCount).toBe(501);
  });

  it("may be of fewer messages than sockets, or of none", async () => {
    const { url } = await echoServer();
    const few = await finished({ url, length: { kind: "messages", count: 2 } });
    expect(few.counts.messages).toMatchObject({ sent: 2, answered: 2 });
    const none = await finished({ url, length: { kind: "messages", count: 0 } });
    expect(none).toMatchObject({ ending: "completed", counts: { messages: { sent: 0 } } });
  });

  it("of large ones honours backpressure and loses nothing", async () => {
    const { url } = await echoServer();
    const result = await finished({
      url,
      message: { kind: "binary", length: 300_000 },
      load: { model: "closed", inFlight: 20 },
      length: { kind: "messages", count: 200 },
    });
    expect(result.counts.messages).toMatchObject({ sent: 200, answered: 200 });
  });

  it("does not count the warm-up", async () => {
    const { url } = await echoServer();
    const { counts } = await finished({ url, warmupMs: 100 });
    expect(counts.messages).toMatchObject({ sent: 100, answered: 100, inFlight: 0 });
  });

  it("ends when no reply comes any more", async () => {
    const server = await wsServer();
    const result = await finished({ url: server.url, drainMs: 600 });
    expect(result).toMatchObject({
      ending: "stalled",
      counts: { messages: { sent: 4, answered: 0, inFlight: 4 } },
    });
  });
});

describe("a run of some time", () => {
  it("measures for that long, and tells twice a second what there is", async () => {
    const { url } = await echoServer();
    const length = { kind: "duration", durationMs: 1200 } as const;
    const { run, told, until } = startRun({ url, length, warmupMs: 100 });
    await run.connect();
    run.go();
    const { counts, latencies, ending } = await until("result");
    expect(ending).toBe("completed");
    expect(counts.windowMs).toBeGreaterThanOrEqual(1190);
    expect(counts.windowMs).toBeLessThan(3000);
    const { sent, answered, lost, inFlight } = counts.messages;
    expect([answered > 0, lost, inFlight, sent]).toEqual([true, 0, 0, answered]);
    expect(decodeHistogram(latencies).totalCount).toBe(answered);
    const ticks = told.filter((message): message is Told<"tick"> => message.type === "tick");
    expect(ticks.map(({ phase }) => phase)).toContain("measuring");
    expect(counts.busy).toBeGreaterThan(0);
  });

  it("waits for the last replies, and leaves in flight what never comes", async () => {
    const sockets: { send: () => void }[] = [];
    const server = await wsServer((socket) => {
      socket.on("message", (data) => sockets.push({ send: () => socket.send(data) }));
    });
    const length = { kind: "duration", durationMs: 50 } as const;
    const { run, until } = startRun({ url: server.url, length, drainMs: 900 });
    await run.connect();
    run.go();
    await until("tick", ({ phase }) => phase === "draining");
    sockets[0]!.send();
    const { counts, latencies } = await until("result");
    expect(counts.messages).toMatchObject({ sent: 4, answered: 1, inFlight: 3 });
    expect(decodeHistogram(latencies).minNonZeroValue).toBeGreaterThan(50e6);
  });
});

describe("sockets that end", () => {
  it("before the run is over are told, with what was lost", async () => {
    let asked = 0;
    const { url } = await wsServer((socket) => {
      asked += 1;
      const number = asked;
      socket.on("message", (data) => {
        if (number === 1) socket.close(1013, "too much");
        else if (number === 2) socket.terminate();
        else socket.send(data);
      });
    });
    const { counts, ending } = await finished({ url });
    expect(ending).toBe("completed");
    expect(counts.messages).toMatchObject({ sent: 100, answered: 98, lost: 2, inFlight: 0 });
    expect(counts.sockets).toMatchObject({ opened: 4, open: 2 });
    expect(counts.breaks.map(({ code, count }) => [code, count])).toEqual([
      [expect.stringMatching(/closed|abnormal/), 1],
      [expect.stringMatching(/closed|abnormal/), 1],
    ]);
  });

  it.each([
    ["the last message of all", { kind: "messages", count: 1 } as const, 0, 1],
    ["what is waited for", { kind: "duration", durationMs: 50 } as const, 150, 2],
  ])("are told where they lose %s", async (_, length, afterMs, lost) => {
    const { url } = await wsServer((socket) => {
      socket.on("message", () => setTimeout(() => socket.terminate(), afterMs));
    });
    const { counts } = await finished({ url, length, connections: 2, drainMs: 5000 });
    expect(counts.messages).toMatchObject({ sent: lost, answered: 0, lost, inFlight: 0 });
    expect(counts.sockets.open).toBe(2 - lost);
    expect(counts.breaks).toEqual([expect.objectContaining({ code: "abnormal", count: lost })]);
  });

  it("all of them end the run", async () => {
    const { url } = await wsServer((socket) => socket.on("message", () => socket.terminate()));
    const { counts, ending } = await finished({ url, length: forever });
    expect(ending).toBe("disconnected");
    expect(counts.messages).toMatchObject({ sent: 4, answered: 0, lost: 4, inFlight: 0 });
    expect(counts.sockets.open).toBe(0);
  });

  it("before it begins leave nothing to begin with", async () => {
    const peers: RawPeer[] = [];
    const server = await rawServer(async (peer) => {
      await peer.accept();
      peers.push(peer);
    });
    const { run, until } = startRun({ url: server.url(), length: forever, connections: 2 });
    await run.connect();
    for (const { socket } of server.peers) socket.resetAndDestroy();
    await until("tick", ({ counts }) => counts.sockets.open === 0);
    run.go();
    expect(await until("result")).toMatchObject({
      ending: "disconnected",
      counts: { messages: { sent: 0 }, breaks: [{ code: "abnormal", count: 2 }] },
    });
  });

  it("break no rule unseen", async () => {
    const server = await rawServer(async (peer) => {
      await peer.accept();
      await peer.bytes(26);
      peer.send(Uint8Array.of(0x81, 0x80, 0, 0, 0, 0));
    });
    const { counts } = await finished({ url: server.url(), length: forever, connections: 1 });
    expect(counts.breaks).toEqual([
      { code: "protocol", message: expect.stringContaining("must not mask"), count: 1 },
    ]);
  });
});

describe("no socket", () => {
  it("ends the run before it begins", async () => {
    const url = `ws://127.0.0.1:${await freePort()}/`;
    expect(await finished({ url })).toMatchObject({
      ending: "disconnected",
      counts: {
        sockets: { attempted: 4, opened: 0, failed: 4, unfinished: 0, open: 0 },
        refusals: [{ code: "unreachable", count: 4 }],
      },
    });
  });
});

it("counts replies beyond what was asked", async () => {
  const { url } = await wsServer((socket) => {
    socket.on("message", (data) => {
      socket.send(data);
      socket.send("and more");
    });
  });
  const { counts } = await finished({
    url,
    connections: 1,
    length: { kind: "messages", count: 1 },
  });
  expect(counts.messages).toMatchObject({ sent: 1, answered: 1 });
});

describe("a run that is stopped", () => {
  it("while it connects has sockets that are unfinished", async () => {
    const server = await rawServer();
    const { run, until } = startRun({ url: server.url() });
    const connecting = run.connect();
    await server.peer();
    run.stop();
    await connecting;
    expect(await until("result")).toMatchObject({
      ending: "stopped",
      counts: { sockets: { attempted: 4, opened: 0, failed: 0, unfinished: 4 } },
    });
  });

  it.each(["ready", "warm-up", "measuring"] as const)("when it is %s tells that", async (phase) => {
    const { url } = await wsServer(echoBack);
    const warmupMs = phase === "warm-up" ? 60_000 : 0;
    const { run, until } = startRun({ url, length: forever, warmupMs });
    await run.connect();
    if (phase !== "ready") run.go();
    await until("tick", (tick) => tick.phase === phase);
    run.stop();
    const { ending, counts } = await until("result");
    expect(ending).toBe("stopped");
    const { sent, answered } = counts.messages;
    expect([sent === answered, sent > 0]).toEqual([true, phase === "measuring"]);
    expect(counts.windowMs > 0).toBe(phase === "measuring");
    run.go();
    run.stop();
  });
});

it("clears away what the handshakes left before the load begins", async () => {
  const { url } = await echoServer();
  const order: string[] = [];
  const [plan] = splitPlan(benchPlan({ url }));
  const run = new WorkerRun(plan!, ({ type }) => order.push(type), {
    clock: systemClock,
    random: systemRandom,
    collectGarbage: () => order.push("collected"),
  });
  await run.connect();
  run.stop();
  expect(order).toEqual(["collected", "connected", "result"]);
});
