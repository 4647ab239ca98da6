import { describe, expect, it } from "vitest";
import type { MessagePlan } from "../../src/bench/composer.ts";
import { benchPlan, echoServer, openModel, type PlanOverrides } from "../helpers/bench.ts";
import { freePort, type RawPeer, rawServer } from "../helpers/transport.ts";
import { discrepanciesOf, startRun, type Told } from "../helpers/worker-runs.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

/** Connects, begins, and gives the result, whose sums and those of all ticks before agree. */
async function finished(overrides: PlanOverrides) {
  const { run, until, told } = startRun(overrides);
  await run.connect();
  run.go();
  const { ending, tick } = await until("result");
  expect(discrepanciesOf(told, overrides)).toEqual([]);
  return { ending, counts: tick.counts, told };
}

const forever = { kind: "duration", durationMs: 60_000 } as const;
const briefly = (durationMs: number) => ({ kind: "duration", durationMs }) as const;
const messages = (count: number) => ({ kind: "messages", count }) as const;
const closedModel = (inFlight: number) => ({ model: "closed", inFlight, thinkMs: 0 }) as const;
const { message } = benchPlan();
const large = (size: number): MessagePlan => ({
  ...message,
  kind: "binary",
  contents: [{ weight: 1, content: { type: "letters", sizes: { kind: "fixed", size } } }],
});

describe("a run of so many messages", () => {
  it.each([
    [1, false],
    [3, false],
    [16, false],
    [16, true],
  ])("sends exactly these, %i in flight on each socket, verified: %s", async (inFlight, verify) => {
    const { url } = await echoServer();
    const load = closedModel(inFlight);
    const plan = { url, load, length: messages(501), message: { ...message, verify } };
    const result = await finished(plan);
    expect(result).toMatchObject({
      ending: "completed",
      counts: {
        sockets: { attempted: 4, opened: 4, open: 4 },
        messages: { planned: 501, sent: 501, answered: 501, inFlight: 0, unexpected: 0 },
        traffic: { messagesOut: 501, messagesIn: 501, bytesOut: 501 * 26, bytesIn: 501 * 22 },
        refusals: [],
        breaks: [],
      },
    });
  });

  it.each([0, 2])("may be of %i, fewer than there are sockets", async (count) => {
    const { url } = await echoServer();
    const { ending, counts } = await finished({ url, length: messages(count), warmupMs: 20 });
    expect([ending, counts.messages.sent, counts.messages.answered]).toEqual([
      "completed",
      count,
      count,
    ]);
  });

  it("of large ones honours backpressure and loses nothing", async () => {
    const { url } = await echoServer();
    const { counts } = await finished({
      url,
      message: large(300_000),
      load: closedModel(20),
      length: messages(100),
    });
    expect(counts.messages).toMatchObject({ sent: 100, answered: 100 });
    expect(counts.maxBufferedBytes).toBeGreaterThanOrEqual(0);
  });

  it.each([closedModel(2), openModel(2000)])("does not count the warm-up of %j", async (load) => {
    const { url } = await echoServer();
    const { counts } = await finished({ url, load, warmupMs: 100 });
    expect(counts.messages).toMatchObject({ planned: 100, sent: 100, answered: 100 });
  });

  it("ends when no reply comes any more", async () => {
    const server = await wsServer();
    const { ending, counts } = await finished({ url: server.url, drainMs: 400 });
    expect(ending).toBe("stalled");
    expect(counts.messages).toMatchObject({ sent: 4, answered: 0, inFlight: 4 });
  });

  it("goes on where nothing is waited for but the next moment", async () => {
    const { url } = await echoServer();
    const { ending, counts } = await finished({
      url,
      connections: 1,
      load: openModel(0.9),
      length: messages(2),
      drainMs: 400,
    });
    expect([ending, counts.messages.answered]).toEqual(["completed", 2]);
  });

  it("ends where the peer does not read, and what was not sent is told", async () => {
    const server = await rawServer(async (peer) => {
      await peer.accept();
      peer.socket.pause();
    });
    const { ending, counts } = await finished({
      url: server.url(),
      connections: 1,
      message: large(4_000_000),
      load: closedModel(8),
      drainMs: 400,
    });
    expect(ending).toBe("stalled");
    expect(counts.messages.unsent).toBeGreaterThan(0);
    expect(counts.maxBufferedBytes).toBeGreaterThan(1_000_000);
  });
});

