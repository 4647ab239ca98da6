import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { hex } from "../helpers/bytes.ts";
import { parse } from "../helpers/frames.ts";
import type { DeflateOffer } from "../../src/protocol/deflate.ts";
import { LeanLog, leanPair, leanTo } from "../helpers/lean.ts";
import { BROKEN_BY_SERVER, encodeAll } from "../helpers/load-frames.ts";
import { rawServer } from "../helpers/transport.ts";

const pair = async (closeTimeoutMs = 5000) => leanPair(await rawServer(), { closeTimeoutMs });

/** The one frame that came: opcode, whether it is masked, payload. */
function frameOf(bytes: Uint8Array) {
  const { frames } = parse([bytes]);
  expect(frames).toHaveLength(1);
  const [{ header, payload }] = frames as [(typeof frames)[0]];
  return [header.opcode, header.masked, Buffer.from(payload).toString("latin1")];
}

describe("while it is open", () => {
  it("writes frames as they are", async () => {
    const { connection, peer } = await pair();
    const frames = Buffer.from(encodeAll([{ opcode: 1, maskKey: 7, payload: hex("61 62") }]));
    expect([connection.state, connection.send(frames)]).toEqual(["OPEN", true]);
    expect(await peer.bytes(frames.length)).toEqual(frames);
    expect(connection.bufferedAmount).toBe(0);
  });

  it.each([
    ["short", 20],
    ["of 16-bit length", 200],
    ["of 64-bit length", 70_000],
  ])("counts replies that are %s", async (_, length) => {
    const { log, peer } = await pair();
    const reply = encodeFrame({ opcode: 2, payload: new Uint8Array(length) });
    peer.send(reply, reply, reply);
    await log.until(() => log.bytes === 3 * reply.length);
    expect(log.messages).toBe(3);
  });

  it("counts a fragmented reply once, with a ping between its fragments", async () => {
    const { log, peer } = await pair();
    peer.send(hex("01 01 61", "89 01 70", "00 01 62", "80 01 63", "81 00"));
    expect(frameOf(await peer.bytes(7))).toEqual([10, true, "p"]);
    expect(log.messages).toBe(2);
  });

  it("finds a message that is cut anywhere", async () => {
    const { log, peer } = await pair();
    for (const [i, piece] of ["81", "03 61", "62", "63 82 01", "64"].entries()) {
      peer.send(hex(piece));
      await log.until(() => log.reads === i + 1);
    }
    expect(log.messages).toBe(2);
  });

  it("answers the latest of the pings that come while the peer does not read", async () => {
    const { connection, log, peer } = await pair();
    peer.socket.pause();
    const frame = Buffer.from(
      encodeFrame({ opcode: 2, maskKey: 1, payload: Buffer.alloc(2 ** 20) }),
    );
    let sent = 0;
    while (!connection.congested) sent += connection.send(frame) ? frame.length : 0;
    peer.send(hex("89 01 61", "89 01 62", "89 01 63"));
    await log.until(() => log.bytes === 9);
    expect(connection.bufferedAmount).toBeGreaterThan(0);
    peer.socket.resume();
    await log.until(() => log.drains === 1);
    expect(connection.congested).toBe(false);
    const received = await peer.bytes(sent + 7);
    expect(frameOf(received.subarray(sent))).toEqual([10, true, "c"]);
  });
});

describe("an owner that wants payloads", () => {
  /** A connection whose owner writes down what it is told. */
  const listening = async (options?: { readonly deflate: DeflateOffer }) => {
    const told: string[] = [];
    const server = await rawServer();
    const log = Object.assign(new LeanLog(), {
      message: (payload: Uint8Array, opcode: number, compressed: boolean) => {
        told.push(`${opcode}${compressed ? "z" : ""} ${Buffer.from(payload).toString("latin1")}`);
      },
      pong: (payload: Uint8Array) => {
        told.push(`pong ${Buffer.from(payload).toString("latin1")}`);
      },
    });
    const accepted = server.peer().then(async (peer) => {
      await peer.accept(...(options ? ["Sec-WebSocket-Extensions: permessage-deflate"] : []));
      return peer;
    });
    const { connection } = await leanTo(server.url(), options, log);
    return { connection, log, told, peer: await accepted };
  };

  it("gets those of messages and pongs, in order, before it is told of the read", async () => {
    const { log, told, peer } = await listening();
    const long = "x".repeat(200);
    const longFrame = encodeFrame({ opcode: 2, payload: Buffer.from(long) });
    peer.send(
      hex("81 01 61", "8a 01 70", "82 01 62"),
      longFrame,
      hex("01 01 63", "80 01 64", "81 00"),
    );
    await log.until(() => log.messages === 5);
    expect(told).toEqual(["1 a", "pong p", "2 b", `2 ${long}`, "1 cd", "1 "]);
  });

  it("gets them whole where they are cut anywhere", async () => {
    const { log, told, peer } = await listening();
    for (const [i, piece] of ["81", "03 61", "62", "63 82 01", "64 81 01 65"].entries()) {
      peer.send(hex(piece));
      await log.until(() => log.reads === i + 1);
    }
    expect([told, log.messages]).toEqual([["1 abc", "2 d", "1 e"], 3]);
  });

  it("gets them compressed where that was agreed on", async () => {
    const { log, told, peer } = await listening({ deflate: {} });
    peer.send(hex("c1 02 4a04", "81 01 61"));
    await log.until(() => log.messages === 2);
    expect(told).toEqual(["1z J\x04", "1 a"]);
  });

  it("may end the connection while it is told", async () => {
    const { connection, log, peer } = await listening();
    Object.assign(log, { message: () => connection.destroy() });
    peer.send(hex("81 01 61", "81 01 62"));
    expect(await log.end).toMatchObject({ code: 1006, initiator: "local" });
  });
});

