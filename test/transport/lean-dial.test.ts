import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { hex } from "../helpers/bytes.ts";
import { certificate } from "../helpers/certificates.ts";
import { leanPair, leanTo } from "../helpers/lean.ts";
import { expectFailure, freePort, rawServer, response } from "../helpers/transport.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

it("opens a connection to a server of the ws package, and tells what each phase took", async () => {
  const { url } = await wsServer(echoBack);
  const { connection, log, timings } = await leanTo(url.replace("127.0.0.1", "localhost"));
  expect(timings).toEqual({
    dns: expect.any(Number),
    tcp: expect.any(Number),
    upgrade: expect.any(Number),
  });
  connection.send(Buffer.from(encodeFrame({ opcode: 1, maskKey: 5, payload: hex("61") })));
  await log.until(() => log.messages === 1);
  connection.close();
  expect(await log.end).toMatchObject({ code: 1000, clean: true });
});

it("asks for what it was told to", async () => {
  const server = await rawServer();
  const asked = server.peer().then((peer) => peer.accept("Sec-WebSocket-Protocol: chat"));
  await leanTo(server.url("/path?q"), {
    subprotocols: ["chat"],
    origin: "https://example.net",
    headers: [["X-Test", "1"]],
  });
  const request = await asked;
  expect(request).toMatch(/^GET \/path\?q HTTP\/1\.1\r\n/);
  expect(request).toContain("\r\nOrigin: https://example.net\r\n");
  expect(request).toContain("\r\nSec-WebSocket-Protocol: chat\r\n");
  expect(request).toContain("\r\nX-Test: 1\r\n");
  expect(request).not.toContain("Extensions");
});

it("counts messages that come with the response, and after it", async () => {
  const server = await rawServer(async (peer) => {
    const request = await peer.head();
    peer.send(response(request), hex("81 01 61 81"));
  });
  const { log } = await leanTo(server.url());
  await log.until(() => log.messages === 1);
  (await server.peer()).send(hex("01 62"));
  await log.until(() => log.messages === 2);
  expect(log.bytes).toBe(6);
});

it("agrees on compression where it is offered and taken, and not otherwise", async () => {
  const compressed = hex("c1 07 f248cdc9c90700");
  const accept = (...extensions: string[]) =>
    rawServer(async (peer) => {
      await peer.accept(...extensions);
      peer.send(compressed);
    });
  const taking = await accept(
    "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover",
  );
  const taken = await leanTo(taking.url(), { deflate: { clientNoContextTakeover: true } });
  await taken.log.until(() => taken.log.messages === 1);
  const declining = await accept();
  // The peer does not answer a Close frame.
  const closeTimeoutMs = 20;
  const deflate = { clientNoContextTakeover: true };
  const declined = await leanTo(declining.url(), { deflate, closeTimeoutMs });
  expect((await declined.log.end).violation?.rule).toBe("rsv-not-negotiated");
  expect([taken.connection.deflate, declined.connection.deflate]).toEqual([true, false]);
});

it("opens many that share the buffer they are read into", async () => {
  const { url } = await wsServer(echoBack);
  const all = await Promise.all(Array.from({ length: 20 }, () => leanTo(url)));
  const frame = Buffer.from(encodeFrame({ opcode: 2, maskKey: 5, payload: Buffer.alloc(50_000) }));
  for (const { connection } of all) connection.send(frame);
  await Promise.all(all.map(({ log }) => log.until(() => log.messages === 1)));
  expect(all.map(({ log }) => log.bytes)).toEqual(all.map(() => 50_004));
});

it("connects to a unix socket", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "framecat-")), "s");
  const server = await rawServer((peer) => peer.accept(), { path });
  const { connection } = await leanTo(`ws+unix:${path}:/`);
  expect([connection.state, server.peers.length]).toEqual(["OPEN", 1]);
});

