import { once } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Faults } from "../../../src/server/faults/index.ts";
import { parseFaults } from "../../../src/server/faults/parse-fault.ts";
import type { Guard } from "../../../src/server/guard.ts";
import type { MakeMode } from "../../../src/server/mode.ts";
import { broadcast } from "../../../src/server/modes/broadcast.ts";
import { echo } from "../../../src/server/modes/echo.ts";
import { refusal } from "../../../src/transport/http-reply.ts";
import { startListener } from "../../helpers/listener.ts";
import { eventually, openingRequest, rawClient } from "../../helpers/transport.ts";
import { closing, collect, wsClient } from "../../helpers/ws-peers.ts";

const DEFLATE = { serve: { deflate: {} } };

/** An echo server on which these faults are on. */
function faulty(faults: readonly string[], options: Parameters<typeof startListener>[1] = {}) {
  return startListener(echo, {
    ...options,
    faults: { faults: parseFaults(faults, "--fault"), seed: 1 },
  });
}

/** A client of the ws package that says these words, and what it comes to. */
async function say(url: string, words: readonly string[], { deflate = false } = {}) {
  const socket = await wsClient(url, { perMessageDeflate: deflate });
  const { messages, until } = collect(socket);
  const errors: (string | undefined)[] = [];
  socket.on("error", ({ code }: Error & { code?: string }) => errors.push(code));
  for (const word of words) socket.send(word);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  return {
    socket,
    closed,
    until,
    errors,
    texts: () => messages.map(({ data }) => data.toString()),
  };
}

const WORDS = ["one", "two", "three"];

describe("ws closes with what is to be closed with", () => {
  it.each<[string, string, number]>([
    ["mask@2msgs", "WS_ERR_UNEXPECTED_MASK", 1002],
    ["rsv1@2msgs", "WS_ERR_UNEXPECTED_RSV_1", 1002],
    ["rsv2@2msgs", "WS_ERR_UNEXPECTED_RSV_2_3", 1002],
    ["rsv3@2msgs", "WS_ERR_UNEXPECTED_RSV_2_3", 1002],
    ["opcode=3@2msgs", "WS_ERR_INVALID_OPCODE", 1002],
    ["opcode=0xb@2msgs", "WS_ERR_INVALID_OPCODE", 1002],
    ["opcode=cont@2msgs", "WS_ERR_INVALID_OPCODE", 1002],
    ["bad-utf8@2msgs", "WS_ERR_INVALID_UTF8", 1007],
    ["close=1005@1msg", "WS_ERR_INVALID_CLOSE_CODE", 1002],
    ["close=1006@1msg", "WS_ERR_INVALID_CLOSE_CODE", 1002],
    ["close=65535@1msg", "WS_ERR_INVALID_CLOSE_CODE", 1002],
  ])("%s", async (fault, error, code) => {
    const { listener, log, url } = await faulty([fault]);
    const { closed, errors, texts } = await say(url, WORDS);
    await closed;
    expect([texts(), errors]).toEqual([["one"], [error]]);
    expect(await log.until("close")).toMatchObject({ code });
    const name = fault.split(/[=@]/)[0];
    expect([...listener.counters.faults]).toEqual([[name, 1]]);
  });
});

describe("a handshake", () => {
  it("with a wrong accept key is refused", async () => {
    const { url, log } = await faulty(["wrong-accept"]);
    await expect(wsClient(url)).rejects.toThrow("Invalid Sec-WebSocket-Accept header");
    expect(log.of("note")[0]?.message).toMatch(/^fault wrong-accept: /);
  });

  it("that stalls is given up, and nothing is kept of it", async () => {
    const { listener, url } = await faulty(["stall-handshake"]);
    const given = wsClient(url, { handshakeTimeout: 50 });
    await expect(given).rejects.toThrow("Opening handshake has timed out");
    const stopped = listener.stop();
    await stopped;
    expect(listener.counters.opened).toBe(0);
  });

  it("that is late is no worse for it, whatever the client has said by then", async () => {
    const { url, port } = await faulty(["stall-handshake=20ms"]);
    const { until, texts } = await say(url, ["hello"]);
    await until(1);
    expect(texts()).toEqual(["hello"]);
    const peer = await rawClient(port);
    peer.send(openingRequest(), Buffer.from("818500000000", "hex"), "early");
    const received = await peer.until((bytes) => bytes.includes("early"));
    expect(received.toString("latin1")).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\n\x81\x05early$/);
  });
});

