import { once } from "node:events";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { WebSocket } from "ws";
import { FramecatError } from "../../src/errors.ts";
import { systemClock } from "../../src/io.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import { Connection } from "../../src/transport/connection.ts";
import { dial } from "../../src/transport/dial.ts";
import type { Event } from "../../src/transport/events.ts";
import { type Link, type LinkOptions, openLink } from "../../src/transport/link.ts";
import { RECONNECT_DEFAULTS, type ReconnectPolicy } from "../../src/transport/reconnect-policy.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { filler, utf8 } from "../helpers/bytes.ts";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { parse } from "../helpers/frames.ts";
import {
  connectionOptions,
  EventLog,
  eventually,
  expectFailure,
  random,
  type RawPeer,
  rawServer,
  socketPair,
} from "../helpers/transport.ts";
import { collect, echoBack, wsServer } from "../helpers/ws-peers.ts";

/** Tries at once, so that tests need not wait. */
const AT_ONCE: ReconnectPolicy = {
  ...RECONNECT_DEFAULTS,
  firstDelayMs: 0,
  factor: 1,
  jitter: 0,
};

type Options = Partial<LinkOptions> & { readonly url?: string };

/** A link with everything logged; it is terminated when the test ends. */
async function linkTo(options: Options): Promise<{ link: Link; log: EventLog }> {
  const log = new EventLog();
  const link = await openLink(linkOptions(log, options));
  onTestFinished(() => link.terminate());
  return { link, log };
}

function linkOptions(log: EventLog, { url = "", ...options }: Options): LinkOptions {
  return {
    dial: (id, onEvent, signal) =>
      dial({
        id,
        onEvent,
        signal,
        target: parseTarget(url),
        clock: systemClock,
        random,
        frames: true,
        connectTimeoutMs: 5000,
        handshakeTimeoutMs: 5000,
      }),
    clock: systemClock,
    random,
    onEvent: log.listener,
    ...options,
  };
}

/** A server that keeps what each of its connections has got. */
async function keeper(onSocket: (socket: WebSocket, nth: number) => void = () => undefined) {
  const connections: ReturnType<typeof collect>[] = [];
  const sockets: WebSocket[] = [];
  const { url } = await wsServer((socket) => {
    sockets.push(socket);
    connections.push(collect(socket));
    onSocket(socket, sockets.length);
  });
  const texts = (nth: number) => connections[nth - 1]!.messages.map(({ data }) => data.toString());
  const until = async (nth: number, count: number) => {
    await eventually(() => connections.length >= nth);
    await connections[nth - 1]!.until(count);
  };
  return { url, sockets, texts, until };
}

/** The types of what happened to connections, with their ids. */
function story(events: readonly Event[]): string[] {
  return events.flatMap((event) => {
    if (event.type === "reconnect") return [`${event.conn} reconnect ${event.attempt}`];
    if (event.type === "reconnected") return [`${event.conn} reconnected`];
    if (event.type === "state") return [`${event.conn} ${event.state}`];
    if (event.type === "message") return [`${event.conn} ${event.dir} ${String(event.data)}`];
    return event.type === "close" ? [`${event.conn} close ${event.code}`] : [];
  });
}

afterEach(() => vi.useRealTimers());