describe("a run of some time", () => {
  it("measures for that long, and tells twice a second what there is", async () => {
    const { url } = await echoServer();
    const result = await finished({ url, length: briefly(600), warmupMs: 50 });
    const { windowMs, busy } = result.counts.self;
    expect(result.ending).toBe("completed");
    expect(windowMs).toBeGreaterThanOrEqual(550);
    expect(busy).toBeGreaterThan(0);
    expect(result.counts.messages.answered).toBeGreaterThan(0);
    const ticks = result.told.filter((m): m is Told<"tick"> => m.type === "tick");
    const phases = new Set(ticks.map(({ tick }) => tick.phase));
    expect([...phases]).toEqual(expect.arrayContaining(["warm-up", "measuring", "draining"]));
  });

  it("plans an open model to the message", async () => {
    const { url } = await echoServer();
    const { counts } = await finished({
      url,
      load: openModel(1000),
      length: briefly(150),
      warmupMs: 50,
    });
    expect(counts.messages).toMatchObject({ planned: 150, sent: 150, answered: 150 });
  });

  it("begins at the moment that was agreed on", async () => {
    const { url } = await echoServer();
    const { run, until } = startRun({ url, load: openModel(100), length: briefly(100) });
    await run.connect();
    const { tick } = await until("connected");
    run.go(tick.atMs + 200);
    const opened = await until("tick", ({ tick: { phase } }) => phase === "warm-up");
    expect(opened.tick.atMs).toBeGreaterThanOrEqual(tick.atMs + 200);
    await until("result");
  });

  it("waits for the last replies, and leaves in flight what never comes", async () => {
    const replies: (() => void)[] = [];
    const server = await wsServer((socket) => {
      socket.on("message", (data) => replies.push(() => socket.send(data)));
    });
    const { run, until } = startRun({ url: server.url, length: briefly(50), drainMs: 500 });
    await run.connect();
    run.go();
    await until("tick", ({ tick }) => tick.phase === "draining");
    replies[0]!();
    const { counts } = (await until("result")).tick;
    expect(counts.messages).toMatchObject({ sent: 4, answered: 1, inFlight: 3 });
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
    expect(counts.sockets).toMatchObject({ opened: 4, open: 2, broken: 2 });
    expect(counts.breaks.map(({ kind }) => kind).toSorted()).toEqual(["abnormal", "closed"]);
  });

  it.each([
    ["the last message of all", messages(1), 0, 1],
    ["what is waited for", briefly(50), 150, 2],
  ])("are told where they lose %s", async (_, length, afterMs, lost) => {
    const { url } = await wsServer((socket) => {
      socket.on("message", () => setTimeout(() => socket.terminate(), afterMs));
    });
    const { counts } = await finished({ url, length, connections: 2, drainMs: 5000 });
    expect(counts.messages).toMatchObject({ sent: lost, answered: 0, lost, inFlight: 0 });
    expect(counts.sockets.open).toBe(2 - lost);
    expect(counts.breaks).toEqual([expect.objectContaining({ code: "abnormal", count: lost })]);
  });

  it.each([closedModel(1), openModel(100)])("all of them end the run: %j", async (load) => {
    const { url } = await wsServer((socket) => socket.on("message", () => socket.terminate()));
    const { counts, ending } = await finished({ url, load, length: forever });
    expect(ending).toBe("disconnected");
    expect(counts.messages).toMatchObject({ answered: 0, inFlight: 0 });
    expect(counts.messages.lost).toBeGreaterThanOrEqual(4);
    expect(counts.sockets).toMatchObject({ open: 0, broken: 4 });
  });

  it("before it begins leave nothing to begin with", async () => {
    const server = await rawServer((peer: RawPeer) => peer.accept());
    const { run, until } = startRun({ url: server.url(), length: forever, connections: 2 });
    await run.connect();
    for (const { socket } of server.peers) socket.resetAndDestroy();
    await until("tick", ({ tick }) => tick.counts.sockets.open === 0);
    run.go();
    expect(await until("result")).toMatchObject({
      ending: "disconnected",
      tick: { counts: { messages: { sent: 0 }, breaks: [{ kind: "reset", count: 2 }] } },
    });
  });

  it("break no rule unseen", async () => {
    const server = await rawServer(async (peer) => {
      await peer.accept();
      await peer.bytes(26);
      peer.send(Uint8Array.of(0x81, 0x80, 0, 0, 0, 0));
      // The Close frame that says so.
      await peer.until((bytes) => bytes.length > 26);
      peer.socket.end();
    });
    const { counts } = await finished({ url: server.url(), length: forever, connections: 1 });
    expect(counts.breaks).toEqual([
      expect.objectContaining({ kind: "protocol", message: expect.stringContaining("not mask") }),
    ]);
  });
});