describe("what is unanswered", () => {
  it("is a ping", async () => {
    const { url } = await faulty(["no-pong"]);
    const { socket, until } = await say(url, []);
    let pongs = 0;
    socket.on("pong", () => (pongs += 1));
    socket.ping();
    socket.send("behind it");
    await until(1);
    expect(pongs).toBe(0);
  });

  it("is a Close frame, so that the client gives up", async () => {
    const { listener, log, url } = await faulty(["no-close"]);
    const { socket } = await say(url, []);
    socket.close(4000);
    await log.until("note", ({ message }) => message.startsWith("fault no-close"));
    expect([socket.readyState, listener.counters.connected]).toEqual([WebSocket.CLOSING, 1]);
    socket.terminate();
    expect(await log.until("close")).toMatchObject({ code: 4000, clean: false });
    expect(listener.counters.connected).toBe(0);
  });
});

describe("an end", () => {
  it.each<[string, number]>([
    ["close=4000@2msgs", 4000],
    ["close=none@2msgs", 1005],
    ["half-close@2msgs", 1006],
    ["reset@2msgs", 1006],
  ])("%s", async (fault, code) => {
    const { url } = await faulty([fault]);
    const { socket, texts } = await say(url, WORDS);
    expect((await closing(socket)).code).toBe(code);
    expect(texts()).toEqual(["one", "two"]);
  });

  it("comes when it is time", async () => {
    const { url } = await faulty(["close=4001@20ms"]);
    const { socket } = await say(url, []);
    expect((await closing(socket)).code).toBe(4001);
  });
});

describe("messages", () => {
  it.each<[string, string[]]>([
    ["drop@2msgs", ["one", "three"]],
    ["duplicate@2msgs", ["one", "two", "two", "three"]],
    ["reorder@2msgs", ["one", "three", "two"]],
    ["fragment=1B", WORDS],
    ["latency=10ms±5ms", WORDS],
    ["bandwidth=1KiB/s", WORDS],
    ["split=1B", WORDS],
    ["coalesce=5ms", WORDS],
  ])("%s", async (fault, expected) => {
    const { url } = await faulty([fault]);
    const { until, texts } = await say(url, WORDS);
    await until(expected.length);
    expect(texts()).toEqual(expected);
  });

  it("are sound where they are not struck, though they are deflated with those before", async () => {
    const faults = ["fragment=3B@50%", "duplicate@20%", "split=7B"];
    const { url } = await faulty(faults, { serve: { deflate: {}, deflateThreshold: 0 } });
    const words = Array.from({ length: 30 }, (_, i) => `word number ${i}`);
    const { until, texts } = await say(url, words, { deflate: true });
    await until(words.length);
    await eventually(() => new Set(texts()).size === words.length);
    expect([...new Set(texts())]).toEqual(words);
  });

  it("are called compressed and are not, where deflating was agreed on", async () => {
    const { url } = await faulty(["rsv1"], DEFLATE);
    const { closed, errors } = await say(url, ["hello"], { deflate: true });
    await closed;
    expect(errors).toEqual(["Z_DATA_ERROR"]);
  });

  it("that go to many are spoiled for each by itself", async () => {
    const { url } = await startListener(broadcast({ toSelf: true }), {
      faults: { faults: parseFaults(["drop@50%"], "--fault"), seed: 1 },
    });
    const [one, two] = [await say(url, []), await say(url, [])];
    for (let i = 0; i < 20; i++) one.socket.send(String(i));
    const done = [one, two].map(({ socket }) => once(socket, "pong"));
    await one.until(1);
    await two.until(1);
    for (const { socket } of [one, two]) socket.ping();
    await Promise.all(done);
    expect(one.texts()).not.toEqual(two.texts());
  });
});

