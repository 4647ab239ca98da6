import { once } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FramecatError } from "../../src/errors.ts";
import { encodeClosePayload } from "../../src/protocol/close-codes.ts";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import { Connection } from "../../src/transport/connection.ts";
import type { DeflateParams } from "../../src/protocol/deflate.ts";
import { concat, filler, hex, toHex, utf8 } from "../helpers/bytes.ts";
import { compress } from "../helpers/endpoint.ts";
import { anyFrame, parse } from "../helpers/frames.ts";
import {
  connectionOptions,
  dialTo,
  EventLog,
  eventually,
  type RawPeer,
  socketPair,
  startServer,
} from "../helpers/transport.ts";
import { closing, collect, echoBack, wsClient, wsServer } from "../helpers/ws-peers.ts";

const KEY = 0x37fa213d;
const DEFLATE: DeflateParams = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

type Options = Parameters<typeof connectionOptions>[1];

/** A connection over a real socket with a peer that says what the test says. */
async function pair(options: Options = {}) {
  const { here, there } = await socketPair();
  const log = new EventLog();
  const connection = new Connection(here, connectionOptions(log, options));
  connection.start();
  return { connection, log, there, here };
}

/** A frame as the peer of a client sends it or, masked, the peer of a server. */
function frame(opcode: number, payload: string | Uint8Array = "", masked = false): Uint8Array {
  const bytes = typeof payload === "string" ? utf8(payload) : payload;
  return encodeFrame({ opcode, payload: bytes, maskKey: masked ? KEY : undefined });
}

const closeFrame = (code?: number, reason = "", masked = false) =>
  frame(Opcode.close, encodeClosePayload(code, reason), masked);

/** The codes of the Close frames that a peer received. */
function closesAt(peer: RawPeer): string[] {
  return parse([peer.received])
    .frames.filter(({ header }) => header.opcode === Opcode.close)
    .map(({ payload }) => toHex(payload));
}

/** The peer got this Close frame, and the half-connection has ended, well before the time limit. */
async function expectClosedWith(there: RawPeer, payload: string): Promise<void> {
  await there.end();
  expect(closesAt(there)).toEqual([payload]);
}

