import { once } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import { Connection } from "../../src/transport/connection.ts";
import { MAX_PONGS_UNDER_WAY } from "../../src/transport/pong-replies.ts";
import { concat, filler, toHex, utf8 } from "../helpers/bytes.ts";
import { parse } from "../helpers/frames.ts";
import {
  connectionOptions,
  dialTo,
  EventLog,
  eventually,
  expectFailure,
  type RawPeer,
  socketPair,
  startServer,
} from "../helpers/transport.ts";
import { collect, echoBack, wsClient, wsServer } from "../helpers/ws-peers.ts";

/** A connection over a real socket with a peer that says what the test says. */
async function pair(options: Parameters<typeof connectionOptions>[1] = {}) {
  const { here, there } = await socketPair();
  const log = new EventLog();
  const connection = new Connection(here, connectionOptions(log, options));
  connection.start();
  return { connection, log, there };
}

/** The payloads of the frames with this opcode that a peer has received, as text. */
function textsAt(peer: RawPeer, opcode: number): string[] {
  return parse([peer.received])
    .frames.filter(({ header }) => header.opcode === opcode)
    .map(({ payload }) => Buffer.from(payload).toString());
}

const frame = (opcode: number, text = "", fin = true) =>
  encodeFrame({ opcode, fin, payload: utf8(text) });

/** Larger than what the kernel takes off a sender whose peer does not read. */
const MEBIBYTE = 1024 * 1024;

