import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import { Connection } from "../../src/transport/connection.ts";
import { filler, toHex, utf8 } from "../helpers/bytes.ts";
import { parse } from "../helpers/frames.ts";
import { connectionOptions, EventLog, eventually, socketPair } from "../helpers/transport.ts";

/** A server's connection that errs on purpose, over a real socket. */
async function pair(options: Parameters<typeof connectionOptions>[1] = {}) {
  const { here, there } = await socketPair();
  const log = new EventLog();
  const connection = new Connection(here, connectionOptions(log, { role: "server", ...options }));
  connection.start();
  const say = (opcode: number, text = "") =>
    there.send(encodeFrame({ opcode, payload: utf8(text), maskKey: 0x01020304 }));
  return { connection, log, there, say };
}

describe("a slow pipe", () => {
  it("counts as what waits, and delays the end until all has left", async () => {
    const { connection, there } = await pair({ shape: { bytesPerSecond: 200_000 } });
    void connection.send(filler(10_000), { binary: true });
    expect(connection.bufferedAmount).toBe(10_000);
    const before = connection.progress!;
    void connection.close(1000);
    await there.bytes(5000);
    expect(connection.progress).toBeGreaterThan(before);
    const { frames } = parse([await there.bytes(10_000 + 4 + 4)]);
    expect(frames.map(({ header }) => [header.opcode, header.length])).toEqual([
      [Opcode.binary, 10_000],
      [Opcode.close, 2],
    ]);
    expect(connection.bufferedAmount).toBe(0);
  });

  it("keeps senders waiting", async () => {
    const { connection } = await pair({ shape: { latencyMs: () => 60_000 } });
    let room = false;
    void connection.send(filler(300_000), { binary: true }).then(() => (room = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect([room, connection.congested]).toEqual([false, true]);
    connection.terminate();
    await eventually(() => room);
  });

  it("tells what has not left that it never will, when the connection dies", async () => {
    const { connection } = await pair({ shape: { latencyMs: () => 60_000 } });
    const sent = new Promise((resolve) => void connection.send("lost", { sent: resolve }));
    connection.terminate();
    expect(await sent).toBe(false);
  });
});

describe("pings and closes", () => {
  it("are left unanswered", async () => {
    const { connection, log, there, say } = await pair({
      answersPing: () => false,
      answersClose: () => false,
    });
    say(Opcode.ping, "anybody?");
    say(Opcode.close);
    await log.until("frame", ({ frame }) => frame.header.opcode === Opcode.close);
    void connection.send("still here");
    await there.bytes(12);
    expect([connection.state, there.ended]).toEqual(["OPEN", false]);
    there.socket.end();
    expect(await connection.closed).toMatchObject({ code: 1005, initiator: "peer", clean: false });
    expect(toHex(there.received)).toBe(`810a${toHex(utf8("still here"))}`);
  });

  it("that are unanswered do not keep us from closing", async () => {
    const { connection, log, there, say } = await pair({ answersClose: () => false });
    say(Opcode.close);
    await log.until("frame");
    void connection.close(1001);
    await there.end();
    expect(toHex(there.received)).toBe("880203e9");
    there.socket.end();
    await connection.closed;
  });
});

describe("a close with a code that never travels", () => {
  it.each([
    [1006, "880203ee"],
    [0, "88020000"],
    [65_535, "8802ffff"],
  ])("%d", async (code, frame) => {
    const { connection, there } = await pair();
    void connection.closeUnchecked(code);
    expect(toHex(await there.bytes(4))).toBe(frame);
    expect(connection.state).toBe("CLOSING");
    there.socket.end();
    await connection.closeUnchecked(code);
  });
});

describe("an end without a Close frame", () => {
  it("of our half alone leaves us reading; what is sent then is lost", async () => {
    const { connection, log, there, say } = await pair();
    void connection.send("last");
    connection.halfClose();
    await there.end();
    const lost = new Promise((resolve) => void connection.send("late", { sent: resolve }));
    say(Opcode.ping);
    say(Opcode.text, "heard");
    await log.count("message", 1, "in");
    expect([await lost, toHex(there.received)]).toEqual([false, `8104${toHex(utf8("last"))}`]);
    expect(there.closed).toBe(false);
    there.socket.end();
    expect(await connection.closed).toMatchObject({ code: 1006, initiator: "local" });
    connection.halfClose();
  });

  it("is a reset", async () => {
    const { connection, there } = await pair();
    connection.reset();
    expect(await connection.closed).toMatchObject({ code: 1006, initiator: "local" });
    await there.close();
    expect(there.error?.code).toBe("ECONNRESET");
  });
});
