import { getActiveResourcesInfo } from "node:process";
import { deflateRawSync, constants } from "node:zlib";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/io.ts";
import { encodeFrame } from "../../../src/protocol/encoder.ts";
import { Opcode } from "../../../src/protocol/opcodes.ts";
import { type GuardSettings, makeGuards, makeMayRead } from "../../../src/server/guards/index.ts";
import { echo } from "../../../src/server/modes/echo.ts";
import { silent } from "../../../src/server/modes/silent.ts";
import { askingOf } from "../../helpers/asking.ts";
import { concat, utf8 } from "../../helpers/bytes.ts";
import { startListener } from "../../helpers/listener.ts";
import { eventually, openingRequest, rawClient } from "../../helpers/transport.ts";
import { closing, wsClient } from "../../helpers/ws-peers.ts";

const chooseSubprotocol = ([first]: readonly string[]) => first;
const MASK = 0;

/** All guards there are, with limits that nobody meets by chance. */
const ALL: GuardSettings = {
  origin: { allowed: [() => true], required: false },
  subprotocols: [],
  users: ["ann:pw"],
  token: { tokens: ["s3cret"], timeoutMs: 60_000 },
  cookies: [{ name: "sid" }],
  csrf: "csrf",
  crowd: { total: 100, perAddress: 100 },
  liveness: { intervalMs: 60_000, timeoutMs: 60_000 },
  idleMs: 60_000,
  rate: { count: 100, periodMs: 60_000 },
  slowReader: { maxBuffered: 1024 * 1024, closeTimeoutMs: 5000 },
  limits: true,
};
const HEADERS = { Authorization: `Basic ${btoa("ann:pw")}`, Cookie: "sid=1; csrf=c" };

describe("guards", () => {
  it("that are off are none", () => {
    expect(makeGuards({}, systemClock)).toEqual([]);
    expect(makeMayRead({})(askingOf())).toBeUndefined();
  });

  it("all at once let in who shows all that is wanted, and leave nothing behind", async () => {
    const before = timers();
    const { listener, url } = await startListener(echo, {
      guards: makeGuards(ALL, systemClock),
      serve: { chooseSubprotocol },
    });
    const sockets = await Promise.all(
      Array.from({ length: 20 }, () =>
        wsClient(`${url}?csrf=c`, { headers: HEADERS, protocols: ["chat"] }),
      ),
    );
    for (const socket of sockets.slice(5)) socket.send("s3cret");
    for (const socket of sockets.slice(10)) socket.send("hello");
    await eventually(() => listener.counters.traffic.in.messages === 25);
    expect([...listener.clients].length).toBe(15);
    expect(timers() - before).toBeGreaterThanOrEqual(40);
    for (const socket of sockets) socket.terminate();
    await eventually(() => listener.counters.connected === 0);
    await eventually(() => timers() <= before);
    expect([...listener.counters.refusals]).toEqual([]);
  });

  it("that turn away take no place, and are asked in order", async () => {
    const guards = makeGuards({ ...ALL, crowd: { total: 1 } }, systemClock);
    const { listener, url } = await startListener(echo, { guards, serve: { chooseSubprotocol } });
    const refused = async (path: string, status: string) => {
      const dialled = wsClient(`${url}${path}`, { headers: HEADERS, protocols: ["chat"] });
      await expect(dialled).rejects.toThrow(status);
    };
    await refused("", "403");
    await refused("?token=no", "401");
    await refused("?csrf=no", "403");
    await wsClient(`${url}?csrf=c&token=s3cret`, { headers: HEADERS, protocols: ["chat"] });
    await refused("?csrf=c", "503");
    expect([...listener.counters.refusals]).toEqual([
      ["csrf", 2],
      ["token", 1],
      ["max-connections", 1],
    ]);
  });
});