describe("with ws at the other end", () => {
  it("closes as a client", async () => {
    const { url, clients } = await wsServer();
    const { connection, log } = await dialTo(url);
    const told = closing([...clients][0]!);
    const event = await connection.close(4001, "that's all");
    expect(event).toMatchObject({
      code: 4001,
      reason: "that's all",
      initiator: "local",
      clean: true,
    });
    expect(await told).toEqual({ code: 4001, reason: "that's all" });
    expect(log.states).toEqual(["CONNECTING", "OPEN", "CLOSING", "CLOSED"]);
    expect(log.events.at(-1)).toBe(event);
    expect(await connection.closed).toBe(event);
  });

  it("is closed by a server", async () => {
    const { url } = await wsServer((socket) => socket.close(1001, "going"));
    const { connection, log } = await dialTo(url);
    const event = { code: 1001, reason: "going", initiator: "peer", clean: true };
    expect(await connection.closed).toMatchObject(event);
    expect(log.states).toEqual(["CONNECTING", "OPEN", "CLOSING", "CLOSED"]);
    expect(log.of("close")).toHaveLength(1);
    expect(log.of("error")).toEqual([]);
  });

  it("closes as a server", async () => {
    const server = await startServer();
    const socket = await wsClient(server.url);
    const told = closing(socket);
    const connection = await server.connection();
    const event = await connection.close(1012, "restart");
    expect(event).toMatchObject({ code: 1012, reason: "restart", initiator: "local", clean: true });
    expect(await told).toEqual({ code: 1012, reason: "restart" });
  });

  it("is closed by a client", async () => {
    const server = await startServer();
    const socket = await wsClient(server.url);
    socket.close(3000, "who are you");
    const event = await server.log.until("close");
    expect(event).toMatchObject({
      code: 3000,
      reason: "who are you",
      initiator: "peer",
      clean: true,
    });
    expect(await closing(socket)).toEqual({ code: 3000, reason: "who are you" });
    expect(server.log.states).toEqual(["OPEN", "CLOSING", "CLOSED"]);
  });

  it("knows no code either way", async () => {
    const { url, clients } = await wsServer();
    const first = await dialTo(url);
    [...clients][0]!.close();
    expect(await first.connection.closed).toMatchObject({ code: 1005, reason: "", clean: true });
    const second = await dialTo(url);
    const told = closing([...clients].at(-1)!);
    expect(await second.connection.close(1005)).toMatchObject({ code: 1005, initiator: "local" });
    expect(await told).toEqual({ code: 1005, reason: "" });
  });

  it("agrees when both close at the same time", async () => {
    const { url, clients } = await wsServer();
    const { connection } = await dialTo(url);
    const told = closing([...clients][0]!);
    [...clients][0]!.close(4002, "theirs");
    const event = await connection.close(4001, "ours");
    expect(event).toMatchObject({ code: 4002, reason: "theirs", initiator: "local", clean: true });
    expect(await told).toMatchObject({ code: 4001 });
  });

  it.each([false, true])("sends all that is queued first; deflate %s", async (deflate) => {
    const { url, clients } = await wsServer(undefined, { perMessageDeflate: deflate });
    const { connection } = await dialTo(url, { deflate: deflate ? {} : undefined });
    const [socket] = clients;
    const { messages } = collect(socket!);
    const told = closing(socket!);
    for (let i = 0; i < 100; i++) void connection.send(`${i} ${"x".repeat(50_000)}`);
    const event = await connection.close();
    expect(event).toMatchObject({ code: 1000, clean: true });
    expect(await told).toMatchObject({ code: 1000 });
    expect(messages.map(({ data }) => Number.parseInt(data.toString(), 10))).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
    expect(connection.bufferedAmount).toBe(0);
  });

  it("still tells what comes after it has sent its Close frame", async () => {
    const { url } = await wsServer(echoBack);
    const { connection, log } = await dialTo(url);
    void connection.send("last");
    await connection.close();
    expect(log.texts("in")).toEqual(["last"]);
  });

  it.each([
    [999, ""],
    [1004, ""],
    [1006, ""],
    [1015, ""],
    [1016, ""],
    [2999, ""],
    [5000, ""],
    [-1, ""],
    [1000.5, ""],
    [1000, "x".repeat(124)],
    [1000, "ä".repeat(62)],
    [1005, "a reason"],
  ])("refuses to close with %d %s, and stays open", async (code, reason) => {
    const { url } = await wsServer(echoBack);
    const { connection, log } = await dialTo(url);
    expect(() => void connection.close(code, reason)).toThrow(RangeError);
    void connection.send("still here");
    await log.count("message", 1, "in");
    expect(await connection.close(1000, "ä".repeat(61))).toMatchObject({ clean: true });
  });
});