describe("sockets that come and go", () => {
  it("are replaced, the only one too, and the run goes on", async () => {
    const { url } = await wsServer(echoBack);
    const { ending, counts } = await finished({
      url,
      connections: 1,
      churnPerSecond: 50,
      length: briefly(500),
    });
    expect(ending).toBe("completed");
    expect(counts.sockets).toMatchObject({ broken: 0, failed: 0 });
    expect(counts.sockets.closed).toBeGreaterThan(3);
    expect(counts.peak).toBe(1);
  });

  it("follow stages, and each has its rate", async () => {
    const { url } = await wsServer(echoBack);
    const { ending, counts } = await finished({
      url,
      connections: 20,
      stages: [
        { durationMs: 1, connections: 20 },
        // Long enough for handshakes on a machine that has other work as well.
        { durationMs: 1500, connections: 20 },
        { durationMs: 200, connections: 0 },
      ],
      load: openModel(50, "socket"),
      length: briefly(1701),
    });
    expect([ending, counts.peak]).toEqual(["completed", 20]);
    expect(counts.sockets.closed).toBeGreaterThan(10);
    expect(counts.messages.answered).toBeGreaterThan(0);
  });

  it("come back where they are to", async () => {
    let asked = 0;
    const { url } = await wsServer((socket) => {
      asked += 1;
      if (asked <= 4) socket.on("message", () => socket.terminate());
      else echoBack(socket);
    });
    const { ending, counts } = await finished({
      url,
      reconnect: { delayMs: 10, maxDelayMs: 100 },
      length: messages(100),
    });
    expect(ending).toBe("completed");
    expect(counts.sockets).toMatchObject({ attempted: 8, opened: 8, broken: 4, open: 4 });
    expect(counts.messages).toMatchObject({ planned: 100, lost: 4, answered: 96 });
  });
});

describe("no socket", () => {
  it.each([closedModel(1), openModel(100)])("ends the run as it begins: %j", async (load) => {
    const url = `ws://127.0.0.1:${await freePort()}/`;
    expect(await finished({ url, load, length: forever })).toMatchObject({
      ending: "disconnected",
      counts: {
        sockets: { attempted: 4, opened: 0, failed: 4, unfinished: 0, open: 0 },
        refusals: [{ kind: "refused", count: 4 }],
      },
    });
  });

  it("is not waited for by stages whose name is hopeless", async () => {
    const stages = [{ durationMs: 60_000, connections: 100 }];
    const url = "ws://nosuch.invalid/";
    const { ending, counts } = await finished({ url, connections: 100, stages, length: forever });
    expect(ending).toBe("disconnected");
    expect(counts.refusals).toMatchObject([{ kind: "name-resolution" }]);
  });

  it("is not waited for by a storm whose name is hopeless", async () => {
    const url = "ws://nosuch.invalid/";
    const { ending, counts } = await finished({ url, measure: "connect", length: forever });
    expect(ending).toBe("disconnected");
    expect(counts.messages).toMatchObject({ answered: 0, inFlight: 0 });
  });
});

