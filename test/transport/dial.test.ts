import { mkdtempSync, rmSync } from "node:fs";
import { getActiveResourcesInfo } from "node:process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import { parseProxy } from "../../src/transport/proxy.ts";
import { concat, hex, utf8 } from "../helpers/bytes.ts";
import { certificate } from "../helpers/certificates.ts";
import { connectProxy } from "../helpers/proxies.ts";
import {
  dialTo,
  EventLog,
  eventually,
  expectFailure,
  freePort,
  type RawPeer,
  rawServer,
  type RawServerOptions,
  response,
} from "../helpers/transport.ts";
import { echoBack, wsServer } from "../helpers/ws-peers.ts";

const text = (payload: string) => encodeFrame({ opcode: Opcode.text, payload: utf8(payload) });

/** A server that answers every request with these bytes and leaves the connection open. */
const answering = (...bytes: (string | Uint8Array)[]) =>
  rawServer(async (peer) => {
    await peer.head();
    peer.send(...bytes);
  });

describe("opens a connection", () => {
  it("and tells how", async () => {
    const { url } = await wsServer(echoBack);
    const started = performance.now();
    const { connection, log } = await dialTo(`${url}chat?x=1`);
    const elapsed = performance.now() - started;
    expect(connection).toMatchObject({ role: "client", id: "c", state: "OPEN" });
    expect(log.states).toEqual(["CONNECTING", "OPEN"]);
    const [handshake] = log.of("handshake");
    expect(handshake).toMatchObject({
      role: "client",
      url: `${url}chat?x=1`,
      remote: url.slice("ws://".length, -1),
      request: { startLine: "GET /chat?x=1 HTTP/1.1" },
      response: { startLine: "HTTP/1.1 101 Switching Protocols" },
      violations: [],
    });
    const { tcp = 0, upgrade = 0, dns, tls } = handshake!.timings;
    expect([dns, tls]).toEqual([undefined, undefined]);
    expect(Math.min(tcp, upgrade)).toBeGreaterThan(0);
    expect(tcp + upgrade).toBeLessThan(elapsed);
  });

  it("with a subprotocol and deflate", async () => {
    const { url } = await wsServer(undefined, {
      perMessageDeflate: true,
      handleProtocols: (offered) => [...offered].at(-1) ?? false,
    });
    const { connection, log } = await dialTo(url, {
      subprotocols: ["a", "b"],
      deflate: { clientMaxWindowBits: true },
    });
    expect(connection.subprotocol).toBe("b");
    expect(log.of("handshake")).toMatchObject([
      { subprotocol: "b", deflate: { serverMaxWindowBits: 15, clientMaxWindowBits: 15 } },
    ]);
  });

  it("when the answer comes a byte at a time, with frames right behind it", async () => {
    const { url } = await rawServer(async (peer) => {
      peer.socket.setNoDelay();
      const request = await peer.head();
      for (const byte of concat([utf8(response(request)), text("one"), text("two")])) {
        peer.send(Uint8Array.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const { log } = await dialTo(url());
    await log.count("message", 2);
    expect(log.texts("in")).toEqual(["one", "two"]);
  });

  it("when the first frames come with the answer, a Close frame too", async () => {
    const close = encodeFrame({ opcode: Opcode.close, payload: hex("03 f5") });
    const { url } = await rawServer(async (peer) => {
      peer.send(concat([utf8(response(await peer.head())), text("early"), close]));
      peer.socket.end();
    });
    const { connection, log } = await dialTo(url());
    expect(await connection.closed).toMatchObject({ code: 1013, clean: true });
    expect(log.texts("in")).toEqual(["early"]);
  });

  it("when interim responses come first", async () => {
    const { url } = await rawServer(async (peer) => {
      peer.send("HTTP/1.1 103 Early Hints\r\n\r\n", response(await peer.head()), text("hi"));
    });
    const { log } = await dialTo(url());
    await log.until("message");
    expect(log.of("handshake")[0]?.response.startLine).toMatch(/ 101 /);
  });

  it("over TLS", async () => {
    const own = await certificate();
    const { port } = await rawServer(
      async (peer) => {
        await peer.accept();
        peer.send(text("secret"));
      },
      { tls: own },
    );
    const { connection, log } = await dialTo(`wss://localhost:${port}/`, { tls: { ca: own.cert } });
    await log.until("message");
    expect(log.texts("in")).toEqual(["secret"]);
    expect(log.of("handshake")[0]).toMatchObject({
      tls: { version: "TLSv1.3", authorized: true },
      timings: { dns: expect.any(Number), tcp: expect.any(Number), tls: expect.any(Number) },
    });
    connection.terminate();
    await connection.closed;
  });

  it("over a unix socket and over IPv6", async () => {
    const folder = mkdtempSync(join(tmpdir(), "framecat-dial-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "a.sock");
    await rawServer((peer) => peer.accept(), { path });
    const unix = await dialTo(`ws+unix:${path}:/chat`);
    expect(unix.log.of("handshake")[0]).toMatchObject({
      remote: path,
      request: { startLine: "GET /chat HTTP/1.1" },
    });
    const { url } = await rawServer((peer) => peer.accept(), { host: "::1" });
    const { log } = await dialTo(url());
    const headers = log.of("handshake")[0]?.request.headers;
    expect(headers).toContainEqual(["Host", expect.stringMatching(/^\[::1\]:\d+$/)]);
  });

  it("and reads nothing before who asked has it in hand", async () => {
    const { url } = await rawServer(async (peer) => {
      peer.send(response(await peer.head()), text("first"));
    });
    const log = new EventLog();
    const { connection } = await dialTo(url(), { log });
    const release = connection.hold();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log.of("message")).toEqual([]);
    release();
    await log.until("message");
  });
});

describe("fails", () => {
  it("before anything is sent, for headers that cannot be", async () => {
    const failed = dialTo("ws://127.0.0.1:1/", { headers: [["X", "a\nb"]] });
    await expectFailure(failed, "usage", /header X/);
  });

  it("where nobody listens", async () => {
    const log = new EventLog();
    const failed = dialTo(`ws://127.0.0.1:${await freePort()}/`, { log });
    await expectFailure(failed, "unreachable", /refused/);
    expect(log.events.map(({ type }) => type)).toEqual(["state"]);
  });

  it.each<[string, (peer: RawPeer) => unknown]>([
    ["resets at once", ({ socket }) => socket.resetAndDestroy()],
    ["ends at once", ({ socket }) => socket.end()],
    ["ends after the request", async (peer) => peer.head().then(() => peer.socket.end())],
    [
      "resets after the request",
      async (peer) => peer.head().then(() => peer.socket.resetAndDestroy()),
    ],
  ])("where the server %s", async (_, script) => {
    const { url } = await rawServer(script);
    await expectFailure(dialTo(url()), "unreachable", /^127\.0\.0\.1:\d+ (closed|reset) the conn/);
  });

  it("where the server says nothing", async () => {
    const { url, peer } = await rawServer();
    const failed = dialTo(url(), { handshakeTimeoutMs: 50 });
    await expectFailure(failed, "connect-timeout", /did not answer the handshake within 50 ms$/);
    await (await peer()).end();
  });

  it("where the server dribbles a head for ever", async () => {
    const { url } = await rawServer((peer) => {
      const dribble = setInterval(() => peer.send("H"), 5);
      peer.socket.on("close", () => clearInterval(dribble));
      peer.send("HTTP/1.1 101 x\r\n");
    });
    const failed = dialTo(url(), { handshakeTimeoutMs: 60 });
    await expectFailure(failed, "connect-timeout", /did not finish its answer/);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ["an SSH banner", "SSH-2.0-OpenSSH_9.2\r\n", /not HTTP/],
    ["noise", hex("00 ff 00 ff 00 ff"), /not HTTP/],
    ["a head without end", `HTTP/1.1 101 x\r\nA: ${"x".repeat(100_000)}`, /head is over/],
    ["a wrong accept key", response("sec-websocket-key: x\n"), /Accept/],
  ])("at %s", async (_, bytes, message) => {
    const { url, peer } = await answering(bytes);
    await expectFailure(dialTo(url()), "bad-handshake", message);
    await (await peer()).end();
  });

  it.each<[string, string[], RegExp]>([
    ["subprotocol", ["Sec-WebSocket-Protocol: x"], /none was offered/],
    ["extension", ["Sec-WebSocket-Extensions: x"], /x was not offered/],
  ])("at an unrequested %s, and tells the handshake", async (_, headers, message) => {
    const { url } = await rawServer((peer) => peer.accept(...headers));
    const log = new EventLog();
    await expectFailure(dialTo(url(), { log }), "bad-handshake", message);
    const [handshake] = log.of("handshake");
    expect(handshake?.violations).toHaveLength(1);
    expect(handshake?.response.startLine).toMatch(/ 101 /);
    expect(log.states).toEqual(["CONNECTING"]);
  });

  it.each([
    ["by length", 401, "Content-Length: 4\r\n\r\nnope", "nope"],
    ["in chunks", 403, "Transfer-Encoding: chunked\r\n\r\n4\r\nnope\r\n0\r\n\r\n", "nope"],
    ["without any", 204, "\r\n", undefined],
  ])("at a refusal with its body %s", async (_, status, rest, body) => {
    const { url, peer } = await answering(`HTTP/1.1 ${status} No\r\n${rest}`);
    const log = new EventLog();
    const message = new RegExp(`refused the handshake: HTTP ${status} No$`);
    await expectFailure(dialTo(url(), { log }), "refused", message);
    const [handshake] = log.of("handshake");
    expect(handshake?.body && Buffer.from(handshake.body).toString()).toBe(body);
    await (await peer()).end();
  });

  it("at a refusal whose body ends with the connection", async () => {
    const { url } = await rawServer(async (peer) => {
      await peer.head();
      peer.send("HTTP/1.1 500 Oops\r\n\r\nit broke");
      peer.socket.end();
    });
    const log = new EventLog();
    await expectFailure(dialTo(url(), { log }), "refused", /500 Oops/);
    expect(Buffer.from(log.of("handshake")[0]!.body!).toString()).toBe("it broke");
  });

  it("at a refusal whose body never ends: by size, or by time", async () => {
    const { url: fast } = await rawServer(async (peer) => {
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\n\r\n", Buffer.alloc(1_000_000, "x"));
    });
    const log = new EventLog();
    await expectFailure(dialTo(fast(), { log }), "refused", /200 OK/);
    expect(log.of("handshake")[0]?.body).toHaveLength(65_536);
    const { url: slow } = await rawServer(async (peer) => {
      await peer.head();
      const dribble = setInterval(() => peer.send("x"), 5);
      peer.socket.on("close", () => clearInterval(dribble));
      peer.send("HTTP/1.1 200 OK\r\n\r\n");
    });
    await expectFailure(dialTo(slow(), { handshakeTimeoutMs: 60 }), "refused", /200 OK/);
  });

  it("at TLS without wss", async () => {
    const { port } = await rawServer(undefined, { tls: await certificate() });
    const { code, hint } = await dialTo(`ws://127.0.0.1:${port}/`).then(
      () => expect.unreachable(),
      (thrown: { code: string; hint: string }) => thrown,
    );
    expect(code === "unreachable" || /wss:\/\//.test(hint)).toBe(true);
  });
});

describe("an abort", () => {
  it("before the request", async () => {
    const controller = new AbortController();
    controller.abort();
    const { url } = await rawServer();
    await expectFailure(dialTo(url(), { signal: controller.signal }), "interrupted", /connecting/);
  });

  it("while the answer is awaited", async () => {
    const controller = new AbortController();
    const { url, peer } = await rawServer(async (raw) => {
      await raw.head();
      controller.abort();
    });
    await expectFailure(dialTo(url(), { signal: controller.signal }), "interrupted", /connecting/);
    await (await peer()).end();
  });

  it("while the body of a refusal is awaited", async () => {
    const controller = new AbortController();
    const { url } = await rawServer(async (raw) => {
      await raw.head();
      raw.send("HTTP/1.1 404 No\r\nContent-Length: 100\r\n\r\n");
      setTimeout(() => controller.abort(), 20);
    });
    await expectFailure(dialTo(url(), { signal: controller.signal }), "interrupted", /connecting/);
  });

  it("does nothing to a connection that is open", async () => {
    const controller = new AbortController();
    const { url } = await wsServer(echoBack);
    const { connection, log } = await dialTo(url, { signal: controller.signal });
    controller.abort();
    void connection.send("still here");
    await log.count("message", 1, "in");
    expect(connection.state).toBe("OPEN");
  });
});

it("leaves nothing behind, however it ends", async () => {
  const count = () =>
    getActiveResourcesInfo().filter((name) => /^(TCPSocket|TLSWrap|Timeout|TCPConnect)/.test(name))
      .length;
  const before = count();
  const peers: RawPeer[] = [];
  const script = (bytes: string) => async (peer: RawPeer) => {
    peers.push(peer);
    await peer.head();
    peer.send(bytes);
  };
  const [refusing, babbling, silent] = await Promise.all([
    rawServer(script("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")),
    rawServer(script("\u0000\u0001\u0002")),
    rawServer(script("")),
  ]);
  await Promise.allSettled([
    dialTo(refusing.url()),
    dialTo(babbling.url()),
    dialTo(silent.url(), { handshakeTimeoutMs: 20 }),
    dialTo(silent.url().replace("ws:", "wss:"), { connectTimeoutMs: 20 }),
  ]);
  await eventually(() => peers.length === 4);
  for (const { socket } of peers) socket.destroy();
  await eventually(() => count() <= before);
  expect(count()).toBeLessThanOrEqual(before);
});

describe("redirects", () => {
  /** Sends every path elsewhere that has a place here; others are opened. Keeps the requests. */
  async function redirecting(places: Readonly<Record<string, string>>, options?: RawServerOptions) {
    const requests: string[] = [];
    const server = await rawServer(async (peer) => {
      const request = await peer.head();
      requests.push(request);
      const location = places[request.split(" ")[1] ?? ""];
      if (location === undefined) return peer.send(response(request));
      peer.send(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
    }, options);
    return { ...server, requests };
  }
  const redirects = { limit: 3, proxyFor: () => undefined };
  const headers = [
    ["Authorization", "Bearer hunter2"],
    ["X-Trace", "1"],
  ] as const;

  it("are followed, and each is told", async () => {
    const { url, requests } = await redirecting({ "/a": "b?token=x", "/b?token=x": "/c" });
    const { connection, log } = await dialTo(url("/a"), { redirects, headers });
    expect(connection.state).toBe("OPEN");
    expect(log.states).toEqual(["CONNECTING", "OPEN"]);
    const told = log.events.flatMap((event) => {
      if (event.type === "handshake") return event.response.startLine.slice(9, 12);
      return event.type === "note" ? event.message : [];
    });
    expect(told).toEqual([
      "302",
      `redirected to ${url("/b?token=***")}`,
      "302",
      `redirected to ${url("/c")}`,
      "101",
    ]);
    expect(requests.every((request) => request.includes("Bearer hunter2"))).toBe(true);
  });

  it("bring no credentials to another place", async () => {
    const other = await redirecting({});
    const { url } = await redirecting({ "/": other.url("/there") });
    const { log } = await dialTo(url(), { redirects, headers });
    expect(log.of("note")[0]?.message).toMatch(/\/there, without the credentials$/);
    const [request = ""] = other.requests;
    expect(request).toMatch(/^GET \/there /);
    expect(request).toContain("\r\nX-Trace: 1\r\n");
    expect(request).not.toContain("Authorization");
  });

  it("lead into TLS, and not out of it", async () => {
    const own = await certificate();
    const safe = await redirecting({}, { tls: own });
    const { url } = await redirecting({ "/": safe.url() });
    const { log } = await dialTo(url(), { redirects, tls: { ca: own.cert } });
    expect(log.of("handshake").map(({ tls }) => tls !== undefined)).toEqual([false, true]);
    const back = await redirecting({ "/": url("/x") }, { tls: own });
    const tls = { ca: own.cert };
    await expectFailure(dialTo(back.url(), { redirects, tls }), "refused", /is not encrypted$/);
    await dialTo(back.url(), { redirects, tls: { insecure: true } });
  });

  it.each([
    ["in a circle", { "/": "/a", "/a": "/" }, /^redirected in a circle, back to ws:/],
    ["too often", { "/": "/1", "/1": "/2", "/2": "/3", "/3": "/4" }, /^redirected over 3 times/],
    ["nowhere", { "/": "mailto:a@b" }, /is no WebSocket address$/],
  ])("%s fail", async (_, places, message) => {
    const { url } = await redirecting(places);
    await expectFailure(dialTo(url(), { redirects }), "refused", message);
  });

  it("are a refusal where nobody follows them", async () => {
    const { url, requests } = await redirecting({ "/": "/a" });
    const failure = await expectFailure(dialTo(url()), "refused", /HTTP 302 Found$/);
    expect(failure.hint).toMatch(/^It redirects to \/a: .*-L/);
    expect(requests).toHaveLength(1);
  });
});

it("tells the proxy that led there, without its credentials", async () => {
  const { url } = await wsServer(echoBack);
  const credentials = "me:hunter2";
  const { port } = await connectProxy({ to: Number(new URL(url).port), credentials });
  const address = `127.0.0.1:${port}`;
  const proxy = parseProxy(`http://${credentials}@${address}`, "--proxy");
  const { log } = await dialTo("ws://away.invalid/", { proxy });
  expect(log.of("handshake")).toMatchObject([{ proxy: `http://${address}` }]);
});

describe("a client certificate that the server wants", () => {
  it.each(["TLSv1.2", "TLSv1.3"] as const)("and does not get, in %s", async (maxVersion) => {
    const own = await certificate();
    const wanting = { ...own, ca: own.cert, requestCert: true, rejectUnauthorized: true };
    const { url } = await rawServer(undefined, { tls: { ...wanting, maxVersion } });
    await expectFailure(
      dialTo(url(), { tls: { insecure: true } }),
      "tls",
      maxVersion === "TLSv1.3"
        ? /the server wants a client certificate \(alert "certificate required"\)$/
        : /\(alert "handshake failure"\)$/,
    );
  });
});