describe("with ws at the other end", () => {
  it("talks as a client", async () => {
    const { url } = await wsServer(echoBack);
    const { connection, log } = await dialTo(url);
    void connection.send("grüß dich");
    void connection.send("");
    void connection.send(filler(70_000), { binary: true });
    const echoes = await log.count("message", 3, "in");
    expect(echoes.map(({ kind }) => kind)).toEqual(["text", "text", "binary"]);
    expect(log.texts("in").slice(0, 2)).toEqual(["grüß dich", ""]);
    expect(toHex(echoes[2]!.data)).toBe(toHex(filler(70_000)));
    await eventually(() => connection.bufferedAmount === 0);
  });

  it("talks as a server", async () => {
    const server = await startServer();
    const socket = await wsClient(server.url);
    const { messages, until } = collect(socket);
    const connection = await server.connection();
    void connection.send("hello");
    void connection.send(Uint8Array.of(1, 2, 3), { binary: true });
    socket.send("hi");
    await until(2);
    await server.log.count("message", 3);
    expect(messages.map(({ data, isBinary }) => [data.toString("hex"), isBinary])).toEqual([
      [Buffer.from("hello").toString("hex"), false],
      ["010203", true],
    ]);
    expect(server.log.texts("in")).toEqual(["hi"]);
  });

  it("sends a message in fragments, with a ping between them", async () => {
    const { url, clients } = await wsServer(echoBack);
    const { connection, log } = await dialTo(url);
    const [socket] = clients;
    const pinged = once(socket!, "ping");
    void connection.send("one ", { fin: false });
    void connection.send("two ", { fin: false });
    void connection.ping(utf8("between"));
    void connection.send("three");
    await log.count("message", 1, "in");
    expect(log.texts("in")).toEqual(["one two three"]);
    expect((await pinged).toString()).toBe("between");
    const sent = log.of("frame").filter(({ dir }) => dir === "out");
    expect(sent.map(({ frame: { header } }) => [header.opcode, header.fin])).toEqual([
      [Opcode.text, false],
      [Opcode.continuation, false],
      [Opcode.ping, true],
      [Opcode.continuation, true],
    ]);
  });

  it("tells a message sent in fragments once, as a whole", async () => {
    const { url } = await wsServer(echoBack);
    const { connection, log } = await dialTo(url);
    void connection.send(Uint8Array.of(1), { binary: true, fin: false });
    void connection.send(Uint8Array.of(2, 3), { binary: true });
    void connection.send("next");
    await log.count("message", 2, "in");
    const told = log.of("message").filter(({ dir }) => dir === "out");
    expect(told.map(({ kind, data }) => [kind, toHex(data)])).toEqual([
      ["binary", "010203"],
      ["text", toHex(utf8("next"))],
    ]);
  });

  it("tells the round trip of its pings", async () => {
    const { url } = await wsServer();
    const { connection, log } = await dialTo(url);
    void connection.ping(utf8("a"));
    void connection.ping(utf8("b"));
    const [first, second] = await log.count("pong", 2, "in");
    expect([first!.data, second!.data].map((data) => Buffer.from(data).toString())).toEqual([
      "a",
      "b",
    ]);
    for (const { rttMs } of [first!, second!]) {
      expect(rttMs).toBeGreaterThan(0);
      expect(rttMs).toBeLessThan(5000);
    }
  });

  it("answers pings with their payload", async () => {
    const server = await startServer();
    const socket = await wsClient(server.url);
    const pong = once(socket, "pong");
    socket.ping("are you there?");
    expect(((await pong) as [Buffer])[0].toString()).toBe("are you there?");
    expect(server.log.of("ping").map(({ dir }) => dir)).toEqual(["in"]);
    expect(server.log.of("pong").map(({ dir }) => dir)).toEqual(["out"]);
  });

  it("gives a pong that nobody asked for no round trip", async () => {
    const server = await startServer();
    const socket = await wsClient(server.url);
    socket.pong("unasked");
    const { rttMs, data } = await server.log.until("pong");
    expect([rttMs, Buffer.from(data).toString()]).toEqual([undefined, "unasked"]);
  });

  it("carries any messages unchanged and in order", { timeout: 30_000 }, async () => {
    const kind = fc.constantFrom("text", "binary");
    const size = fc.oneof(fc.nat(300), fc.nat(70_000), fc.nat(200_000));
    const sending = fc.record({ kind, size, pieces: fc.integer({ min: 1, max: 4 }) });
    const options = fc.record({ deflate: fc.boolean(), frames: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(sending, { maxLength: 12 }), options, async (sendings, how) => {
        const { url } = await wsServer(echoBack, { perMessageDeflate: how.deflate });
        const { connection, log } = await dialTo(url, {
          frames: how.frames,
          deflate: how.deflate ? { clientMaxWindowBits: true } : undefined,
        });
        const sent = sendings.map((one, i) => ({ ...one, data: content(one, i) }));
        for (const { data, kind: type, pieces } of sent) {
          for (let i = 0; i < pieces; i++) {
            const at = (n: number) => Math.floor((data.length * n) / pieces);
            const part = data.subarray(at(i), at(i + 1));
            await connection.send(part, { binary: type === "binary", fin: i === pieces - 1 });
          }
        }
        const echoes = await log.count("message", sent.length, "in");
        for (const [i, { kind: type, data }] of echoes.entries()) {
          expect(type).toBe(sent[i]!.kind);
          expect(Buffer.compare(data, sent[i]!.data)).toBe(0);
        }
        expect(await connection.close()).toMatchObject({ code: 1000, clean: true });
        expect(connection.bufferedAmount).toBe(0);
      }),
      { numRuns: 25 },
    );
  });
});

/** Text of ASCII or any bytes, told apart from the message before. */
function content({ kind, size }: { kind: string; size: number }, index: number): Uint8Array {
  return kind === "text"
    ? Buffer.alloc(size, `${index} the quick brown fox `)
    : Buffer.from(filler(size)).fill(index, 0, Math.min(size, 1));
}