describe("a peer that does not do its part", () => {
  it("never answers: the time limit ends it", async () => {
    const { connection, log, there } = await pair({ closeTimeoutMs: 50 });
    const event = await connection.close(1000, "bye");
    expect(event).toMatchObject({ code: 1000, reason: "bye", initiator: "local", clean: false });
    await there.end();
    expect(closesAt(there)).toEqual([`03e8${toHex(utf8("bye"))}`]);
    expect(log.states).toEqual(["OPEN", "CLOSING", "CLOSED"]);
  });

  it("never answers and sends without end: the time limit ends it", async () => {
    const { connection, there } = await pair({ closeTimeoutMs: 50, frames: false });
    const flood = setInterval(() => there.send(frame(Opcode.text, "x".repeat(1000))), 1);
    const event = await connection.close();
    clearInterval(flood);
    expect(event).toMatchObject({ code: 1000, initiator: "local", clean: false });
  });

  it("reads nothing: what was queued is given up, and that is no clean end", async () => {
    const { connection, there } = await pair({ closeTimeoutMs: 50 });
    there.socket.pause();
    void connection.send(Buffer.alloc(16 * 1024 * 1024), { binary: true });
    const event = await connection.close();
    expect(event).toMatchObject({ code: 1006, initiator: "local", clean: false });
    expect(connection.bufferedAmount).toBe(0);
  });

  it("reads slowly: it is not hurried", async () => {
    const closeTimeoutMs = 300;
    const { connection, there } = await pair({ closeTimeoutMs, frames: false });
    there.socket.pause();
    const size = 64 * 1024 * 1024;
    const begun = performance.now();
    void connection.send(Buffer.alloc(size, "x"), { binary: true });
    const closed = connection.close();
    let received = 0;
    let slow = true;
    there.socket.removeAllListeners("data");
    there.socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
      if (slow) there.socket.pause();
    });
    const reading = setInterval(() => there.socket.resume(), 1);
    await eventually(() => connection.bufferedAmount === 0);
    expect(performance.now() - begun).toBeGreaterThan(closeTimeoutMs);
    // What is in the buffers of the system now is out of our sight: the timeout counts from here.
    slow = false;
    await eventually(() => received > size);
    clearInterval(reading);
    there.send(closeFrame(1000));
    there.socket.end();
    expect(await closed).toMatchObject({ code: 1000, clean: true });
  });

  it("answers, but never ends the TCP connection", async () => {
    const { connection, there } = await pair({ closeTimeoutMs: 50 });
    const closed = connection.close();
    await there.bytes(8);
    there.send(closeFrame(1000));
    expect(await closed).toMatchObject({ code: 1000, initiator: "local", clean: true });
  });

  it("ends without a Close frame", async () => {
    const { connection, log, there } = await pair();
    there.send(frame(Opcode.text, "last words"));
    there.socket.end();
    expect(await connection.closed).toMatchObject({
      code: 1006,
      reason: "",
      initiator: "peer",
      clean: false,
    });
    expect(log.texts("in")).toEqual(["last words"]);
    expect(log.of("error")).toEqual([]);
  });

  it("ends within a frame", async () => {
    const { connection, there } = await pair();
    there.send(frame(Opcode.text, "cut").subarray(0, 4));
    there.socket.end();
    expect(await connection.closed).toMatchObject({ code: 1006, clean: false });
  });

  it("resets the connection", async () => {
    const { connection, log, there } = await pair();
    there.socket.resetAndDestroy();
    expect(await connection.closed).toMatchObject({ code: 1006, initiator: "peer", clean: false });
    expect(log.of("error")).toMatchObject([
      { code: "abnormal", message: expect.stringMatching(/ECONNRESET/) },
    ]);
    expect(log.events.map(({ type }) => type).at(-1)).toBe("close");
    expect(log.states).toEqual(["OPEN", "CLOSING", "CLOSED"]);
  });

  it("resets right after its Close frame: its code stands", async () => {
    const { connection, log, there } = await pair();
    there.send(closeFrame(1011, "crash"));
    await log.until("frame");
    there.socket.resetAndDestroy();
    expect(await connection.closed).toMatchObject({
      code: 1011,
      reason: "crash",
      initiator: "peer",
    });
    expect(log.of("error")).toEqual([]);
  });

  it("ends its half and still reads: what was sent arrives, compressed too", async () => {
    const { connection, there } = await pair({ role: "server", deflate: DEFLATE });
    for (let i = 0; i < 20; i++) void connection.send(`${i} ${"x".repeat(100_000)}`);
    there.socket.end();
    await connection.closed;
    await there.end();
    const { frames, end } = parse([there.received], { deflate: true });
    expect([frames.length, end]).toEqual([20, undefined]);
  });
});

