import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import {
  type LeanServer,
  type LeanServeOptions,
  serveLeanEcho,
} from "../../src/transport/lean-serve.ts";
import { hex, toHex } from "../helpers/bytes.ts";
import { expectFailure, openingRequest, rawClient } from "../helpers/transport.ts";
import { closing, collect, wsClient } from "../helpers/ws-peers.ts";

async function started(options?: LeanServeOptions): Promise<LeanServer> {
  const server = await serveLeanEcho(options);
  onTestFinished(() => server.close());
  return server;
}

/** A raw client after its handshake. */
async function upgraded({ port }: LeanServer, first: Uint8Array = hex()) {
  const client = await rawClient(port);
  client.send(openingRequest(), first);
  const head = await client.until((received) => received.includes("\r\n\r\n"));
  expect(head.toString("latin1")).toMatch(/^HTTP\/1\.1 101 /);
  const at = head.indexOf("\r\n\r\n") + 4;
  return { client, after: () => client.received.subarray(at), at };
}

describe("to a client of the ws package", () => {
  it("echoes text, binary and nothing at all", async () => {
    const client = await wsClient((await started()).url);
    const replies = collect(client);
    client.send("žluťoučký");
    client.send(Buffer.from([0, 255]));
    client.send("");
    await replies.until(3);
    expect(replies.messages.map(({ data, isBinary }) => [data.toString("hex"), isBinary])).toEqual([
      [Buffer.from("žluťoučký").toString("hex"), false],
      ["00ff", true],
      ["", false],
    ]);
  });

  it("echoes 16 MiB, and fragments with a ping between them", async () => {
    const client = await wsClient((await started()).url, { maxPayload: 2 ** 25 });
    const replies = collect(client);
    const large = Buffer.alloc(2 ** 24, "framecat ");
    client.send(large);
    client.send("a", { fin: false });
    client.ping("now");
    client.send("b", { fin: true });
    const [pong] = (await once(client, "pong")) as [Buffer];
    await replies.until(2);
    expect(pong.toString()).toBe("now");
    expect(replies.messages[0]?.data.equals(large)).toBe(true);
    expect(replies.messages[1]?.data.toString()).toBe("ab");
  });

  it("agrees to the first subprotocol, to no compression, and closes as asked", async () => {
    const client = await wsClient((await started()).url, { protocols: ["one", "two"] });
    expect([client.protocol, client.extensions]).toEqual(["one", ""]);
    client.close(1001, "bye");
    expect((await closing(client)).code).toBe(1001);
  });
});

it("answers frames that come with the opening request", async () => {
  const { client, after, at } = await upgraded(await started(), hex("81 81 00000000 61"));
  await client.bytes(at + 3);
  expect(toHex(after())).toBe("810161");
});

it("stops reading from a client that does not read, and loses nothing", async () => {
  const { client, after, at } = await upgraded(await started());
  const payload = Buffer.alloc(2 ** 20, "x");
  const frame = Buffer.from(encodeFrame({ opcode: 2, maskKey: 0, payload }));
  client.socket.pause();
  let sent = 0;
  const full = () => client.socket.writableLength > 4 * 2 ** 20;
  for (; !full() && sent < 64; sent++) client.socket.write(frame);
  expect(full()).toBe(true);
  client.socket.resume();
  const reply = frame.length - 4;
  await client.bytes(at + sent * reply);
  expect(after().length).toBe(sent * reply);
});

it("ends the connection after a violation", async () => {
  const { client, after } = await upgraded(await started());
  client.send(hex("81 01 61"));
  await client.end();
  expect(toHex(after())).toBe("880203ea");
});

it("answers the end of a client that says no Close by its own", async () => {
  const { client } = await upgraded(await started());
  client.socket.end();
  await client.close();
  expect(client.error).toBeUndefined();
});

it("refuses what is no WebSocket", async () => {
  const client = await rawClient((await started()).port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  expect(await client.head()).toMatch(/^HTTP\/1\.1 426 /);
});

it("listens on IPv6 too", async () => {
  const { url, port } = await started({ host: "::1" });
  expect(url).toBe(`ws://[::1]:${port}/`);
  await wsClient(url);
});

it("tells when it cannot bind", async () => {
  const { port } = await started();
  await expectFailure(serveLeanEcho({ port }), "bind", /EADDRINUSE/);
});

it("ends its connections when it is closed", async () => {
  const server = await serveLeanEcho();
  const { client } = await upgraded(server);
  await server.close();
  await client.end();
  expect(client.received).not.toHaveLength(0);
});