describe("the beginning", () => {
  it("reads first what came with the handshake", async () => {
    const { here, there } = await socketPair();
    const log = new EventLog();
    there.send(frame(Opcode.text, "second"));
    await once(here.resume().pause(), "readable");
    const connection = new Connection(here, connectionOptions(log));
    connection.start(frame(Opcode.text, "first"));
    await log.count("message", 2);
    expect(log.texts("in")).toEqual(["first", "second"]);
  });

  it("reads nothing before the start", async () => {
    const { here, there } = await socketPair();
    const log = new EventLog();
    const connection = new Connection(here, connectionOptions(log));
    there.send(frame(Opcode.text, "early"));
    await eventually(() => there.socket.bytesWritten > 0);
    connection.hold()();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log.of("frame")).toEqual([]);
    connection.start();
    await log.until("message");
  });

  it("is open from the first event on, whatever is done before the start", async () => {
    const { here, there } = await socketPair();
    const log = new EventLog();
    const connection = new Connection(here, connectionOptions(log));
    void connection.send("early");
    void connection.close(1001);
    connection.start();
    await there.bytes(11 + 8);
    there.send(encodeFrame({ opcode: Opcode.close, payload: Uint8Array.of(0x03, 0xe9) }));
    there.socket.end();
    expect(await connection.closed).toMatchObject({ code: 1001, clean: true });
    const told = log.events.map((event) => (event.type === "state" ? event.state : event.type));
    expect(told.join(" ")).toBe("OPEN frame message CLOSING frame frame CLOSED close");
  });

  it("ends where the socket had already gone", async () => {
    const { here } = await socketPair();
    here.destroy();
    await once(here, "close");
    const log = new EventLog();
    const connection = new Connection(here, connectionOptions(log));
    connection.start();
    expect(await connection.closed).toMatchObject({ code: 1006, clean: false });
    expect(log.states.at(-1)).toBe("CLOSED");
  });
});