describe("the order of the end", () => {
  it("leaves it to the server to end the TCP connection", async () => {
    const { connection, there } = await pair({ role: "client" });
    there.send(closeFrame(1000));
    await there.bytes(8);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([there.ended, connection.state]).toEqual([false, "CLOSING"]);
    there.socket.end();
    await there.end();
    expect(await connection.closed).toMatchObject({ clean: true });
  });

  it("ends it as the server", async () => {
    const { connection, there } = await pair({ role: "server" });
    there.send(closeFrame(1000, "", true));
    await expectClosedWith(there, "03e8");
    expect(connection.state).toBe("CLOSING");
    there.socket.end();
    expect(await connection.closed).toMatchObject({ clean: true });
  });

  it("is quick when the Close frame comes behind much else in one read", async () => {
    const { connection, log, there } = await pair({ closeTimeoutMs: 60_000 });
    const messages = Array.from({ length: 60 }, () => frame(Opcode.text, "x".repeat(1000)));
    there.send(...messages, closeFrame(1000));
    await there.bytes(8);
    there.socket.end();
    expect(await connection.closed).toMatchObject({ code: 1000, clean: true });
    expect(log.of("message")).toHaveLength(60);
  });

  it("answers a Close frame behind what takes time to inflate, FIN or no FIN", async () => {
    const { connection, log, there } = await pair({ deflate: DEFLATE, closeTimeoutMs: 60_000 });
    const payload = compress(Buffer.alloc(4_000_000, "inflate me "));
    const message = encodeFrame({ opcode: Opcode.text, rsv1: true, payload });
    there.send(concat([message, message, closeFrame(1001, "after")]));
    there.socket.end();
    const event = await connection.closed;
    expect(event).toMatchObject({ code: 1001, reason: "after", initiator: "peer", clean: true });
    expect(log.of("message").map(({ data }) => data.length)).toEqual([4_000_000, 4_000_000]);
    await there.end();
    expect(closesAt(there)).toEqual([`03e9${toHex(utf8("after"))}`]);
  });

  it("tells the messages that were inflating when the socket died", async () => {
    const { connection, log, there } = await pair({ deflate: DEFLATE });
    const payload = compress(Buffer.alloc(4_000_000, "inflate me "));
    there.send(encodeFrame({ opcode: Opcode.text, rsv1: true, payload }));
    await log.until("frame");
    there.socket.resetAndDestroy();
    expect(await connection.closed).toMatchObject({ code: 1006 });
    expect(log.of("message").map(({ data }) => data.length)).toEqual([4_000_000]);
    expect(log.events.at(-1)?.type).toBe("close");
  });

  it("tells what had been read when the socket died while it was held", async () => {
    const { connection, log, there, here } = await pair();
    connection.hold();
    there.send(frame(Opcode.text, "held"));
    await eventually(() => here.readableLength > 0);
    there.socket.resetAndDestroy();
    // A held socket notices at its next write.
    void connection.send("x");
    await connection.closed;
    expect(log.texts("in")).toEqual(["held"]);
  });

  it("waits for an application that holds it", async () => {
    const { connection, log, there } = await pair({ closeTimeoutMs: 30 });
    const release = connection.hold();
    void connection.close();
    await there.bytes(8);
    there.send(frame(Opcode.text, "late"), closeFrame(1000));
    there.socket.end();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(connection.state).toBe("CLOSING");
    release();
    expect(await connection.closed).toMatchObject({ code: 1000, clean: true });
    expect(log.texts("in")).toEqual(["late"]);
  });

  it("does not take data after a Close frame", async () => {
    const { connection, log, there } = await pair();
    there.send(closeFrame(1000), frame(Opcode.text, "too late"));
    there.socket.end();
    expect(await connection.closed).toMatchObject({ code: 1000, clean: true });
    expect(log.of("message")).toEqual([]);
    const frames = log.of("frame").filter(({ dir }) => dir === "in");
    expect(frames[1]?.violations.map(({ rule }) => rule)).toEqual(["frame-after-close"]);
  });

  it("terminates at once, and says nothing on the wire", async () => {
    const { connection, log, there } = await pair();
    connection.terminate();
    connection.terminate();
    expect(await connection.closed).toMatchObject({ code: 1006, initiator: "local", clean: false });
    await there.end();
    expect(there.received).toHaveLength(0);
    expect(log.states).toEqual(["OPEN", "CLOSING", "CLOSED"]);
    expect(await connection.close()).toBe(await connection.closed);
  });

  it("shows no frame that did not leave", async () => {
    const { connection, log, there, here } = await pair();
    connection.hold();
    there.send(closeFrame(1000));
    await eventually(() => here.readableLength > 0);
    connection.terminate();
    await connection.closed;
    expect(log.of("frame").filter(({ dir }) => dir === "out")).toEqual([]);
    expect(await connection.closed).toMatchObject({ code: 1000, clean: false });
  });
});

