import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { constants, deflateRawSync, inflateRaw } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { DeflateParams } from "../../src/protocol/deflate.ts";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import { Connection } from "../../src/transport/connection.ts";
import {
  connectionOptions,
  dialTo,
  EventLog,
  socketPair,
  startServer,
} from "../helpers/transport.ts";
import { collect, echoBack, wsClient, wsServer } from "../helpers/ws-peers.ts";

const PARAMS = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};
const SYNC = { finishFlush: constants.Z_SYNC_FLUSH };
const TAIL_LENGTH = 4;
const BITS = [8, 9, 10, 11, 12, 13, 14, 15];

/** Repeats itself at distances within and beyond every window, so that a wrong one shows. */
function selfSimilar(): Buffer {
  return Buffer.concat(
    [200, 400, 900, 3000, 9000, 30_000].map((distance) =>
      Buffer.alloc(Math.max(50_000, 3 * distance), randomBytes(distance)),
    ),
  );
}

const negotiations = BITS.flatMap((bits) =>
  [false, true].map((noContextTakeover) => ({ bits, noContextTakeover })),
);

describe("as a client of ws", () => {
  it.each(negotiations)("%o", async ({ bits, noContextTakeover }) => {
    const { url } = await wsServer(echoBack, {
      perMessageDeflate: {
        threshold: 0,
        serverMaxWindowBits: bits,
        clientMaxWindowBits: bits,
        serverNoContextTakeover: noContextTakeover,
        clientNoContextTakeover: noContextTakeover,
      },
    });
    const { connection, log } = await dialTo(url, { deflate: { clientMaxWindowBits: true } });
    expect(connection.deflate).toMatchObject({
      serverMaxWindowBits: bits,
      clientMaxWindowBits: bits,
      serverNoContextTakeover: noContextTakeover,
      clientNoContextTakeover: noContextTakeover,
    });
    const messages = [selfSimilar(), selfSimilar(), Buffer.alloc(70_000, "abc")];
    // The same again: with context takeover it refers back to the message before.
    messages.push(messages[2]!, Buffer.from("short"));
    for (const message of messages) await connection.send(message, { binary: true });
    const echoes = await log.count("message", messages.length, "in");
    for (const [i, { data }] of echoes.entries()) {
      expect(Buffer.compare(data, messages[i]!)).toBe(0);
    }
    // The tap has inflated the very same, both ways.
    for (const { frame, message, dir, violations } of log.of("frame")) {
      expect(violations).toEqual([]);
      expect(message?.cut).toBe(false);
      if (dir === "in") expect(frame.header.rsv1).toBe(true);
    }
    const tapped = log.of("frame").flatMap(({ message }) => (message ? [message.data] : []));
    expect(tapped).toHaveLength(2 * messages.length);
    expect(await connection.close()).toMatchObject({ code: 1000, clean: true });
  });
});

describe("as the server of ws", () => {
  it.each(negotiations)("%o", async ({ bits, noContextTakeover }) => {
    const server = await startServer({ deflate: {} });
    const socket = await wsClient(server.url, {
      perMessageDeflate: {
        threshold: 0,
        serverMaxWindowBits: bits,
        clientMaxWindowBits: bits,
        serverNoContextTakeover: noContextTakeover,
        clientNoContextTakeover: noContextTakeover,
      },
    });
    const connection = await server.connection();
    expect(connection.deflate).toMatchObject({
      serverMaxWindowBits: bits,
      clientMaxWindowBits: bits,
      serverNoContextTakeover: noContextTakeover,
      clientNoContextTakeover: noContextTakeover,
    });
    const sent = [selfSimilar(), Buffer.alloc(70_000, "abc"), Buffer.alloc(70_000, "abc")];
    const { messages, until } = collect(socket);
    for (const message of sent) {
      socket.send(message);
      await connection.send(message, { binary: true });
    }
    await until(sent.length);
    const received = await server.log.count("message", sent.length, "in");
    for (const [i, message] of sent.entries()) {
      expect(Buffer.compare(messages[i]!.data, message)).toBe(0);
      expect(Buffer.compare(received[i]!.data, message)).toBe(0);
    }
    expect(server.log.of("frame").flatMap(({ violations }) => violations)).toEqual([]);
  });
});