describe("a storm", () => {
  it.each([closedModel(1), openModel(200)])("counts handshakes as messages: %j", async (load) => {
    const { url } = await echoServer();
    const { counts } = await finished({ url, measure: "connect", load, length: messages(50) });
    expect(counts.messages).toMatchObject({ planned: 50, sent: 50, answered: 50 });
    expect(counts.sockets).toMatchObject({ attempted: 50, opened: 50, closed: 50, open: 0 });
    expect(counts.peak).toBeLessThanOrEqual(4);
  });

  it("goes on while some of its sockets are refused", async () => {
    let asked = 0;
    const server = await rawServer(async (peer) => {
      asked += 1;
      if (asked % 2 === 0) {
        await peer.accept();
        // The Close frame: each socket is closed as soon as it is open.
        await peer.bytes(6);
        return peer.socket.end();
      }
      await peer.head();
      return peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    const { counts } = await finished({
      url: server.url(),
      measure: "connect",
      length: messages(20),
      dial: { ...benchPlan({ url: server.url() }).dial, handshakeTimeoutMs: 5000 },
    });
    expect(counts.messages).toMatchObject({ planned: 20, answered: 10, lost: 10 });
    expect(counts.refusals).toMatchObject([{ kind: "http-status", count: 10 }]);
  });
});

describe("pings", () => {
  it("need no help of the server", async () => {
    const { url } = await wsServer();
    const { counts } = await finished({ url, measure: "ping", length: messages(40) });
    expect(counts.messages).toMatchObject({ planned: 40, answered: 40, unexpected: 0 });
  });

  it("hold sockets, and a peer that does not answer them has lost its heartbeat", async () => {
    let asked = 0;
    const server = await rawServer(async (peer) => {
      asked += 1;
      const mute = asked === 1;
      await peer.accept();
      // Pongs of 4 bytes each, in answer to pings of 10.
      if (mute) return;
      for (let i = 0; !peer.ended; i++) {
        const ping = await peer.bytes(10 * (i + 1));
        const [mask, body] = [ping.subarray(-8, -4), ping.subarray(-4)];
        peer.send(Uint8Array.of(0x8a, 4, ...body.map((octet, at) => octet ^ (mask[at] ?? 0))));
      }
    });
    const { ending, counts } = await finished({
      url: server.url(),
      measure: "hold",
      connections: 2,
      load: openModel(10, "socket"),
      length: briefly(700),
    });
    expect(ending).toBe("completed");
    expect(counts.breaks).toMatchObject([{ kind: "heartbeat", code: "heartbeat", count: 1 }]);
    expect(counts.sockets).toMatchObject({ open: 1, broken: 1 });
    expect(counts.messages.lost).toBe(1);
  });
});

describe("what the server sends by itself", () => {
  it("counts within the window, which ends it at once", async () => {
    const { url } = await wsServer((socket) => {
      let seq = 0;
      const timer = setInterval(() => socket.send(`{"seq":${(seq += 1)}}`), 10);
      socket.on("close", () => clearInterval(timer));
    });
    const { ending, counts } = await finished({
      url,
      measure: "push",
      length: briefly(400),
      drainMs: 60_000,
    });
    expect(ending).toBe("completed");
    expect(counts.stream).toMatchObject({ missing: 0, duplicated: 0 });
    expect(counts.stream?.received).toBeGreaterThan(20);
  });

  it("may be waited for until there is so much", async () => {
    const { url } = await wsServer((socket) => {
      for (let seq = 0; seq < 3; seq++) setTimeout(() => socket.send(`{"seq":${seq}}`), 300);
    });
    const { ending, counts } = await finished({
      url,
      measure: "push",
      length: messages(12),
      drainMs: 5000,
    });
    expect([ending, counts.stream?.received]).toEqual(["completed", 12]);
  });

  it("is not waited for for ever", async () => {
    const { url } = await wsServer();
    const plan = { url, measure: "push", length: messages(1), drainMs: 300 } as const;
    expect((await finished(plan)).ending).toBe("stalled");
  });
});

describe("publications", () => {
  const published: MessagePlan = { ...message, published: "{{stamp}}" };

  it("reach all sockets, and what is late is waited for", async () => {
    const { url, clients } = await wsServer((socket) => {
      socket.on("message", (data: Buffer) => {
        const relay = (): void => clients.forEach((client) => client.send(data.toString()));
        setTimeout(relay, 200);
      });
    });
    const length = briefly(300);
    const { run, until, told } = startRun({
      url,
      measure: "fanout",
      message: published,
      load: openModel(50),
      length,
      drainMs: 5000,
    });
    await run.connect();
    run.go();
    const { tick } = await until("result");
    const { stream, messages: sums, ownDeliveries } = tick.counts;
    expect(sums).toMatchObject({ planned: 15, sent: 15, answered: 15 });
    expect(stream).toMatchObject({ received: 60, duplicated: 0, missing: 0 });
    expect(ownDeliveries).toBe(15);
    const plan = { measure: "fanout" } as const;
    expect(discrepanciesOf(told, plan)).toEqual([]);
  });

  it("that never come are waited for so long at most", async () => {
    const { url } = await wsServer();
    const { counts } = await finished({
      url,
      measure: "fanout",
      message: published,
      load: openModel(50),
      length: briefly(100),
      drainMs: 200,
    });
    expect(counts.messages).toMatchObject({ planned: 5, sent: 5, answered: 5 });
    expect(counts.stream?.received).toBe(0);
  });

  it("have nobody to send them where the publisher did not open or went", async () => {
    let asked = 0;
    const server = await rawServer(async (peer) => {
      asked += 1;
      await (asked === 1 ? peer.socket.destroy() : peer.accept());
    });
    const { counts } = await finished({
      url: server.url(),
      measure: "fanout",
      message: published,
      load: openModel(50),
      length: briefly(200),
      drainMs: 100,
    });
    expect(counts.sockets).toMatchObject({ failed: 1, open: 3 });
    expect(counts.messages).toMatchObject({ planned: 10, sent: 0, unsent: 10 });
  });
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
      tick: { counts: { sockets: { attempted: 4, opened: 0, failed: 0, unfinished: 4 } } },
    });
  });

  it.each([
    ["before it has begun to", undefined],
    ["while it waits for its turn to", 0.01],
  ])("%s connect tells that at once", async (_, connectPerSecond) => {
    const { url } = await echoServer();
    const { run, until } = startRun({ url, connectPerSecond });
    const connecting = run.connect();
    if (connectPerSecond) {
      await until("tick", ({ tick }) => tick.counts.sockets.opened === 1);
    }
    run.stop();
    await connecting;
    const opened = connectPerSecond ? 1 : 0;
    expect((await until("result")).tick.counts.sockets).toMatchObject({
      attempted: 4,
      opened,
      unfinished: 4 - opened,
    });
  });

  it.each(["ready", "warm-up", "measuring"] as const)("when it is %s tells that", async (phase) => {
    const { url } = await wsServer(echoBack);
    const warmupMs = phase === "warm-up" ? 60_000 : 0;
    const { run, until, told } = startRun({ url, length: forever, warmupMs });
    await run.connect();
    if (phase !== "ready") run.go();
    await until("tick", ({ tick }) => tick.phase === phase);
    run.stop();
    const { ending, tick } = await until("result");
    expect(ending).toBe("stopped");
    const { sent, answered } = tick.counts.messages;
    expect([sent === answered, sent > 0]).toEqual([true, phase === "measuring"]);
    expect(tick.counts.self.windowMs > 0).toBe(phase === "measuring");
    expect(discrepanciesOf(told, {})).toEqual([]);
    run.go();
    run.stop();
    expect(told.at(-1)?.type).toBe("result");
  });
});