describe("a peer that breaks the protocol", () => {
  const rsv1 = (bytes: Uint8Array) => {
    bytes[0]! |= 0x40;
    return bytes;
  };
  const bomb = () => rsv1(frame(Opcode.binary, compress(Buffer.alloc(100_000))));

  it.each<[string, Uint8Array, string, Options?]>([
    ["RSV1 without an extension", hex("c1 00"), "03ea"],
    ["RSV2", hex("a1 00"), "03ea"],
    ["RSV3", hex("91 00"), "03ea"],
    ["a reserved data opcode", hex("83 00"), "03ea"],
    ["a reserved control opcode", hex("8b 00"), "03ea"],
    ["a fragmented ping", hex("09 00"), "03ea"],
    ["a ping of 126 bytes", hex("89 7e 00 7e", filler(126)), "03ea"],
    ["a continuation of nothing", hex("80 00"), "03ea"],
    ["a message within a message", hex("01 01 61 81 01 62"), "03ea"],
    ["a masked frame from a server", hex("81 81 37fa213d 56"), "03ea"],
    ["a Close frame of one byte", hex("88 01 03"), "03ea"],
    ["a Close frame with 1006", hex("88 02 03ee"), "03ea"],
    ["a close reason that is not UTF-8", hex("88 03 03e8 ff"), "03ef"],
    ["text that is not UTF-8", hex("81 02 c3 28"), "03ef"],
    ["text that ends within a character", hex("81 01 c3"), "03ef"],
    ["a length over 2^53", hex("82 7f 0020000000000000"), "03f1"],
    ["a message over the limit", hex("82 0b", filler(11)), "03f1", { maxMessageLength: 10 }],
    ["fragments over the limit", hex("02 06 000000000000 80 05"), "03f1", { maxMessageLength: 10 }],
    ["what does not inflate", hex("c2 02 ffff"), "03ef", { deflate: DEFLATE }],
    ["what inflates over the limit", bomb(), "03f1", { deflate: DEFLATE, maxMessageLength: 1000 }],
    ["a compressed ping", hex("c9 00"), "03ea", { deflate: DEFLATE }],
    ["a compressed continuation", hex("41 00 c0 00"), "03ea", { deflate: DEFLATE }],
  ])("%s", async (_, bytes, payload, options = {}) => {
    const { connection, log, there } = await pair({ closeTimeoutMs: 60_000, ...options });
    there.send(frame(Opcode.text, "before"), bytes, frame(Opcode.text, "after"));
    await expectClosedWith(there, payload);
    there.socket.end();
    const code = Number.parseInt(payload, 16);
    expect(await connection.closed).toMatchObject({ code, initiator: "local", clean: false });
    expect(log.texts("in")).toEqual(["before"]);
    expect(log.of("error")).toMatchObject([
      {
        code: "protocol",
        message: expect.stringMatching(/^the peer (?:broke|sent a message of more)/),
      },
    ]);
    expect(log.states).toEqual(["OPEN", "CLOSING", "CLOSED"]);
    expect(log.of("close")).toHaveLength(1);
  });

  it("as a client without a mask", async () => {
    const { connection, there } = await pair({ role: "server", closeTimeoutMs: 60_000 });
    there.send(frame(Opcode.text, "naked"));
    await expectClosedWith(there, "03ea");
    there.socket.end();
    expect(await connection.closed).toMatchObject({ code: 1002 });
  });

  it("after we have sent our Close frame", async () => {
    const { connection, log, there } = await pair({ closeTimeoutMs: 60_000 });
    const closed = connection.close(1000);
    await there.bytes(8);
    there.send(hex("83 00"));
    await expectClosedWith(there, "03e8");
    there.socket.end();
    expect(await closed).toMatchObject({ code: 1000, clean: false });
    expect(log.of("error")).toMatchObject([{ code: "protocol" }]);
  });

  it("and ends with it", async () => {
    const { connection, log, there } = await pair();
    there.send(hex("83 00"));
    there.socket.end();
    await expectClosedWith(there, "03ea");
    expect(await connection.closed).toMatchObject({ code: 1002 });
    expect(log.of("error")).toHaveLength(1);
  });

  it("and goes on sending: the time limit ends it", async () => {
    const { connection, there } = await pair({ closeTimeoutMs: 50 });
    there.send(hex("83 00"));
    const flood = setInterval(() => there.send(frame(Opcode.text, "x".repeat(1000))), 1);
    expect(await connection.closed).toMatchObject({ code: 1002, clean: false });
    clearInterval(flood);
  });

  it("with more fragments than memory should hold", async () => {
    const { connection, there } = await pair({ frames: false });
    const fragments = Buffer.alloc(300_000 * 3);
    for (let i = 0; i < 300_000; i++) fragments.set([i === 0 ? 2 : 0, 1, 0x61], i * 3);
    there.send(fragments);
    await expectClosedWith(there, "03f0");
    there.socket.end();
    await connection.closed;
  });
});