describe("over TLS", () => {
  it("does the same, where reads cannot share a buffer", async () => {
    const tls = await certificate();
    const server = await rawServer(undefined, { tls });
    const { connection, log, peer } = await leanPair(server, { tls: { ca: tls.cert } });
    peer.send(hex("81 01 61"));
    await log.until(() => log.messages === 1);
    connection.close();
    await peer.bytes(8);
    peer.send(hex("88 02 03e8"));
    peer.socket.end();
    expect(await log.end).toMatchObject({ code: 1000, clean: true });
  });

  it("refuses a certificate that has expired, unless told not to", async () => {
    const tls = await certificate({ from: -10, to: -1 });
    const server = await rawServer((peer) => peer.accept(), { tls });
    await expectFailure(leanTo(server.url(), { tls: { ca: tls.cert } }), "tls", /has expired/);
    const { connection } = await leanTo(server.url(), { tls: { insecure: true } });
    expect(connection.state).toBe("OPEN");
  });
});

describe("fails", () => {
  it("where nobody listens", async () => {
    const url = `ws://127.0.0.1:${await freePort()}/`;
    await expectFailure(leanTo(url), "unreachable", /refused the connection/);
  });

  it("where the server says another status, told with its body read", async () => {
    const server = await rawServer(async (peer) => {
      await peer.head();
      peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nwait");
    });
    await expectFailure(leanTo(server.url()), "refused", /HTTP 503 Busy/);
  });

  it("where it says no HTTP", async () => {
    const server = await rawServer((peer) => peer.send("SSH-2.0-x\r\n"));
    await expectFailure(leanTo(server.url()), "bad-handshake", /SSH-2.0/);
  });

  it("where it accepts wrongly", async () => {
    const server = await rawServer(async (peer) => {
      peer.send((await peer.accept()) && "");
    });
    const wrong = await rawServer(async (peer) => {
      const request = await peer.head();
      peer.send(response(request.replace(/^sec-websocket-key: .*$/im, "Sec-WebSocket-Key: x")));
    });
    await leanTo(server.url());
    await expectFailure(leanTo(wrong.url()), "bad-handshake", /Accept/);
  });

  it.each([
    ["ends the connection", "end"],
    ["resets it", "resetAndDestroy"],
  ] as const)("where it %s without an answer", async (_, how) => {
    const server = await rawServer(async (peer) => {
      await peer.head();
      peer.socket[how]();
    });
    await expectFailure(leanTo(server.url()), "unreachable", /without answering/);
  });

  it("where it is silent", async () => {
    const server = await rawServer();
    const dialled = leanTo(server.url(), { handshakeTimeoutMs: 50 });
    await expectFailure(dialled, "connect-timeout", /did not answer the handshake within 50 ms/);
    await (await server.peer()).end();
  });

  it("when it is interrupted", async () => {
    const server = await rawServer();
    const abort = new AbortController();
    const dialled = leanTo(server.url(), { signal: abort.signal });
    await (await server.peer()).head();
    abort.abort();
    await expectFailure(dialled, "interrupted", /while connecting/);
    const again = leanTo(server.url(), { signal: abort.signal });
    await expectFailure(again, "interrupted", /while connecting/);
  });
});

it("tells that the server wants a client certificate, also after the handshake of TLS 1.3", async () => {
  const own = await certificate();
  const wanting = { ...own, ca: own.cert, requestCert: true, rejectUnauthorized: true };
  const { url } = await rawServer(undefined, { tls: wanting });
  const failed = leanTo(url(), { tls: { insecure: true } });
  await expectFailure(failed, "tls", /wants a client certificate/);
});

it("fails without compression where that is required", async () => {
  const server = await rawServer(async (peer) => void (await peer.accept()));
  const failed = leanTo(server.url(), { deflate: {}, requireDeflate: true });
  await expectFailure(failed, "bad-handshake", /^the server did not agree to permessage-deflate$/);
});
