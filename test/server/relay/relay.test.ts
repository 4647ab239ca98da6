import { describe, expect, it } from "vitest";
import type { RelayRule } from "../../../src/server/relay/relay-rules.ts";
import { parseRule } from "../../../src/scenario/relay-rule.ts";
import { newFolder } from "../../helpers/folder.ts";
import { certificate } from "../../helpers/certificates.ts";
import { startRelay } from "../../helpers/relay.ts";
import { freePort, openingRequest, rawClient, rawServer } from "../../helpers/transport.ts";
import { closing, collect, echoBack, wsClient, wsServer } from "../../helpers/ws-peers.ts";

/** A server that answers TLS with something else. */
async function noTls(): Promise<string> {
  const server = await rawServer((peer) => peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"));
  return server.url().replace("ws:", "wss:");
}

describe("the handshake through a relay", () => {
  it("asks the server for what the client asks, and gives its answer back", async () => {
    const server = await rawServer();
    const { port, log } = await startRelay(server.url("/ws?token=1"));
    const client = await rawClient(port);
    const headers = [
      "Cookie: sid=1",
      "Origin: http://o.test",
      "Sec-WebSocket-Protocol: a, b",
      "Sec-WebSocket-Extensions: x-odd; q=1",
      "X-Own: 1",
    ];
    client.send(openingRequest(...headers));
    const peer = await server.peer();
    const request = await peer.accept("Sec-WebSocket-Protocol: b", "Set-Cookie: s=2");
    expect(request).toBe(
      openingRequest(...headers).replace("Host: example.test", `Host: 127.0.0.1:${server.port}`),
    );
    const answer = await client.head();
    expect(answer).toContain("Sec-WebSocket-Protocol: b\r\nSet-Cookie: s=2\r\n");
    expect(await log.until("handshake")).toMatchObject({
      role: "client",
      url: server.url("/chat"),
      subprotocol: "b",
      violations: [],
    });
  });

  it("passes on a wrong answer as well, and says what is wrong", async () => {
    const server = await rawServer(async (peer) => {
      await peer.head();
      peer.send("HTTP/1.1 101 Sure\r\nSec-WebSocket-Accept: wrong\r\n\r\n");
    });
    const { port, log } = await startRelay(server.url());
    const client = await rawClient(port);
    client.send(openingRequest());
    expect(await client.head()).toMatch(/^HTTP\/1\.1 101 Sure\r\nSec-WebSocket-Accept: wrong/);
    const { violations } = await log.until("handshake");
    expect(violations.map(({ rule }) => rule)).toContain("response-accept");
  });

  it.each([
    ["nobody listens", 502, "unreachable", async () => `ws://127.0.0.1:${await freePort()}/`],
    ["nobody answers", 504, "connect-timeout", async () => (await rawServer()).url()],
    ["no TLS is spoken", 502, "tls", noTls],
  ] as const)("where %s: the client gets %i, and the relay goes on", async (...test) => {
    const [, status, code, urlOf] = test;
    const { port, log, listener } = await startRelay(await urlOf(), {
      onward: { handshakeTimeoutMs: 20 },
    });
    for (const count of [1, 2]) {
      const client = await rawClient(port);
      client.send(openingRequest());
      await client.end();
      const answer = client.received.toString();
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*cannot be reached.\n$`));
      expect(answer).not.toContain("127.0.0.1");
      expect(log.of("error").map((error) => error.code)).toEqual(Array(count).fill(code));
    }
    expect([...listener.counters.refusals]).toEqual([["unreachable", 2]]);
  });

  it("refuses a head that cannot be sent on", async () => {
    const { port } = await startRelay((await rawServer()).url());
    const client = await rawClient(port);
    client.send(openingRequest("X-Odd: a\u0001b"));
    await client.end();
    expect(client.received.toString()).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("asks no further for a client when the relay stops", async () => {
    const server = await rawServer();
    const { port, listener } = await startRelay(server.url());
    const client = await rawClient(port);
    client.send(openingRequest());
    await (await server.peer()).head();
    const stopped = listener.stop();
    await client.end();
    client.socket.end();
    expect(client.received.toString()).toMatch(/^HTTP\/1\.1 503 /);
    await stopped;
  });
});

describe("a wss service", () => {
  it("can be watched through a plain port", async () => {
    const made = await certificate();
    const server = await rawServer((peer) => void peer.accept(), { tls: made });
    const { port, log } = await startRelay(server.url().replace("127.0.0.1", "localhost"), {
      onward: { tls: { ca: made.cert } },
    });
    const client = await rawClient(port);
    client.send(openingRequest());
    expect(await client.head()).toMatch(/^HTTP\/1\.1 101 /);
    const { tls } = await log.until("handshake");
    expect(tls).toMatchObject({ authorized: true });
    const peer = await server.peer();
    client.send(Buffer.from("8180000000 00".replace(" ", ""), "hex"));
    await peer.bytes(6);
    client.socket.end();
    await peer.end();
  });

  it("is not trusted without reason", async () => {
    const server = await rawServer(undefined, { tls: await certificate() });
    const { port, log } = await startRelay(server.url());
    const client = await rawClient(port);
    client.send(openingRequest());
    await client.end();
    expect(client.received.toString()).toMatch(/^HTTP\/1\.1 502 /);
    const [error] = log.of("error");
    expect(error).toMatchObject({ code: "tls", message: expect.stringMatching(/self-signed/) });
  });
});

it("reaches a unix socket", async () => {
  const path = newFolder()("s.sock");
  const server = await rawServer((peer) => void peer.accept(), { path });
  const { port } = await startRelay(`ws+unix:${path}:/`);
  const client = await rawClient(port);
  client.send(openingRequest());
  expect(await client.head()).toMatch(/^HTTP\/1\.1 101 /);
  expect(server.peers).toHaveLength(1);
});

/** Texts that refer to each other when they are deflated with one context. */
const TEXTS = [
  "alpha beta gamma",
  "alpha beta gamma delta",
  "drop alpha beta gamma",
  "old alpha beta",
];

describe("deflate with context takeover, both ways", () => {
  const deflate = { threshold: 0, serverNoContextTakeover: false, clientNoContextTakeover: false };

  async function talk(rules: { drop?: RelayRule[]; edit?: never[] }) {
    const server = await wsServer(echoBack, { perMessageDeflate: deflate });
    const { url, log } = await startRelay(server.url, { rules });
    const client = await wsClient(url, { perMessageDeflate: deflate });
    const { messages, until } = collect(client);
    return { log, client, messages, until };
  }

  it("stays as it is where no rule fits", async () => {
    const { client, messages, until, log } = await talk({
      drop: [await parseRule("zzz", "--drop")],
    });
    for (let i = 0; i < 3; i++) for (const text of TEXTS) client.send(text);
    await until(12);
    expect(messages.map(({ data }) => data.toString())).toEqual([...TEXTS, ...TEXTS, ...TEXTS]);
    expect(log.of("frame").every(({ frame }) => frame.header.rsv1)).toBe(true);
  });

  it.each(["out:/^drop/", "in:/^drop/"])("survives that messages are dropped: %s", async (rule) => {
    const { client, messages, until } = await talk({ drop: [await parseRule(rule, "--drop")] });
    const told = closing(client);
    for (let i = 0; i < 3; i++) for (const text of TEXTS) client.send(text);
    await until(9);
    const left = TEXTS.filter((text) => !text.startsWith("drop"));
    expect(messages.map(({ data }) => data.toString())).toEqual([...left, ...left, ...left]);
    client.close(4000, "bye");
    expect(await told).toEqual({ code: 4000, reason: "bye" });
  });
});