describe("with one connection", () => {
  it("is a connection to who uses it", async () => {
    const { url } = await wsServer(echoBack);
    const { link, log } = await linkTo({ url, first: [{ data: "first", binary: false }] });
    expect([link.state, link.canSend, link.subprotocol, link.failure]).toEqual([
      "OPEN",
      true,
      undefined,
      undefined,
    ]);
    await link.send("second");
    await link.send(Uint8Array.of(1), { binary: true });
    await log.count("message", 3, "in");
    expect(log.texts("in").slice(0, 2)).toEqual(["first", "second"]);
    await link.ping(utf8("?"));
    const { rttMs } = await log.until("pong", ({ dir }) => dir === "in");
    expect(link.rttMs).toBe(rttMs);
    await eventually(() => link.bufferedAmount === 0);
    expect(link.traffic).toMatchObject({
      in: { messages: 3, payloadBytes: 12 },
      out: { messages: 3, payloadBytes: 12 },
    });
    expect(link.bytesReceived).toBe(12 + 3 * 2);
    const close = await link.close(4000, "done");
    expect(close).toMatchObject({ code: 4000, initiator: "local", clean: true });
    expect(await link.closed).toBe(close);
    expect([link.state, link.canSend, link.failure]).toEqual(["CLOSED", false, undefined]);
    await expectFailure(link.send("late"), "abnormal", /not open/);
    await expectFailure(link.ping(), "abnormal", /not open/);
    await expectFailure(link.reconnect(), "abnormal", /not open/);
  });

  it("ends with it, where there is no policy", async () => {
    const { url, sockets } = await keeper();
    const { link, log } = await linkTo({ url });
    sockets[0]!.close(1001);
    expect(await link.closed).toMatchObject({ code: 1001, initiator: "peer" });
    expect([link.failure, log.of("reconnect")]).toEqual([undefined, []]);
  });

  it("fails as the first dial fails, where there is no policy", async () => {
    const { url } = await wsServer(undefined, {
      verifyClient: (_: unknown, answer: (ok: boolean, code: number) => void) => answer(false, 503),
    });
    await expectFailure(linkTo({ url }), "refused", /503/);
  });

  it("refuses to close as no Close frame can say, and stays", async () => {
    const { url } = await wsServer();
    const { link } = await linkTo({ url });
    expect(() => void link.close(1006)).toThrow(RangeError);
    expect(link.state).toBe("OPEN");
  });

  it("sends bytes as they are", async () => {
    const server = await rawServer((peer) => peer.accept());
    const { link } = await linkTo({ url: server.url() });
    const peer = await server.peer();
    await link.sendRaw(Uint8Array.of(0xff, 0x00, 0x7f));
    await link.pong();
    const received = await peer.until((bytes) => bytes.includes("ff007f8a", 0, "hex"));
    expect(received.subarray(0, 3).toString("hex")).toBe("ff007f");
  });

  it("says how much was never sent", async () => {
    const server = await rawServer(async (peer) => {
      await peer.accept();
      peer.socket.pause();
    });
    const { link, log } = await linkTo({ url: server.url() });
    for (let i = 0; i < 3; i++) void link.send(Buffer.alloc(16 * 1024 * 1024), { binary: true });
    link.terminate();
    expect(await link.closed).toMatchObject({ code: 1006, initiator: "local" });
    expect(log.of("note").map(({ message }) => message)).toEqual(["3 messages were never sent"]);
    expect(log.events.at(-1)?.type).toBe("note");
  });
});

