import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../../src/protocol/encoder.ts";
import { Opcode } from "../../../src/protocol/opcodes.ts";
import { concat, filler, hex, utf8 } from "../../helpers/bytes.ts";
import { relayedPair } from "../../helpers/relay.ts";
import { eventually } from "../../helpers/transport.ts";

const hello = encodeFrame({ opcode: Opcode.text, payload: utf8("hello"), maskKey: 0x37fa213d });
const reply = encodeFrame({ opcode: Opcode.text, payload: utf8("reply") });

describe("a relayed connection", () => {
  it.each([true, false])(
    "passes bytes as they are, both ways, frames shown: %s",
    async (frames) => {
      const { client, server } = await relayedPair({ frames });
      const bytes = fc.uint8Array({ minLength: 1, maxLength: 5000 });
      await fc.assert(
        fc.asyncProperty(bytes, bytes, async (out, back) => {
          client.send(out);
          server.send(back);
          const [atServer, atClient] = await Promise.all([
            server.bytes(out.length),
            client.bytes(back.length),
          ]);
          expect([atServer, atClient]).toEqual([Buffer.from(out), Buffer.from(back)]);
          server.take();
          client.take();
        }),
        { numRuns: 30 },
      );
    },
  );

  it("tells frames and messages, and counts them", async () => {
    const { client, server, log, control, listener } = await relayedPair();
    client.send(hello);
    await server.bytes(hello.length);
    server.send(reply);
    await client.bytes(reply.length);
    const frames = await log.count("frame", 2);
    expect(frames.map(({ dir, frame }) => [dir, Buffer.from(frame.payload).toString()])).toEqual([
      ["out", "hello"],
      ["in", "reply"],
    ]);
    expect(log.texts("out")).toEqual(["hello"]);
    const [connection] = control.connections.values();
    expect(connection!.traffic).toEqual({
      out: { messages: 1, payloadBytes: 5, wireBytes: 11 },
      in: { messages: 1, payloadBytes: 5, wireBytes: 7 },
    });
    expect(listener.counters.opened).toBe(1);
  });

  it("passes a half-close on, after what came before it", async () => {
    const { client, server, log } = await relayedPair();
    client.send(hello);
    client.socket.end();
    await server.end();
    expect(server.received).toEqual(Buffer.from(hello));
    server.send(reply);
    server.socket.end();
    await client.end();
    expect(client.received).toEqual(Buffer.from(reply));
    expect(await log.until("close")).toMatchObject({
      code: 1006,
      initiator: "local",
      clean: false,
    });
  });

  it("passes a reset on, after what came before it", async () => {
    const { client, server, log } = await relayedPair();
    server.send(reply);
    await client.bytes(reply.length);
    server.socket.resetAndDestroy();
    await client.close();
    expect(client.error?.code).toBe("ECONNRESET");
    expect(await log.until("close")).toMatchObject({ code: 1006, initiator: "peer" });
    expect(log.of("error").map(({ message }) => message)).toEqual([
      expect.stringMatching(/^the connection with the server failed: /),
    ]);
  });

  it("tells who closed, with what, and that it was clean", async () => {
    const { client, server, log, control, listener } = await relayedPair();
    server.send(hex("88 05 0f a0", utf8("bye")));
    await client.bytes(7);
    client.send(hex("88 80 01 02 03 04"));
    await server.bytes(6);
    server.socket.end();
    await client.end();
    client.socket.end();
    expect(await log.until("close")).toMatchObject({
      code: 4000,
      reason: "bye",
      initiator: "peer",
      clean: true,
    });
    await eventually(() => control.connections.size === 0);
    expect([...listener.counters.closes]).toEqual([[4000, 1]]);
  });

  it("closes both sides with 1001 when the relay stops, at the end of a frame", async () => {
    const { client, server, log, listener } = await relayedPair();
    client.send(hello.subarray(0, 8));
    await server.bytes(8);
    const stopped = listener.stop();
    expect(await client.bytes(4)).toEqual(Buffer.from(hex("88 02 03 e9")));
    client.send(hello.subarray(8));
    const atServer = await server.bytes(hello.length + 8);
    expect(atServer.subarray(0, hello.length)).toEqual(Buffer.from(hello));
    expect(atServer[hello.length]).toBe(0x88);
    client.send(hex("88 82 00 00 00 00 03 e9"));
    server.send(hex("88 02 03 e9"));
    await Promise.all([client.end(), server.end()]);
    client.socket.end();
    server.socket.end();
    await stopped;
    expect(await log.until("close")).toMatchObject({ code: 1001, clean: true });
  });

  it("cuts off who does not answer that in time", async () => {
    const { client, server, log, listener } = await relayedPair({ closeTimeoutMs: 20 });
    await listener.stop();
    await Promise.all([client.end(), server.end()]);
    expect(await log.until("close")).toMatchObject({ code: 1001, clean: false });
  });

  it("holds the fast side while the other one is slow: nothing grows", async () => {
    const { client, server, control } = await relayedPair({ frames: false });
    server.socket.pause();
    const [connection] = control.connections.values();
    const piece = encodeFrame({ opcode: Opcode.binary, payload: filler(64 * 1024), maskKey: 1 });
    let sent = 0;
    while (client.socket.writableLength < 1024 * 1024) {
      client.socket.write(piece);
      sent += piece.length;
      await new Promise((resolve) => setImmediate(resolve));
      expect(connection!.waiting).toBeLessThan(256 * 1024);
    }
    server.socket.resume();
    expect((await server.bytes(sent)).length).toBe(sent);
    await eventually(() => connection!.waiting === 0);
  });

  it("reads neither side while it is held", async () => {
    const { client, server, control } = await relayedPair();
    const [connection] = control.connections.values();
    const release = connection!.hold();
    client.send(hello);
    server.send(reply);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(connection!.traffic.out.wireBytes + connection!.traffic.in.wireBytes).toBe(0);
    release();
    await Promise.all([server.bytes(hello.length), client.bytes(reply.length)]);
    expect(concat([server.received, client.received])).toEqual(concat([hello, reply]));
  });
});