/** Timers that keep the process alive. */
function timers(): number {
  return getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

describe("a plain HTTP request", () => {
  it.each<[readonly (readonly [string, string])[], string, string]>([
    [[], "/", "basic-auth"],
    [[["Authorization", HEADERS.Authorization]], "/", "token"],
    [[["Authorization", HEADERS.Authorization]], "/?token=s3cret", "cookie"],
    [Object.entries(HEADERS), "/?token=s3cret", "in"],
  ])("has to show credentials, too: %j %s", (headers, target, verdict) => {
    const denial = makeMayRead(ALL)(askingOf(headers, { target }));
    expect(denial?.kind ?? "in").toBe(verdict);
  });
});

describe("what is too much for a connection", () => {
  it("a compression bomb is stopped while it inflates", async () => {
    const { listener, log, port } = await startListener(silent, {
      guards: makeGuards({ limits: true }, systemClock),
      serve: { deflate: {}, maxMessageLength: 1024 * 1024, closeTimeoutMs: 30 },
    });
    const client = await rawClient(port);
    client.send(openingRequest("Sec-WebSocket-Extensions: permessage-deflate"));
    await client.head();
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }, 0);
    client.send(encodeFrame({ opcode: Opcode.binary, payload: bomb(), rsv1: true, maskKey: MASK }));
    const { code } = await log.until("close");
    clearInterval(watching);
    expect(code).toBe(1009);
    expect(most - before).toBeLessThan(32 * 1024 * 1024);
    expect([...listener.counters.refusals]).toEqual([["max-payload", 1]]);
  });

  it("a message of too many fragments", async () => {
    const { listener, log, port } = await startListener(silent, {
      guards: makeGuards({ limits: true }, systemClock),
      serve: { maxFragments: 3, closeTimeoutMs: 30 },
    });
    const client = await rawClient(port);
    client.send(openingRequest());
    await client.head();
    const fragment = (fin: boolean, first: boolean) =>
      encodeFrame({
        opcode: first ? Opcode.text : Opcode.continuation,
        payload: utf8("x"),
        fin,
        maskKey: MASK,
      });
    const message = [fragment(false, true), fragment(false, false), fragment(true, false)];
    client.send(...message);
    await log.until("message");
    client.send(fragment(false, true), fragment(false, false), fragment(false, false));
    client.send(fragment(true, false));
    expect(await log.until("close")).toMatchObject({ code: 1008, initiator: "local" });
    expect(log.texts("in")).toEqual(["xxx"]);
    expect([...listener.counters.refusals]).toEqual([["max-fragments", 1]]);
  });
});

/** Some kilobytes that inflate to 256 MiB. */
function bomb(): Uint8Array {
  const mebibyte = deflateRawSync(Buffer.alloc(1024 * 1024), {
    finishFlush: constants.Z_FULL_FLUSH,
  });
  return concat(Array.from({ length: 256 }, () => mebibyte));
}

it("a slow reader is shown out before it fills the memory, and ended when it does not read that", async () => {
  const maxBuffered = 1024 * 1024;
  const { listener, log, port } = await startListener(silent, {
    guards: makeGuards({ slowReader: { maxBuffered, closeTimeoutMs: 50 } }, systemClock),
  });
  const client = await rawClient(port);
  client.send(openingRequest());
  await client.head();
  client.socket.pause();
  const [peer] = listener.clients;
  let most = 0;
  for (let i = 0; i < 200 && peer!.isOpen; i++) {
    void peer!.send(Buffer.alloc(64 * 1024));
    most = Math.max(most, peer!.connection.backlog);
    await new Promise(setImmediate);
  }
  expect(most).toBeLessThanOrEqual(maxBuffered);
  await eventually(() => listener.counters.connected === 0);
  expect([...listener.counters.refusals]).toEqual([["slow-reader", 1]]);
  expect(log.of("close")).toMatchObject([{ initiator: "local", clean: false }]);
});

it("a fast reader of the same stays", async () => {
  const { listener, url } = await startListener(silent, {
    guards: makeGuards(
      { slowReader: { maxBuffered: 1024 * 1024, closeTimeoutMs: 50 } },
      systemClock,
    ),
  });
  const socket = await wsClient(url);
  let bytes = 0;
  socket.on("message", (data: Buffer) => (bytes += data.length));
  const [peer] = listener.clients;
  for (let i = 0; i < 200; i++) await peer!.send(Buffer.alloc(64 * 1024));
  await eventually(() => bytes === 200 * 64 * 1024);
  const told = closing(socket);
  await listener.stop();
  expect(await told).toMatchObject({ code: 1001 });
});