it("keeps to limits that the server sets", async () => {
  const limits: Partial<DeflateParams> = { serverMaxWindowBits: 10, serverNoContextTakeover: true };
  const server = await startServer({ deflate: limits });
  const socket = await wsClient(server.url, { perMessageDeflate: { threshold: 0 } });
  expect((await server.connection()).deflate).toMatchObject(limits);
  const { messages, until } = collect(socket);
  const data = selfSimilar();
  void (await server.connection()).send(data, { binary: true });
  await until(1);
  expect(Buffer.compare(messages[0]!.data, data)).toBe(0);
});

it("compresses fragments as one message", async () => {
  const { url } = await wsServer(echoBack, { perMessageDeflate: { threshold: 0 } });
  const { connection, log } = await dialTo(url, { deflate: {} });
  const part = Buffer.alloc(5000, "part ");
  void connection.send(part, { fin: false });
  void connection.send("tiny", { fin: false });
  void connection.send(part);
  await log.count("message", 1, "in");
  expect(log.texts("in")).toEqual([`${part.toString()}tiny${part.toString()}`]);
  const sent = log.of("frame").filter(({ dir }) => dir === "out");
  expect(sent.map(({ frame: { header } }) => [header.rsv1, header.fin])).toEqual([
    [true, false],
    [false, false],
    [false, true],
  ]);
  expect(sent[2]?.message).toMatchObject({ compressed: true, fragments: 3, cut: false });
});

it("sends short messages as they are", async () => {
  const { url } = await wsServer(echoBack, { perMessageDeflate: true });
  const { connection, log } = await dialTo(url, { deflate: {} });
  void connection.send("x".repeat(1023));
  void connection.send("x".repeat(1024));
  await log.count("message", 2, "in");
  const sent = log.of("frame").filter(({ dir }) => dir === "out");
  expect(sent.map(({ frame: { header } }) => header.rsv1)).toEqual([false, true]);
});

it("keeps the order of what takes time and what takes none", async () => {
  const server = await startServer({ deflate: {} });
  const socket = await wsClient(server.url);
  const connection = await server.connection();
  const seen: string[] = [];
  socket.on("message", (data) => seen.push((data as Buffer).subarray(0, 4).toString()));
  socket.on("ping", (data: Buffer) => seen.push(data.toString()));
  void connection.send(`big1${"x".repeat(500_000)}`);
  void connection.ping(Buffer.from("ping"));
  void connection.send("tiny");
  void connection.send(`big2${"x".repeat(500_000)}`);
  void connection.close();
  await once(socket, "close");
  expect(seen).toEqual(["big1", "ping", "tiny", "big2"]);
});

it("gives up what is being compressed when the connection dies", async () => {
  const server = await startServer({ deflate: {} });
  const socket = await wsClient(server.url);
  const connection = await server.connection();
  for (let i = 0; i < 20; i++) void connection.send(Buffer.alloc(300_000, "x"));
  socket.terminate();
  expect(await connection.closed).toMatchObject({ code: 1006 });
  expect(connection.bufferedAmount).toBe(0);
});

describe("many messages that come at once, and are long when they are inflated", () => {
  const MESSAGES = 50;

  /** A connection that is held from its first message on, and those that come then. */
  async function held() {
    const { here, there } = await socketPair();
    const log = new EventLog();
    const holds: (() => void)[] = [];
    const connection: Connection = new Connection(here, {
      ...connectionOptions(log, { role: "server", frames: false, deflate: PARAMS }),
      onEvent: (event) => {
        log.listener(event);
        if (event.type === "message" && holds.length === 0) holds.push(connection.hold());
      },
    });
    connection.start();
    const payload = deflateRawSync(Buffer.alloc(100_000), SYNC).subarray(0, -TAIL_LENGTH);
    const frame = encodeFrame({ opcode: Opcode.binary, rsv1: true, maskKey: 7, payload });
    there.send(Buffer.concat(Array<Uint8Array>(MESSAGES).fill(frame)));
    await log.count("message", 1);
    // The time in which some more would have been inflated.
    for (let i = 0; i < 10; i++) await promisify(inflateRaw)(payload, SYNC);
    expect(log.of("message")).toHaveLength(1);
    return { connection, log, release: holds[0]! };
  }

  it("wait while it is held back", async () => {
    const { log, release } = await held();
    release();
    expect(await log.count("message", MESSAGES)).toHaveLength(MESSAGES);
  });

  it("do not keep it from its end", async () => {
    const { connection } = await held();
    connection.terminate();
    expect(await connection.closed).toMatchObject({ code: 1006 });
  });
});