describe("after a loss", () => {
  it("dials again, and tells the gap", async () => {
    const { url, sockets, texts, until } = await keeper();
    const first = [{ data: "hello", binary: false }];
    const { link, log } = await linkTo({ url, first, reconnect: AT_ONCE });
    await until(1, 1);
    sockets[0]!.terminate();
    await until(2, 1);
    await link.send("again");
    await until(2, 2);
    expect(texts(2)).toEqual(["hello", "again"]);
    expect(story(log.events)).toEqual([
      "1 CONNECTING",
      "1 OPEN",
      "1 out hello",
      "1 CLOSING",
      "1 CLOSED",
      "1 close 1006",
      "1 reconnect 1",
      "2 CONNECTING",
      "2 OPEN",
      "2 reconnected",
      "2 out hello",
      "2 out again",
    ]);
    const reason = expect.stringMatching(/ECONNRESET|1006/) as string;
    expect(log.of("reconnect")[0]).toMatchObject({ tries: 10, delayMs: 0, reason });
    const [gap] = log.of("reconnected");
    expect(gap).toMatchObject({ lost: "1", attempt: 1, queued: 0 });
    expect(gap!.offlineMs).toBeGreaterThan(0);
    expect(link.traffic.out.messages).toBe(3);
  });

  it("sends what waited after the first messages, in order, and then what is new", async () => {
    const { url, sockets, texts, until } = await keeper();
    const first = ["x1", "x2"].map((data) => ({ data, binary: false }));
    const { link, log } = await linkTo({ url, first, reconnect: AT_ONCE });
    await until(1, 2);
    sockets[0]!.terminate();
    await log.until("reconnect");
    expect([link.state, link.canSend]).toEqual(["CONNECTING", true]);
    const waited = Array.from({ length: 20 }, (_, i) => `w${i}`);
    for (const text of waited) void link.send(text);
    expect([link.queued, link.bufferedAmount]).toEqual([20, 50]);
    await expectFailure(link.ping(), "abnormal", /not open/);
    await expectFailure(link.sendRaw(utf8("x")), "abnormal", /not open/);
    const { queued } = await log.until("reconnected");
    void link.send("new");
    await until(2, 23);
    expect(texts(2)).toEqual(["x1", "x2", ...waited, "new"]);
    expect([queued, link.queued]).toEqual([20, 0]);
  });

  it("sends again what the kernel had not taken, before what waited", async () => {
    const peers: RawPeer[] = [];
    const { link, log } = await linkTo({
      reconnect: AT_ONCE,
      dial: async (id, onEvent) => {
        const { here, there } = await socketPair();
        if (peers.push(there) === 1) there.socket.pause();
        const options = connectionOptions(new EventLog(), { id, onEvent, frames: false });
        const connection = new Connection(here, options);
        setImmediate(() => connection.start());
        return connection;
      },
    });
    const big = Buffer.alloc(16 * 1024 * 1024, "a");
    const told: [string, boolean][] = [];
    const send = (name: string, data: Buffer) =>
      void link.send(data, { binary: true, sent: (ok) => told.push([name, ok]) });
    send("small", Buffer.from("taken by the kernel"));
    send("big", big);
    send("next", Buffer.from("behind it"));
    await eventually(() => told.length === 1);
    peers[0]!.socket.resetAndDestroy();
    await log.until("reconnect");
    send("waited", Buffer.from("while offline"));
    await eventually(() => told.length === 4);
    expect(told).toEqual([
      ["small", true],
      ["big", true],
      ["next", true],
      ["waited", true],
    ]);
    await peers[1]!.bytes(big.length + 14 + 15 + 19);
    const { frames } = parse([peers[1]!.received]);
    expect(frames.map(({ header }) => header.length)).toEqual([big.length, 9, 13]);
  });

  it("cuts a message of which a part has left, once", async () => {
    const { url, sockets, texts, until } = await keeper();
    const { link, log } = await linkTo({ url, reconnect: AT_ONCE });
    await link.send("begun ", { fin: false, sent: () => sockets[0]!.terminate() });
    const { message } = await log.until("note");
    expect(message).toMatch(/cut by the loss/);
    await expectFailure(link.send("and ended"), "abnormal", /lost within this message/);
    await link.send("whole");
    await until(2, 1);
    expect(texts(2)).toEqual(["whole"]);
  });

  it("sends a message whose fragments all waited", async () => {
    const { url, sockets, texts, until } = await keeper();
    const { link, log } = await linkTo({ url, reconnect: AT_ONCE });
    sockets[0]!.terminate();
    await log.until("reconnect");
    void link.send("one ", { fin: false });
    void link.send("two ", { fin: false });
    await log.until("reconnected");
    await link.send("three");
    await until(2, 1);
    expect(texts(2)).toEqual(["one two three"]);
  });

  it("holds the peer back on each connection", async () => {
    const { url, sockets } = await keeper((socket, nth) => socket.send(`greeting ${nth}`));
    const { link, log } = await linkTo({ url, reconnect: AT_ONCE });
    await log.count("message", 1, "in");
    const release = link.hold();
    sockets[0]!.terminate();
    await link.reconnect().catch(() => undefined);
    await log.until("reconnected");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log.texts("in")).toEqual(["greeting 1"]);
    release();
    await log.count("message", 2, "in");
    expect(log.texts("in")).toEqual(["greeting 1", "greeting 2"]);
  });

  it("gives up when all tries in a row were for nothing", async () => {
    const { url } = await keeper((socket) => socket.close(1011, "no good"));
    const { link, log } = await linkTo({
      url,
      reconnect: { ...AT_ONCE, tries: 3, firstDelayMs: 1 },
    });
    const close = await link.closed;
    expect(close).toMatchObject({ conn: "4", code: 1011 });
    expect([link.failure?.code, link.failure?.message]).toEqual([
      "gave-up",
      'gave up after 3 tries: closed with 1011 Internal Error "no good"',
    ]);
    expect(log.of("reconnect").map(({ attempt, conn }) => [attempt, conn])).toEqual([
      [1, "1"],
      [2, "2"],
      [3, "3"],
    ]);
    expect([link.state, link.canSend]).toEqual(["CLOSED", false]);
  });

  it("does not come back after a close for the peer's policy, unless always", async () => {
    const { url } = await keeper((socket, nth) => nth < 3 && socket.close(1008));
    const { link } = await linkTo({ url, reconnect: AT_ONCE });
    expect(await link.closed).toMatchObject({ conn: "1", code: 1008 });
    expect(link.failure).toBeUndefined();
    const stubborn = await linkTo({ url, reconnect: { ...AT_ONCE, always: true } });
    await stubborn.log.until("reconnected");
  });

  it("ends with the refusal, where the server does not want it back", async () => {
    let refuse = false;
    const { url, clients } = await wsServer(undefined, {
      verifyClient: (_: unknown, answer: (ok: boolean, code: number) => void) =>
        answer(!refuse, 403),
    });
    const { link } = await linkTo({ url, reconnect: AT_ONCE });
    refuse = true;
    for (const client of clients) client.close(1012);
    expect(await link.closed).toMatchObject({ code: 1012 });
    expect([link.failure?.code, link.failure?.exitCode]).toEqual(["refused", 14]);
  });
});