it("the same seed does the same to the same client", async () => {
  const outcomes = await Promise.all(
    [1, 2].map(async () => {
      const { log, url } = await faulty(["drop@30%", "duplicate@30%", "reorder@30%"]);
      const words = Array.from({ length: 40 }, (_, i) => String(i));
      const { socket, texts } = await say(url, [...words, "last"]);
      await log.count("message", words.length + 1, "in");
      const pong = once(socket, "pong");
      socket.ping();
      await pong;
      return { texts: texts(), told: log.of("note").map(({ message }) => message) };
    }),
  );
  expect(outcomes[0]).toEqual(outcomes[1]);
  expect(outcomes[0]?.told.length).toBeGreaterThan(10);
});

describe("for any seed", () => {
  const TEXTS = ["latency=100ms±50ms", "wrong-accept@50%", "stall-handshake=1s@50%", "no-pong@50%"];

  /** What some clients meet, one after the other. */
  function met(seed: number, conns: readonly number[]) {
    const told: string[] = [];
    const plan = { faults: parseFaults(TEXTS, "--fault"), seed };
    const faults = new Faults(plan, (...words) => told.push(words.join(" ")));
    const each = conns.map((conn) => {
      const { connection, stallMs, alterResponse } = faults.welcome({ conn: String(conn) });
      const { shape, answersPing } = connection ?? {};
      const draws = [1, 2, 3].map(() => [shape?.latencyMs?.(), answersPing?.()]);
      return { stallMs, altered: alterResponse !== undefined, draws };
    });
    return { each, told };
  }

  it("the same client meets the same, whoever else comes", () => {
    const conns = fc.uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), conns, (seed, numbers) => {
        const { each, told } = met(seed, numbers);
        expect(met(seed, numbers)).toEqual({ each, told });
        expect(each.flatMap((one, i) => (i > 0 ? [one] : []))).toEqual(
          met(seed, numbers.slice(1)).each,
        );
      }),
      { numRuns: 40 },
    );
  });
});

it("what else a client is welcomed with stays", () => {
  const plan = { faults: parseFaults(["no-pong", "split=1B"], "--fault"), seed: 1 };
  const faults = new Faults(plan, () => undefined);
  const chooseSubprotocol = () => "chat";
  expect(
    faults.welcome({ conn: "1" }, { chooseSubprotocol, connection: { maxFragments: 3 } }),
  ).toMatchObject({
    chooseSubprotocol,
    connection: { maxFragments: 3, shape: { splitSize: 1 } },
  });
});

it("who is refused anyway meets no fault", async () => {
  const guard: Guard = {
    admit: () => ({ reply: refusal(403, "No."), kind: "origin", why: "no" }),
  };
  const { listener, url } = await faulty(["wrong-accept"], { guards: [guard] });
  await expect(wsClient(url)).rejects.toThrow("403");
  expect(listener.counters.faults.size).toBe(0);
});

it("who is refused by the mode meets none either", async () => {
  const mode: MakeMode = () => ({ admit: () => ({ refused: refusal(503, "No."), why: "no" }) });
  const { listener, url } = await startListener(mode, {
    faults: { faults: parseFaults(["wrong-accept"], "--fault"), seed: 1 },
  });
  await expect(wsClient(url)).rejects.toThrow("503");
  expect(listener.counters.faults.size).toBe(0);
});

it("a slow link is told once for each client", async () => {
  const { listener, log, url } = await faulty(["latency=1ms", "split=2B"]);
  await wsClient(url);
  await wsClient(url);
  expect([...listener.counters.faults]).toEqual([
    ["latency", 2],
    ["split", 2],
  ]);
  const notes = log.of("note").filter(({ message }) => message.startsWith("fault"));
  expect(notes.map(({ conn, message }) => `${conn} ${message}`).slice(0, 2)).toEqual([
    "1 fault latency: latency=1ms",
    "1 fault split: split=2B",
  ]);
});