it("ends once, whatever bytes come", async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    anyFrame.map(encodeFrame),
    fc.constant(encodeFrame({ opcode: 1, rsv1: true, payload: compress(utf8("x".repeat(5000))) })),
    fc.constant(closeFrame(1000)),
  );
  const options = fc.record({
    role: fc.constantFrom("client" as const, "server" as const),
    frames: fc.boolean(),
    deflate: fc.constantFrom(undefined, DEFLATE),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), options, async (pieces, how) => {
      const { connection, log, there } = await pair({ ...how, closeTimeoutMs: 1000 });
      for (const bytes of pieces) {
        there.send(bytes);
        if (bytes.length % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      there.socket.end();
      const close = await connection.closed;
      expect(log.of("close")).toEqual([close]);
      expect(log.states).toEqual(["OPEN", "CLOSING", "CLOSED"]);
      expect(log.of("error").length).toBeLessThanOrEqual(1);
      expect(connection.bufferedAmount).toBe(0);
      const frames = parse([there.received]).frames.filter(({ header }) => header.opcode === 8);
      expect(frames.length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 150 },
  );
});

describe("failing it", () => {
  const failure = new FramecatError("heartbeat", "nothing was heard");

  it("tells the peer, and waits for no answer", async () => {
    const { connection, log, there } = await pair({ closeTimeoutMs: 60_000 });
    connection.fail(failure);
    connection.fail(failure);
    await expectClosedWith(there, `03f3${toHex(utf8("heartbeat"))}`);
    there.send(frame(Opcode.text, "too late"), closeFrame(1000));
    there.socket.end();
    const close = await connection.closed;
    expect(close).toMatchObject({ code: 1011, initiator: "local", clean: false });
    expect(close.durationMs).toBeGreaterThan(0);
    expect(log.of("error")).toMatchObject([{ code: "heartbeat", message: "nothing was heard" }]);
    expect([log.texts("in"), log.states]).toEqual([[], ["OPEN", "CLOSING", "CLOSED"]]);
  });

  it("is over soon, though the peer is gone, or takes nothing, or is held back", async () => {
    const { connection, there } = await pair({ closeTimeoutMs: 60_000 });
    there.socket.pause();
    connection.hold();
    void connection.send(Buffer.alloc(16 * 1024 * 1024), { binary: true });
    connection.fail(failure);
    const event = { code: 1006, initiator: "local", clean: false };
    expect(await connection.closed).toMatchObject(event);
  });

  it("cuts a closing handshake short, and says nothing after the end", async () => {
    const { connection, log, there } = await pair({ closeTimeoutMs: 60_000 });
    void connection.close(1000);
    await there.bytes(8);
    connection.fail(failure);
    expect(await connection.closed).toMatchObject({ code: 1000, clean: false });
    connection.fail(failure);
    expect([log.of("error").length, log.events.at(-1)?.type]).toEqual([1, "close"]);
  });
});

describe("the time that closing took", () => {
  it("is told of a closing handshake, whoever began", async () => {
    const { url, clients } = await wsServer();
    const ours = await dialTo(url);
    const { durationMs } = await ours.connection.close();
    const theirs = await dialTo(url);
    [...clients].at(-1)!.close(1000);
    const close = await theirs.connection.closed;
    for (const took of [durationMs, close.durationMs]) {
      expect(took).toBeGreaterThan(0);
      expect(took).toBeLessThan(5000);
    }
  });

  it("is not told where no Close frame passed", async () => {
    const { connection, there } = await pair();
    there.socket.end();
    expect(await connection.closed).not.toHaveProperty("durationMs");
  });
});

it("leaves no timer and no socket behind", async () => {
  const { connection, there, here } = await pair();
  void connection.close();
  await there.bytes(8);
  there.send(closeFrame(1000));
  there.socket.end();
  await connection.closed;
  expect(here.destroyed).toBe(true);
  await once(there.socket, "close");
});