describe("reading", () => {
  it("takes frames however they are split", async () => {
    const { log, there } = await pair();
    const bytes = concat([
      frame(Opcode.text, "a", false),
      frame(Opcode.ping, "p"),
      frame(Opcode.continuation, "b"),
      frame(Opcode.binary, "c"),
    ]);
    for (const byte of bytes) {
      there.send(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await log.count("message", 2);
    expect(log.texts("in")).toEqual(["ab", "c"]);
    await there.bytes(7);
    expect(textsAt(there, Opcode.pong)).toEqual(["p"]);
  });

  it("goes on when the last of several holders has let go", async () => {
    const { connection, log, there } = await pair();
    const [first, second] = [connection.hold(), connection.hold()];
    there.send(frame(Opcode.text, "held"));
    first();
    first();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log.of("message")).toEqual([]);
    second();
    await log.until("message");
  });

  it("holds a peer back by TCP", async () => {
    const { connection, log, there } = await pair();
    const release = connection.hold();
    const message = frame(Opcode.text, "x".repeat(65_000));
    for (let i = 0; i < 200; i++) there.send(message);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(log.of("message")).toEqual([]);
    // 13 MB were written; what neither kernel took waits with the sender.
    expect(there.socket.writableLength).toBeGreaterThan(MEBIBYTE);
    release();
    await log.count("message", 200);
    expect(there.socket.writableLength).toBe(0);
  });

  it("answers only some of many pings to a peer that does not read, the latest among them", async () => {
    const { here, there } = await socketPair();
    const told = { ping: 0, pong: 0 };
    const connection = new Connection(
      here,
      connectionOptions(new EventLog(), {
        frames: false,
        onEvent: ({ type }) => {
          if (type === "ping" || type === "pong") told[type] += 1;
        },
      }),
    );
    connection.start();
    there.socket.pause();
    const ping = (i: number) => frame(Opcode.ping, String(i).padStart(125, "0"));
    const rounds = 60;
    for (let round = 1; round <= rounds; round++) {
      there.send(...Array.from({ length: 1000 }, (_, i) => ping((round - 1) * 1000 + i)));
      await eventually(() => told.ping === round * 1000);
      expect(connection.bufferedAmount).toBeLessThanOrEqual(125 * MAX_PONGS_UNDER_WAY);
    }
    expect(told.pong).toBeLessThan(rounds * 1000);
    there.socket.resume();
    const last = String(rounds * 1000 - 1).padStart(125, "0");
    await there.until((received) => received.length >= told.pong * 131);
    expect(textsAt(there, Opcode.pong).at(-1)).toBe(last);
    expect(connection.state).toBe("OPEN");
  });
});

describe("sending", () => {
  it("waits while the peer does not read, and loses nothing", async () => {
    const { connection, there } = await pair();
    there.socket.pause();
    const message = filler(64 * 1024);
    let resolved = 0;
    const sending = (async () => {
      for (let i = 0; i < 256; i++) {
        await connection.send(message, { binary: true });
        resolved += 1;
        expect(connection.bufferedAmount).toBeLessThan(512 * 1024);
      }
    })();
    await eventually(() => connection.congested);
    const stuckAt = await settled(() => resolved);
    expect(stuckAt).toBeLessThan(256);
    there.socket.resume();
    await sending;
    await there.bytes(256 * (message.length + 14));
    const { frames } = parse([there.received]);
    expect(frames).toHaveLength(256);
    expect(frames.every(({ payload }) => Buffer.compare(payload, message) === 0)).toBe(true);
    await eventually(() => connection.bufferedAmount === 0);
  });

  it("waits with empty messages too, since each takes memory", async () => {
    const { connection, there } = await pair();
    const sends = Array.from({ length: 5000 }, () => connection.send(""));
    expect([connection.congested, connection.bufferedAmount]).toEqual([true, 0]);
    await Promise.all(sends);
    expect(connection.congested).toBe(false);
    await there.bytes(5000 * 6);
  });

  it("lets go of who waits when the connection dies", async () => {
    const { connection, there } = await pair();
    there.socket.pause();
    const sending = connection.send(Buffer.alloc(16 * MEBIBYTE), { binary: true });
    await eventually(() => connection.congested);
    there.socket.resetAndDestroy();
    await sending;
    expect(await connection.closed).toMatchObject({ code: 1006 });
    expect(connection.bufferedAmount).toBe(0);
  });

  it("refuses when it is not open", async () => {
    const { connection } = await pair();
    connection.terminate();
    await expectFailure(connection.send("x"), "abnormal", /not open/);
    await connection.closed;
    await expectFailure(connection.send("x"), "abnormal", /not open/);
    await expectFailure(connection.ping(), "abnormal", /not open/);
    await expectFailure(connection.pong(), "abnormal", /not open/);
    expect(connection.bufferedAmount).toBe(0);
  });

  it("refuses control frames over 125 bytes and is none the worse for it", async () => {
    const { connection, log, there } = await pair();
    expect(() => void connection.ping(filler(126))).toThrow(RangeError);
    expect(() => void connection.pong(filler(126))).toThrow(RangeError);
    void connection.ping(filler(125));
    await there.bytes(131);
    expect(connection.bufferedAmount).toBe(0);
    expect(log.of("ping")).toHaveLength(1);
    expect(log.of("pong")).toHaveLength(0);
  });

  it("leaves the bytes that it is given as they are", async () => {
    const { connection, there } = await pair();
    const data = filler(1000);
    void connection.send(data, { binary: true });
    await there.bytes(1000);
    expect(toHex(data)).toBe(toHex(filler(1000)));
  });

  it("sends a pong that nobody asked for", async () => {
    const { connection, log, there } = await pair();
    void connection.pong(utf8("still here"));
    await there.bytes(16);
    expect(textsAt(there, Opcode.pong)).toEqual(["still here"]);
    expect(log.of("pong").map(({ dir }) => dir)).toEqual(["out"]);
  });
});

describe("bytes as they are", () => {
  it("go out in order behind what is being deflated, and are told as the frames they are", async () => {
    const deflate = {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    };
    const { connection, log, there } = await pair({ deflate });
    void connection.send("x".repeat(5000));
    void connection.sendRaw(Uint8Array.of(0xf3, 0x01));
    void connection.sendRaw(utf8("!"));
    void connection.send("after");
    const frames = await log.count("frame", 3);
    await there.until((received) => received.length > 3 + 11);
    expect(frames.map(({ frame: { header } }) => header.opcode)).toEqual([1, 3, 1]);
    expect(frames[1]!.frame.header).toMatchObject({ rsv2: true, masked: false, length: 1 });
    expect(frames[1]!.violations.map(({ rule }) => rule)).toContain("client-frame-unmasked");
    expect(there.received.includes("f30121", 0, "hex")).toBe(true);
    await eventually(() => connection.bufferedAmount === 0);
    expect(connection.traffic.out.messages).toBe(2);
  });

  it("wait while the peer does not read, and are refused when it is not open", async () => {
    const { connection, there } = await pair({ frames: false });
    there.socket.pause();
    const sending = connection.sendRaw(Buffer.alloc(16 * MEBIBYTE));
    expect(connection.congested).toBe(true);
    there.socket.resume();
    await sending;
    connection.terminate();
    await expectFailure(connection.sendRaw(utf8("x")), "abnormal", /not open/);
  });

  it("may be a Close frame, behind which it is still open here", async () => {
    const { connection, log, there } = await pair();
    await connection.sendRaw(encodeFrame({ opcode: Opcode.close, maskKey: 1 }));
    await there.bytes(6);
    expect([connection.state, log.of("frame").length]).toEqual(["OPEN", 1]);
    there.send(frame(Opcode.close));
    await there.bytes(12);
    there.socket.end();
    expect(await connection.closed).toMatchObject({ code: 1005, clean: true });
  });
});

describe("what is known of a connection", () => {
  it("what has passed, counted in messages, payload and wire", async () => {
    const { connection, log, there } = await pair();
    expect(connection.traffic.in).toEqual({ messages: 0, payloadBytes: 0, wireBytes: 0 });
    there.send(frame(Opcode.text, "hello"), frame(Opcode.ping, "p"));
    await log.until("pong");
    await connection.send("four");
    await there.bytes(7 + 10);
    await eventually(() => connection.bufferedAmount === 0);
    expect(connection.traffic).toEqual({
      in: { messages: 1, payloadBytes: 5, wireBytes: 10 },
      out: { messages: 1, payloadBytes: 4, wireBytes: 17 },
    });
  });

  it("when the peer was last heard", async () => {
    const { connection, log, there } = await pair();
    const before = connection.heardAt.ns;
    there.send(frame(Opcode.ping, ""));
    const { at } = await log.until("ping");
    expect(connection.heardAt.ns).toBeGreaterThan(before);
    expect(connection.heardAt.ns).toBeLessThanOrEqual(at.ns);
  });

  it("whether it is held, and is within a message", async () => {
    const { connection } = await pair();
    const release = connection.hold();
    expect(connection.held).toBe(true);
    release();
    expect(connection.held).toBe(false);
    void connection.send("a", { fin: false });
    expect(connection.midMessage).toBe(true);
    void connection.send("b");
    expect(connection.midMessage).toBe(false);
  });

  it("that the peer takes what waits for it, while something waits", async () => {
    const { connection, there } = await pair();
    expect(connection.progress).toBeUndefined();
    there.socket.pause();
    void connection.send(Buffer.alloc(16 * MEBIBYTE), { binary: true });
    const stuck = await settled(() => connection.progress ?? 0);
    void connection.send("more of ours changes nothing");
    expect(connection.progress).toBe(stuck);
    there.socket.resume();
    await eventually(() => connection.progress !== stuck);
    await eventually(() => connection.progress === undefined);
  });

  it("which messages are heartbeats", async () => {
    const { connection, log } = await pair();
    void connection.send("data");
    void connection.send("beat", { heartbeat: true });
    expect(log.of("message").map(({ heartbeat }) => heartbeat)).toEqual([undefined, true]);
  });
});

describe("whether a message has left", () => {
  it("is told once the kernel has it, or never will", async () => {
    const { connection, there } = await pair();
    there.socket.pause();
    const told: [string, boolean][] = [];
    const send = (name: string, data: Uint8Array) =>
      void connection.send(data, { binary: true, sent: (ok) => told.push([name, ok]) });
    send("small", utf8("x"));
    send("big", Buffer.alloc(16 * MEBIBYTE));
    send("behind", utf8("y"));
    await eventually(() => told.length === 1);
    there.socket.resetAndDestroy();
    await connection.closed;
    expect(told).toEqual([
      ["small", true],
      ["big", false],
      ["behind", false],
    ]);
  });

  it("is told before the close of those, too, that wait behind one being deflated", async () => {
    const deflate = {
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    };
    const { connection, log } = await pair({ deflate });
    const told: string[] = [];
    for (const name of ["first", "second"]) {
      const sent = (ok: boolean): void => {
        told.push(`${name} ${ok} ${log.of("close").length}`);
      };
      void connection.send(Buffer.alloc(MEBIBYTE), { binary: true, sent });
    }
    connection.terminate();
    await connection.closed;
    expect(told).toEqual(["first false 0", "second false 0"]);
    expect(connection.bufferedAmount).toBe(0);
  });
});

/** The value once it has stayed the same for a while. */
async function settled(read: () => number): Promise<number> {
  for (let value = read(); ; value = read()) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (read() === value) return value;
  }
}
