import { expect, it } from "vitest";
import { filler } from "../../helpers/bytes.ts";
import { startEchoServer } from "../../helpers/echo-server.ts";
import { dialTo, eventually, upgradedClient } from "../../helpers/transport.ts";
import { encodeFrame } from "../../../src/protocol/encoder.ts";
import { Opcode } from "../../../src/protocol/opcodes.ts";

it("sends every message back as it came, text as text and binary as binary", async () => {
  const server = await startEchoServer();
  const { connection, log } = await dialTo(server.url);
  const bytes = filler(70_000);
  await connection.send("text ✓");
  await connection.send("");
  await connection.send(bytes, { binary: true });
  const replies = await log.count("message", 3, "in");
  expect(replies.map(({ kind, data }) => [kind, Buffer.from(data)])).toEqual([
    ["text", Buffer.from("text ✓")],
    ["text", Buffer.alloc(0)],
    ["binary", Buffer.from(bytes)],
  ]);
});

it("does not read a client that does not read its echoes, and goes on when it does", async () => {
  const server = await startEchoServer();
  const client = await upgradedClient(server);
  client.socket.pause();
  const payload = filler(64 * 1024);
  const frame = encodeFrame({ opcode: Opcode.binary, maskKey: 7, payload });
  const total = 400;
  for (let i = 0; i < total; i++) client.socket.write(frame);
  const connection = await server.connection();
  await eventually(() => connection.congested);
  expect(connection.bufferedAmount).toBeLessThan(2 * 1024 * 1024);
  expect(client.socket.writableLength).toBeGreaterThan(0);
  client.socket.resume();
  await client.bytes(total * (payload.length + 10));
  expect(client.received).toHaveLength(total * (payload.length + 10));
});