describe("the first connection", () => {
  /** Fails so many times, then opens. */
  function flaky(failures: number, url: string, log: EventLog, failure = unreachable): LinkOptions {
    const options = linkOptions(log, { url, reconnect: AT_ONCE });
    let dials = 0;
    return {
      ...options,
      dial: (...args) => (++dials > failures ? options.dial(...args) : Promise.reject(failure())),
    };
  }
  const unreachable = () => new FramecatError("unreachable", "nobody there");

  it("is tried again, too", async () => {
    const { url } = await wsServer();
    const log = new EventLog();
    const link = await openLink(flaky(2, url, log));
    onTestFinished(() => link.terminate());
    expect(log.of("reconnect").map(({ conn, reason }) => [conn, reason])).toEqual([
      ["1", "nobody there"],
      ["2", "nobody there"],
    ]);
    // There was none before it, so there is no gap.
    expect([log.of("state").at(-1)?.conn, log.of("reconnected")]).toEqual(["3", []]);
  });

  it("is not, where that is not wanted", async () => {
    const log = new EventLog();
    const options = flaky(1, "ws://127.0.0.1:1/", log);
    const reconnect = { ...AT_ONCE, firstToo: false };
    await expectFailure(openLink({ ...options, reconnect }), "unreachable", /nobody there/);
    expect(log.events).toEqual([]);
  });

  it("is given up", async () => {
    const options = flaky(99, "ws://127.0.0.1:1/", new EventLog());
    const failure = await expectFailure(
      openLink(options),
      "gave-up",
      /after 10 tries: nobody there/,
    );
    expect(failure.exitCode).toBe(24);
  });

  it.each(["usage", "tls", "bad-handshake"] as const)("fails at once with %s", async (code) => {
    const log = new EventLog();
    const options = flaky(1, "ws://127.0.0.1:1/", log, () => new FramecatError(code, "hopeless"));
    await expectFailure(openLink(options), code, /hopeless/);
    expect(log.events).toEqual([]);
  });

  it("passes on what is a defect", async () => {
    const log = new EventLog();
    const dialled = openLink({
      ...linkOptions(log, { reconnect: AT_ONCE }),
      dial: () => Promise.reject(new TypeError("a defect")),
    });
    await expect(dialled).rejects.toThrow(TypeError);
  });

  it("is interrupted by the signal while it waits", async () => {
    const stop = new AbortController();
    const log = new EventLog();
    const options = flaky(99, "ws://127.0.0.1:1/", log);
    const reconnect = { ...AT_ONCE, firstDelayMs: 1_000_000, maxDelayMs: 1_000_000 };
    const dialled = openLink({ ...options, reconnect, signal: stop.signal });
    await log.until("reconnect");
    stop.abort();
    await expectFailure(dialled, "unreachable", /nobody there/);
  });
});

