import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/io.ts";
import { serve } from "../../src/transport/serve.ts";
import { certificate } from "../helpers/certificates.ts";
import {
  eventually,
  expectFailure,
  freePort,
  openingRequest,
  rawClient,
  startServer,
  upgradedClient,
} from "../helpers/transport.ts";
import { closing, collect, wsClient } from "../helpers/ws-peers.ts";
import { WebSocket } from "ws";

const listenOn = (port: number, host?: string) =>
  serve({
    place: { port, host },
    clock: systemClock,
    frames: false,
    onEvent: () => undefined,
    onConnection: () => undefined,
  });

/** Something else that has the port. */
async function occupy(host: string, port = 0): Promise<number> {
  const server = createServer().listen(port, host);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe("binds", () => {
  it("a free port, the same on both loopback addresses", async () => {
    const server = await startServer();
    expect(server.addresses.map(({ host }) => host)).toEqual(["127.0.0.1", "::1"]);
    expect(new Set(server.addresses.map(({ port }) => port)).size).toBe(1);
    expect(server.addresses.map(({ url }) => url)).toEqual([
      `ws://127.0.0.1:${server.port}/`,
      `ws://[::1]:${server.port}/`,
    ]);
    for (const { url } of server.addresses) await wsClient(url);
    const remotes = server.log.of("handshake").map(({ remote }) => remote);
    expect(remotes).toEqual([
      expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^\[::1\]:\d+$/),
    ]);
  });

  it("the port that is asked for", async () => {
    const port = await freePort();
    const server = await startServer({ place: { port } });
    expect(server.addresses.map((address) => address.port)).toEqual([port, port]);
  });

  it("one address that is asked for", async () => {
    const server = await startServer({ place: { host: "127.0.0.1", port: 0 } });
    expect(server.addresses).toEqual([
      { host: "127.0.0.1", port: server.port, url: `ws://127.0.0.1:${server.port}/` },
    ]);
  });

  it("not a port in use, on either address", async () => {
    const taken = await occupy("127.0.0.1");
    const failure = await expectFailure(
      listenOn(taken),
      "bind",
      /^cannot listen on 127\.0\.0\.1:\d+: the port is in use$/,
    );
    expect([failure.exitCode, failure.hint]).toEqual([17, "Port 0 takes a free one."]);
    const half = await occupy("::1");
    await expectFailure(
      listenOn(half),
      "bind",
      /^cannot listen on \[::1\]:\d+: the port is in use$/,
    );
    // Of the two addresses the one that was free is free again.
    await occupy("127.0.0.1", half);
  });

  it("not an address that this machine does not have", async () => {
    await expectFailure(listenOn(0, "192.0.2.1"), "bind", /no such address$/);
    await expectFailure(listenOn(0, `${"x".repeat(64)}.invalid`), "bind", /not resolve|EAI_AGAIN/);
  });
});

describe("serves", () => {
  it("many clients, each its own connection", async () => {
    const server = await startServer({
      frames: false,
      onEvent: (event) => {
        if (event.type !== "message" || event.dir !== "in") return;
        const connection = [...server.connections].find(({ id }) => id === event.conn);
        void connection?.send(event.data);
      },
    });
    const sockets = await Promise.all(Array.from({ length: 100 }, () => wsClient(server.url)));
    expect(server.connections.size).toBe(100);
    const echoes = await Promise.all(
      sockets.map(async (socket, i) => {
        const { messages, until } = collect(socket);
        for (let n = 0; n < 5; n++) socket.send(`${i}.${n}`);
        await until(5);
        return messages.map(({ data }) => data.toString());
      }),
    );
    expect(echoes).toEqual(sockets.map((_, i) => [0, 1, 2, 3, 4].map((n) => `${i}.${n}`)));
    const ids = new Set(server.log.of("handshake").map(({ conn }) => conn));
    expect(ids.size).toBe(100);
    for (const socket of sockets) socket.close();
    await eventually(() => server.connections.size === 0);
    expect(server.log.of("close").every(({ clean, code }) => clean && code === 1005)).toBe(true);
  });

  it("frames that came with the request", async () => {
    const server = await startServer();
    const client = await rawClient(server.port);
    client.send(openingRequest(), Uint8Array.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69));
    await server.log.until("message");
    expect(server.log.texts("in")).toEqual(["hi"]);
  });

  it("and tells the handshake of each", async () => {
    const server = await startServer({ chooseSubprotocol: ([first]) => first, deflate: {} });
    const socket = await wsClient(`${server.url}room?id=7`, { protocols: ["chat"] });
    expect([socket.protocol, socket.extensions]).toEqual(["chat", "permessage-deflate"]);
    expect(server.log.of("handshake")).toMatchObject([
      {
        role: "server",
        conn: "1",
        url: `${server.url}room?id=7`,
        request: { startLine: "GET /room?id=7 HTTP/1.1" },
        response: { startLine: "HTTP/1.1 101 Switching Protocols" },
        subprotocol: "chat",
        deflate: { serverMaxWindowBits: 15 },
        violations: [],
      },
    ]);
    expect(server.log.of("handshake")[0]?.timings.upgrade).toBeGreaterThan(0);
    expect(server.log.events.map(({ type }) => type).slice(0, 2)).toEqual(["handshake", "state"]);
  });

  it("no plain requests, and tells of them", async () => {
    const server = await startServer();
    const answer = await fetch(server.url.replace("ws:", "http:"));
    expect([answer.status, answer.headers.get("upgrade")]).toEqual([426, "websocket"]);
    expect(await answer.text()).not.toBe("");
    expect(server.log.of("handshake")).toMatchObject([
      { response: { startLine: "HTTP/1.1 426 Upgrade Required" } },
    ]);
    expect(server.log.of("close")).toEqual([]);
    expect((await fetch(server.url.replace("ws:", "http:"), { method: "POST" })).status).toBe(405);
  });

  it("others while many dribble", async () => {
    const server = await startServer({ handshakeTimeoutMs: 150 });
    const slow = await Promise.all(Array.from({ length: 50 }, () => rawClient(server.port)));
    for (const client of slow) client.send("GET / HTTP/1.1\r\nX: ");
    const dribble = setInterval(() => slow.forEach((client) => client.send("x")), 10);
    const socket = await wsClient(server.url);
    socket.send("quick");
    await server.log.until("message");
    await Promise.all(slow.map((client) => client.end()));
    clearInterval(dribble);
    expect(slow.every(({ received }) => received.includes("HTTP/1.1 408 "))).toBe(true);
    expect(server.log.of("handshake")).toHaveLength(1);
  });

  it("the next client after one that was gone at once", async () => {
    const server = await startServer();
    for (let i = 0; i < 20; i++) {
      const socket = connect(server.port, "127.0.0.1");
      await once(socket, "connect");
      socket.write(openingRequest());
      socket.resetAndDestroy();
      await once(socket, "close");
    }
    const socket = await wsClient(server.url);
    socket.send("still here");
    await server.log.until("message");
    await eventually(() => server.connections.size === 1);
    // Whoever was told open was told closed.
    const closed = server.log.of("close").map(({ conn }) => conn);
    const opened = server.log.of("state").filter(({ state }) => state === "OPEN");
    expect(opened.map(({ conn }) => conn).slice(0, -1)).toEqual(closed);
  });
});