describe("closing", () => {
  it("is answered by the server, which ends the connection", async () => {
    const { connection, log, peer } = await pair();
    connection.close(1001, "bye");
    expect(connection.state).toBe("CLOSING");
    expect(connection.send(Buffer.from("x"))).toBe(false);
    expect(frameOf(await peer.bytes(11))).toEqual([8, true, "\x03\xe9bye"]);
    peer.send(hex("81 00", "88 02 03e9"));
    peer.socket.end();
    expect(await log.end).toEqual({ code: 1001, reason: "", initiator: "local", clean: true });
    expect([connection.state, log.messages]).toEqual(["CLOSED", 1]);
  });

  it.each([
    ["1000 and a reason", "88 05 03e8 627965", "\x03\xe8bye", 1000, "bye"],
    ["no code", "88 00", "", 1005, ""],
  ])("by the peer with %s is answered", async (_, frame, answer, code, reason) => {
    const { connection, log, peer } = await pair();
    peer.send(hex(frame, "81 00"));
    expect(frameOf(await peer.bytes(6 + answer.length))).toEqual([8, true, answer]);
    expect(connection.state).toBe("CLOSING");
    peer.socket.end();
    expect(await log.end).toEqual({ code, reason, initiator: "peer", clean: true });
    expect(log.messages).toBe(0);
  });

  it("is over after the timeout, whether the peer answers or not", async () => {
    const { connection, log } = await pair(50);
    connection.close();
    const { code, clean, initiator } = await log.end;
    expect([code, clean, initiator]).toEqual([1006, false, "local"]);
  });

  it("is over after the timeout where the peer answers and does not end the connection", async () => {
    const { log, peer } = await pair(50);
    peer.send(hex("88 02 03e8"));
    expect(await log.end).toMatchObject({ code: 1000, clean: true });
  });

  it("at once sends nothing", async () => {
    const { connection, log, peer } = await pair();
    connection.destroy();
    expect([connection.state, connection.send(Buffer.from("x"))]).toEqual(["CLOSING", false]);
    expect(await log.end).toMatchObject({ code: 1006, initiator: "local", clean: false });
    await peer.end();
    expect(peer.received).toHaveLength(0);
  });
});

describe("a connection that just ends", () => {
  it("by FIN", async () => {
    const { connection, log, peer } = await pair();
    peer.socket.end();
    expect(await log.end).toEqual({ code: 1006, reason: "", initiator: "peer", clean: false });
    expect(connection.state).toBe("CLOSED");
  });

  it("by a reset", async () => {
    const { log, peer } = await pair();
    peer.socket.resetAndDestroy();
    expect(await log.end).toMatchObject({ code: 1006, initiator: "peer", errno: "ECONNRESET" });
  });
});

describe("a peer that breaks the protocol", () => {
  it.each(BROKEN_BY_SERVER)("by %s is told so and left", async (rule, frame) => {
    const { log, peer } = await pair();
    peer.send(hex("81 00"), encodeAll([frame]), hex("81 00"));
    expect(frameOf(await peer.bytes(8))).toEqual([8, true, "\x03\xea"]);
    peer.socket.end();
    const { code, initiator, clean, violation } = await log.end;
    expect([code, initiator, clean, violation?.rule]).toEqual([1002, "local", false, rule]);
    expect(log.messages).toBe(1);
  });

  it("by a Close frame that is wrong is told so", async () => {
    const { log, peer } = await pair();
    peer.send(hex("88 01 03"));
    expect(frameOf(await peer.bytes(8))).toEqual([8, true, "\x03\xea"]);
    peer.socket.end();
    expect((await log.end).violation?.rule).toBe("close-one-byte");
  });

  it("and goes on sending is ended after the timeout", async () => {
    const { log, peer } = await pair(50);
    peer.send(hex("c1 00"));
    await peer.end();
    expect(await log.end).toMatchObject({ code: 1002 });
  });
});