describe("waiting", () => {
  const SLOW = { ...RECONNECT_DEFAULTS, jitter: 0 };

  it("is longer each time, and no timer outlives it", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const log = new EventLog();
    const dialled = openLink({
      ...linkOptions(log, { reconnect: { ...SLOW, tries: 4, maxDelayMs: 2000 } }),
      dial: () => Promise.reject(new FramecatError("unreachable", "nobody there")),
    });
    const given = expectFailure(dialled, "gave-up", /4 tries/);
    for (const [i, delayMs] of [1000, 1500, 2000, 2000].entries()) {
      await log.count("reconnect", i + 1);
      await vi.advanceTimersByTimeAsync(delayMs - 1);
      expect(log.of("reconnect")).toHaveLength(i + 1);
      await vi.advanceTimersByTimeAsync(1);
    }
    await given;
    expect(log.of("reconnect").map(({ delayMs }) => delayMs)).toEqual([1000, 1500, 2000, 2000]);
    expect(vi.getTimerCount()).toBe(0);
  });

  const waiting = async () => {
    const { url, sockets, texts, until } = await keeper();
    const stop = new AbortController();
    const opened = await linkTo({ url, reconnect: SLOW, signal: stop.signal });
    sockets[0]!.close(1012);
    await opened.log.until("reconnect");
    return { ...opened, stop, texts, until };
  };

  it.each(["close", "terminate", "signal"] as const)("is ended by %s", async (how) => {
    const { link, log, stop } = await waiting();
    void link.send("kept in vain");
    if (how === "close") void link.close();
    else if (how === "terminate") link.terminate();
    else stop.abort();
    expect(await link.closed).toMatchObject({ code: 1012, conn: "1" });
    expect([link.state, link.failure, link.queued]).toEqual(["CLOSED", undefined, 1]);
    expect(log.of("note").map(({ message }) => message)).toEqual(["1 message was never sent"]);
  });

  it("is cut short by who does not want to wait", async () => {
    const { link, texts, until } = await waiting();
    void link.send("kept");
    await link.reconnect();
    expect(link.state).toBe("OPEN");
    await until(2, 1);
    expect(texts(2)).toEqual(["kept"]);
  });

  it("lets senders wait beyond what the queue holds", async () => {
    const { url, sockets, texts, until } = await keeper();
    const queue = { messages: 2, bytes: 1000 };
    const { link, log } = await linkTo({ url, queue, reconnect: SLOW });
    sockets[0]!.close(1012);
    await log.until("reconnect");
    await link.send("1");
    expect(link.queueFull).toBe(false);
    let waits = true;
    const second = link.send("2").then(() => (waits = false));
    await new Promise((resolve) => setImmediate(resolve));
    expect([link.queueFull, link.congested, waits]).toEqual([true, true, true]);
    await link.reconnect();
    await second;
    await until(2, 2);
    expect(texts(2)).toEqual(["1", "2"]);
  });
});

describe("what the user wants", () => {
  it("closes: what is queued is sent first, and nothing is dialled", async () => {
    const { url, texts, until } = await keeper();
    const { link, log } = await linkTo({ url, reconnect: AT_ONCE });
    for (let i = 0; i < 50; i++) void link.send(`${i}`);
    expect(await link.close()).toMatchObject({ code: 1000, clean: true });
    await until(1, 50);
    expect(texts(1).at(-1)).toBe("49");
    expect(log.of("reconnect")).toEqual([]);
  });

  it("closes while what waited is being sent: all of it arrives", async () => {
    const { url, sockets, texts, until } = await keeper();
    const { link, log } = await linkTo({ url, reconnect: AT_ONCE });
    sockets[0]!.terminate();
    await log.until("reconnect");
    for (let i = 0; i < 30; i++) void link.send(filler(100_000), { binary: true });
    await log.until("reconnected");
    expect(link.queued).toBeGreaterThan(0);
    expect(await link.close()).toMatchObject({ code: 1000, clean: true });
    await until(2, 30);
    expect(texts(2)).toHaveLength(30);
    expect([link.queued, log.of("note")]).toEqual([0, []]);
  });

  it("reconnects, without a policy too", async () => {
    const { url, sockets } = await keeper();
    const { link, log } = await linkTo({ url });
    const closed = once(sockets[0]!, "close");
    await link.reconnect();
    expect((await closed)[0]).toBe(1000);
    expect(link.state).toBe("OPEN");
    expect(log.of("reconnect")).toMatchObject([
      { conn: "1", attempt: 1, delayMs: 0, reason: "asked for" },
    ]);
    expect(log.of("reconnected")).toMatchObject([{ conn: "2", lost: "1" }]);
    sockets[1]!.close(1001);
    expect(await link.closed).toMatchObject({ conn: "2", code: 1001 });
  });

  it("cannot reconnect to who is not there any more", async () => {
    let dials = 0;
    const { url } = await wsServer();
    const options = linkOptions(new EventLog(), { url });
    const gone = new FramecatError("unreachable", "gone");
    const link = await openLink({
      ...options,
      dial: (...args) => (dials++ === 0 ? options.dial(...args) : Promise.reject(gone)),
    });
    await expectFailure(link.reconnect(), "unreachable", /gone/);
    expect(await link.closed).toMatchObject({ code: 1000 });
    expect(link.failure).toBe(gone);
  });

  it("stops by a signal while it is connected", async () => {
    const { url } = await wsServer();
    const stop = new AbortController();
    const { link } = await linkTo({ url, reconnect: AT_ONCE, signal: stop.signal });
    stop.abort();
    expect(await link.closed).toMatchObject({ code: 1000, initiator: "local", clean: true });
  });

  it("stops while it dials", async () => {
    const server = await rawServer((peer) => (server.peers.length === 1 ? peer.accept() : peer));
    const { link, log } = await linkTo({ url: server.url(), reconnect: AT_ONCE });
    (await server.peer()).socket.destroy();
    await (await server.peer(1)).until(({ length }) => length > 0);
    expect(await link.close()).toMatchObject({ conn: "1" });
    expect(log.of("state").at(-1)).toMatchObject({ conn: "2", state: "CONNECTING" });
    await (await server.peer(1)).end();
  });
});