describe("closes", () => {
  it("with 1001 to all, and takes nobody new", async () => {
    const server = await startServer();
    const sockets = await Promise.all(Array.from({ length: 5 }, () => wsClient(server.url)));
    const told = sockets.map(closing);
    await server.close();
    expect(await Promise.all(told)).toEqual(sockets.map(() => ({ code: 1001, reason: "" })));
    expect(server.connections.size).toBe(0);
    const late = new WebSocket(server.url);
    const [error] = (await once(late, "error")) as [Error & { code: string }];
    expect(error.code).toBe("ECONNREFUSED");
  });

  it("and answers until the last has gone: plain requests, and who comes too late", async () => {
    const respond = () => Promise.resolve({ status: 200, body: "closing\n" });
    const server = await startServer({ respond });
    const slow = await upgradedClient(server);
    const closed = server.close();
    const plain = await rawClient(server.port);
    plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect((await plain.until((bytes) => bytes.includes("closing"))).toString()).toMatch(/ 200 OK/);
    const late = await rawClient(server.port);
    late.send(openingRequest());
    expect(await late.head()).toMatch(/^HTTP\/1\.1 503 /);
    expect(server.log.of("note").at(-1)?.message).toBe("refused: the server stops");
    slow.socket.destroy();
    await closed;
  });

  it("with a code and a reason, twice at no harm", async () => {
    const server = await startServer();
    const told = closing(await wsClient(server.url));
    await Promise.all([server.close(1012, "restart"), server.close()]);
    expect(await told).toEqual({ code: 1012, reason: "restart" });
  });

  it("on clients that do not answer, at their time limit", async () => {
    const server = await startServer({ closeTimeoutMs: 30 });
    const client = await upgradedClient(server);
    await server.close();
    await client.end();
    expect(server.log.of("close")).toMatchObject([{ code: 1001, clean: false }]);
  });

  it("on clients in the handshake, and on those just refused, at once", async () => {
    const server = await startServer();
    const [silent, halfway, refused] = await Promise.all([
      rawClient(server.port),
      rawClient(server.port),
      rawClient(server.port),
    ]);
    halfway.send("GET / HT");
    refused.send("nonsense");
    await refused.end();
    const started = performance.now();
    await server.close();
    expect(performance.now() - started).toBeLessThan(500);
    await Promise.all([silent.end(), halfway.end()]);
  });
});

describe("bounds its sockets from the accept on", () => {
  it("and tells whom it turned away", async () => {
    const turnedAway: string[] = [];
    const server = await startServer({
      place: { host: "127.0.0.1", port: 0 },
      socketLimits: { perAddress: 1 },
      onTurnedAway: (kind) => turnedAway.push(kind),
    });
    const first = await wsClient(server.url);
    const second = await rawClient(server.port);
    await second.end();
    expect(second.received.length).toBe(0);
    expect(turnedAway).toEqual(["sockets"]);
    expect(server.log.of("note")[0]?.message).toMatch(
      /^refused: 127\.0\.0\.1:\d+: 1 sockets of 127\.0\.0\.1 are there$/,
    );
    first.terminate();
    await eventually(() => server.connections.size === 0);
    expect((await wsClient(server.url)).readyState).toBe(first.OPEN);
  });

  it("and of TLS, too, before it costs anything", async () => {
    const server = await startServer({
      place: { host: "127.0.0.1", port: 0 },
      tls: await certificate(),
      socketLimits: { total: 3 },
    });
    const silent = await Promise.all(Array.from({ length: 5 }, () => rawClient(server.port)));
    await eventually(() => silent.filter(({ ended, closed }) => ended || closed).length === 2);
    expect(server.log.of("note")).toHaveLength(2);
  });
});

it("tells a listener of its asking when the socket has gone", async () => {
  const gone: string[] = [];
  const server = await startServer({
    admit: ({ conn, onGone }) => {
      onGone(() => void gone.push(conn));
      return {};
    },
  });
  const socket = await wsClient(server.url);
  expect(gone).toEqual([]);
  socket.terminate();
  await eventually(() => gone.length === 1);
});