it("counts replies beyond what was asked", async () => {
  const { url } = await wsServer((socket) => {
    socket.on("message", (data) => {
      socket.send(data);
      socket.send("and more");
    });
  });
  const { counts } = await finished({ url, connections: 1, length: messages(1) });
  expect(counts.messages).toMatchObject({ sent: 1, answered: 1 });
});

it("says why a plan cannot be run", async () => {
  const { run, told } = startRun({
    dial: { ...benchPlan().dial, template: { url: "ws://127.0.0.1/{{nosuch}}", headers: [] } },
  });
  await run.connect();
  run.go();
  expect(told).toEqual([
    expect.objectContaining({ type: "unfit", message: expect.stringContaining("nosuch") }),
  ]);
});

it("clears away what the handshakes left before the load begins, and looks at its memory without", async () => {
  const { url } = await echoServer();
  const order: string[] = [];
  const { run, until, told } = startRun(
    { url, length: messages(0) },
    { collectGarbage: () => order.push(`after ${told.length}`) },
  );
  await run.connect();
  run.go();
  const { tick } = await until("result");
  expect(order.slice(0, 2)).toEqual(["after 0", "after 0"]);
  expect(order).toHaveLength(3);
  expect(Number.isSafeInteger(tick.counts.grownBytes)).toBe(true);
});

it("counts as time to connect none in which memory is cleared away", async () => {
  const { url } = await echoServer();
  const moments: number[] = [];
  const collectGarbage = (): void => {
    moments.push(performance.now());
    while (performance.now() < moments.at(-1)! + 20);
    moments.push(performance.now());
  };
  const { run, until } = startRun({ url }, { collectGarbage });
  await run.connect();
  const { connectMs } = await until("connected");
  expect(connectMs).toBeLessThanOrEqual(moments[2]! - moments[1]!);
});

it("plans all that a rate is due in the window, to the last message", async () => {
  const { url } = await echoServer();
  const length = { kind: "duration", durationMs: 100 } as const;
  const { counts } = await finished({ url, load: openModel(20_000), length });
  expect(counts.messages.planned).toBe(2000);
});