describe("with a heartbeat", () => {
  it("fails a connection whose peer is silent, and dials again", async () => {
    const server = await rawServer((peer) => peer.accept());
    const { link, log } = await linkTo({
      url: server.url(),
      heartbeat: { intervalMs: 20, timeoutMs: 20 },
      reconnect: AT_ONCE,
    });
    const peer = await server.peer();
    await peer.end();
    const opcodes = parse([peer.received]).frames.map(({ header }) => header.opcode);
    expect(opcodes).toEqual([Opcode.ping, Opcode.close]);
    peer.socket.end();
    const { reason } = await log.until("reconnect");
    expect(reason).toMatch(/heartbeat was lost: nothing came for 0.02 s/);
    await log.until("reconnected");
    expect(link.failure).toBeUndefined();
  });

  it("fails for good where there is no policy", async () => {
    const server = await rawServer(async (peer) => {
      await peer.accept();
      await peer.end();
      peer.socket.end();
    });
    const heartbeat = { intervalMs: 20, timeoutMs: 20 };
    const { link } = await linkTo({ url: server.url(), heartbeat });
    expect(await link.closed).toMatchObject({ initiator: "local", clean: false });
    expect([link.failure?.code, link.failure?.exitCode]).toEqual(["heartbeat", 23]);
  });

  it("marks what it says and what answers it", async () => {
    const server = await rawServer(async (peer) => {
      await peer.accept();
      await peer.until(({ length }) => length > 0);
      const [data, pong] = ["data", "pong"].map((text) =>
        encodeFrame({ opcode: Opcode.text, payload: utf8(text) }),
      );
      peer.send(data!, pong!);
    });
    const expected = (data: Uint8Array) => Buffer.from(data).toString() === "pong";
    const { link, log } = await linkTo({
      url: server.url(),
      heartbeat: { intervalMs: 20, timeoutMs: 5000, message: { send: "ping", expect: expected } },
    });
    const [, , answer] = await log.count("message", 3);
    const marks = log.of("message").map((event) => [String(event.data), event.heartbeat]);
    expect(marks.slice(0, 3)).toEqual([
      ["ping", true],
      ["data", undefined],
      ["pong", true],
    ]);
    expect(answer!.rttMs).toBeGreaterThan(0);
    expect(link.rttMs).toBe(answer!.rttMs);
  });

  it("leaves no timer behind", async () => {
    const server = await rawServer(async (peer) => {
      await peer.accept();
      await peer.bytes(8);
      peer.send(encodeFrame({ opcode: Opcode.close, payload: Uint8Array.of(0x03, 0xe8) }));
      peer.socket.end();
    });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { link } = await linkTo({
      url: server.url(),
      heartbeat: { intervalMs: 1000, timeoutMs: 1000 },
      reconnect: AT_ONCE,
    });
    expect(vi.getTimerCount()).toBe(1);
    await link.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
