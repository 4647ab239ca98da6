import { getEventListeners, once } from "node:events";
import { mkdtempSync } from "node:fs";
import type { LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { FramecatError } from "../../src/errors.ts";
import { systemClock } from "../../src/io.ts";
import { dialAnyWay } from "../../src/transport/lean-dial.ts";
import { Opening } from "../../src/transport/opening.ts";
import { dialPlain, isPlain, type LeanDialOptions } from "../../src/transport/plain-dial.ts";
import { parseProxy } from "../../src/transport/proxy.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { hex, singly } from "../helpers/bytes.ts";
import { LeanLog } from "../helpers/lean.ts";
import { freePort, type RawPeer, random, rawServer, response } from "../helpers/transport.ts";

type Dial = typeof dialPlain;
type Options = Partial<LeanDialOptions>;

const optionsFor = (url: string, options: Options = {}): LeanDialOptions => ({
  target: parseTarget(url),
  clock: systemClock,
  random,
  connectTimeoutMs: 5000,
  handshakeTimeoutMs: 5000,
  ...options,
});

/** With what the handshakes have in common made before, and shared by all that get these options. */
const shared = (options: LeanDialOptions): LeanDialOptions => ({
  ...options,
  opening: new Opening(options.target, options, random(16)),
});

/** Differs each time. */
const ACCEPT_KEY = /[\w+/!]{27}=/g;

/** How a dial ends, as far as it is to be the same whichever way it went. */
async function outcome(dial: Dial, options: LeanDialOptions, messages = 0) {
  const log = new LeanLog();
  try {
    const { connection, timings } = await dial(log, options);
    onTestFinished(() => connection.destroy());
    await log.until(() => log.messages === messages);
    const { state } = connection;
    return { state, phases: Object.keys(timings), bytes: log.bytes };
  } catch (thrown) {
    if (!(thrown instanceof FramecatError)) throw thrown;
    const { code, message, hint, errno } = thrown;
    return { code, message: message.replace(ACCEPT_KEY, "KEY"), hint, errno };
  }
}

/** Asserts that all ways end alike, one after the other; gives how. */
async function expectAlike(options: LeanDialOptions, messages = 0) {
  const general = await outcome(dialAnyWay, options, messages);
  const kept = shared(options);
  // The second of those that share may know the response.
  for (const own of [options, kept, kept]) {
    expect(await outcome(dialPlain, own, messages)).toEqual(general);
  }
  return general;
}

const answering =
  (...answers: (string | Uint8Array)[]) =>
  async (peer: RawPeer) => {
    await peer.head();
    peer.send(...answers);
  };

/** A right response, changed. */
const changing = (change: (text: string) => string) => async (peer: RawPeer) => {
  peer.send(change(response(await peer.head())));
};

describe("fails as the general way does", () => {
  const CASES: Record<string, [script: (peer: RawPeer) => unknown, code: string, Options?]> = {
    "another status": [
      answering("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"),
      "refused",
    ],
    "a plain page": [answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), "refused"],
    "a redirection": [
      answering("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
      "refused",
    ],
    "another version": [
      answering("HTTP/1.1 426 No\r\nSec-WebSocket-Version: 8\r\nContent-Length: 0\r\n\r\n"),
      "refused",
    ],
    "a refusal that is cut off": [
      async (peer) => {
        await peer.head();
        peer.send("HTTP/1.1 500 Oh\r\nContent-Length: 9\r\n\r\nno");
        peer.socket.end();
      },
      "refused",
    ],
    "a refusal without an end": [
      answering("HTTP/1.1 500 Oh\r\nContent-Length: 9\r\n\r\nno"),
      "refused",
      { handshakeTimeoutMs: 60 },
    ],
    "no HTTP": [(peer) => peer.send("SSH-2.0-x\r\n"), "bad-handshake"],
    "an alert of TLS": [answering(hex("15 03 01 00 02 02 46")), "bad-handshake"],
    "a malformed header": [
      changing((text) => text.replace("Upgrade: ", "Up grade: ")),
      "bad-handshake",
    ],
    "HTTP/1.0": [changing((text) => text.replace("1.1", "1.0")), "bad-handshake"],
    "a wrong accept key": [
      changing((text) => text.replace(/Accept: ./, "Accept: !")),
      "bad-handshake",
    ],
    "no accept key": [changing((text) => text.replace(/^.*Accept.*\r\n/m, "")), "bad-handshake"],
    "no Upgrade": [changing((text) => text.replace(/^Upgrade.*\r\n/m, "")), "bad-handshake"],
    "no Connection": [changing((text) => text.replace(/^Connection.*\r\n/m, "")), "bad-handshake"],
    "a subprotocol that was not asked for": [
      (peer) => peer.accept("Sec-WebSocket-Protocol: chat"),
      "bad-handshake",
    ],
    "another subprotocol than was asked for": [
      (peer) => peer.accept("Sec-WebSocket-Protocol: chat"),
      "bad-handshake",
      { subprotocols: ["talk"] },
    ],
    "an extension that was not asked for": [
      (peer) => peer.accept("Sec-WebSocket-Extensions: permessage-deflate"),
      "bad-handshake",
    ],
    "a head that never ends": [
      answering(`HTTP/1.1 101 Yes\r\n`, `X: ${"x".repeat(1000)}\r\n`.repeat(100)),
      "bad-handshake",
    ],
    "a key of the user's": [
      (peer) => peer.accept(),
      "bad-handshake",
      { headers: [["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="]] },
    ],
    "the end at once": [(peer) => peer.socket.end(), "unreachable"],
    "the end after the request": [
      async (peer) => {
        await peer.head();
        peer.socket.end();
      },
      "unreachable",
    ],
    "a reset": [
      async (peer) => {
        await peer.head();
        peer.socket.resetAndDestroy();
      },
      "unreachable",
    ],
    "the end within the head": [
      async (peer) => {
        await answering("HTTP/1.1 101 Switch")(peer);
        peer.socket.end();
      },
      "bad-handshake",
    ],
    silence: [() => undefined, "connect-timeout", { handshakeTimeoutMs: 60 }],
    "silence within the head": [
      answering("HTTP/1.1 101 Switch"),
      "connect-timeout",
      { handshakeTimeoutMs: 60 },
    ],
  };

  it.each(Object.entries(CASES))("at %s", async (_, [script, code, options]) => {
    const server = await rawServer(script);
    const general = await expectAlike(optionsFor(server.url(), options));
    expect(general).toMatchObject({ code });
    for (const peer of server.peers) {
      peer.socket.end();
      await peer.close();
    }
  });

  const found =
    (code: string): LookupFunction =>
    (_, __, answer) =>
      answer(Object.assign(new Error(code), { code }), "");

  it.each<[string, string, string, Options?]>([
    [
      "a name that does not resolve",
      "ws://h.invalid/",
      "name-resolution",
      { lookup: found("ENOTFOUND") },
    ],
    [
      "a name without addresses of a family",
      "ws://h.invalid/",
      "name-resolution",
      { lookup: found("ENOTFOUND"), family: 6 },
    ],
    ["a resolver in trouble", "ws://h.invalid/", "name-resolution", { lookup: found("EAI_AGAIN") }],
    [
      "a resolver that takes too long",
      "ws://h.invalid/",
      "connect-timeout",
      { lookup: () => undefined, connectTimeoutMs: 40 },
    ],
    ["a unix socket that is not there", "ws+unix:/nowhere/s:/", "unreachable"],
    ["a header that cannot be sent", "ws://127.0.0.1:9/", "usage", { headers: [["X", "a\nb"]] }],
    ["a local address that is none", "ws://127.0.0.1:9/", "unreachable", { localAddress: "x" }],
    // Of a network that is kept for documents (RFC 5737).
    ["a foreign local address", "ws://127.0.0.1:9/", "unreachable", { localAddress: "192.0.2.1" }],
    [
      "a local address of another family",
      "ws://[::1]:9/",
      "unreachable",
      { localAddress: "127.0.0.1" },
    ],
  ])("at %s", async (_, url, code, options) => {
    const all = optionsFor(url, options);
    const general = await outcome(dialAnyWay, all);
    expect(general).toMatchObject({ code });
    expect(await outcome(dialPlain, all)).toEqual(general);
  });

  it("where nobody listens, at an address and at a name of several", async () => {
    const port = await freePort();
    for (const host of ["127.0.0.1", "localhost"]) {
      expect(await expectAlike(optionsFor(`ws://${host}:${port}/`))).toMatchObject({
        code: "unreachable",
        errno: "ECONNREFUSED",
      });
    }
  });
});

describe("opens as the general way does", () => {
  it.each<[string, (peer: RawPeer) => unknown, Options?, number?]>([
    ["a plain one", (peer) => peer.accept()],
    [
      "one with what was asked for",
      (peer) => peer.accept("Sec-WebSocket-Protocol: a"),
      { subprotocols: ["a"] },
    ],
    ["one that differs each time", (peer) => peer.accept(`X-Id: ${Math.random()}`)],
    [
      "one told byte by byte",
      async (peer) => {
        for (const byte of singly(Buffer.from(response(await peer.head())))) {
          await new Promise((sent) => peer.socket.write(byte, sent));
        }
      },
    ],
    ["one after an interim response", changing((text) => `HTTP/1.1 103 Wait\r\n\r\n${text}`)],
    [
      "one with messages right behind",
      async (peer) => peer.send(response(await peer.head()), hex("81 01 61 81 02 6161 01 00")),
      {},
      2,
    ],
    [
      "one with deflate, and a compressed message right behind",
      async (peer) => {
        const extensions = ["Sec-WebSocket-Extensions: permessage-deflate"];
        peer.send(response(await peer.head(), extensions), hex("c1 07 f248cdc9c90700"));
      },
      { deflate: {} },
      1,
    ],
  ])("%s", async (_, script, options, messages) => {
    const server = await rawServer(script);
    const url = server.url().replace("//", "//user:word@");
    const general = await expectAlike(optionsFor(url, options), messages);
    expect(general).toMatchObject({ state: "OPEN", phases: ["tcp", "upgrade"] });
  });

  it("by a name, which is timed", async () => {
    const server = await rawServer((peer) => peer.accept());
    const url = server.url().replace("127.0.0.1", "localhost");
    expect(await expectAlike(optionsFor(url))).toMatchObject({ phases: ["dns", "tcp", "upgrade"] });
  });

  it("from a local address", async () => {
    const server = await rawServer((peer) => peer.accept());
    await expectAlike(optionsFor(server.url(), { localAddress: "127.0.0.9" }));
    const from = server.peers.map(({ socket }) => socket.remoteAddress);
    expect(from).toEqual(from.map(() => "127.0.0.9"));
  });

  it("a unix socket", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "framecat-")), "s");
    await rawServer((peer) => peer.accept(), { path });
    await expectAlike(optionsFor(`ws+unix:${path}:/`));
  });

  it("with the same request, but for its key", async () => {
    const server = await rawServer();
    const asked: string[] = [];
    const listen = async (index: number) => {
      const request = await (await server.peer(index)).accept();
      asked.push(request.replace(/^(Sec-WebSocket-Key:).*$/m, "$1"));
    };
    const listening = Promise.all([0, 1, 2, 3].map(listen));
    const options = { subprotocols: ["a"], origin: "https://o", headers: [["X-A", "1"]] } as const;
    await expectAlike(optionsFor(server.url("/path?q").replace("//", "//user:word@"), options));
    await listening;
    expect(new Set(asked).size).toBe(1);
    expect(asked[0]).toContain("Authorization: Basic ");
  });
});

describe("an abort", () => {
  const INTERRUPTED = { code: "interrupted", message: "interrupted while connecting" };

  /** Both ways, each with a signal of its own that `when` aborts. */
  async function expectAborted(url: string, when: (abort: () => void) => Options | void) {
    for (const dial of [dialAnyWay, dialPlain]) {
      const controller = new AbortController();
      const { signal } = controller;
      const options = when(() => controller.abort()) ?? {};
      const ended = outcome(dial, optionsFor(url, { ...options, signal }));
      expect(await ended).toMatchObject(INTERRUPTED);
      expect(getEventListeners(signal, "abort").length).toBe(0);
    }
  }

  it("before it begins", () => expectAborted("ws://127.0.0.1:9/", (abort) => abort()));

  it("while the name is resolved", () =>
    expectAborted("ws://h.invalid/", (abort) => ({ lookup: () => setImmediate(abort) })));

  it("while it connects", async () => {
    const server = await rawServer();
    await expectAborted(server.url(), (abort) => {
      process.nextTick(abort);
    });
  });

  it.each(["", "HTTP/1.1 101 Sw", "HTTP/1.1 503 Busy\r\n\r\nbo"])(
    "while it waits, %j having come",
    async (said) => {
      let abort: (() => void) | undefined;
      const server = await rawServer(async (peer) => {
        await peer.head();
        if (said === "") return abort?.();
        peer.socket.write(said, () => setTimeout(() => abort?.(), 5));
      });
      await expectAborted(server.url(), (now) => void (abort = now));
      await Promise.all(server.peers.map((peer) => peer.end()));
    },
  );

  it("does nothing to what is open, and nobody waits for it any more", async () => {
    const server = await rawServer((peer) => peer.accept());
    const controller = new AbortController();
    const { signal } = controller;
    const log = new LeanLog();
    const { connection } = await dialPlain(log, optionsFor(server.url(), { signal }));
    onTestFinished(() => connection.destroy());
    expect(getEventListeners(signal, "abort").length).toBe(0);
    controller.abort();
    expect(connection.state).toBe("OPEN");
  });

  it("ends all that are under way", async () => {
    const server = await rawServer();
    const controller = new AbortController();
    const options = shared(optionsFor(server.url(), { signal: controller.signal }));
    const all = Array.from({ length: 20 }, () => outcome(dialPlain, options));
    await server.peer(19);
    controller.abort();
    for (const ended of await Promise.all(all)) expect(ended).toMatchObject(INTERRUPTED);
  });
});

it("time for connecting is no time for the handshake", async () => {
  const server = await rawServer(async (peer) => {
    await peer.head();
    setTimeout(() => peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), 80);
  });
  const options = optionsFor(server.url(), { connectTimeoutMs: 40 });
  expect(await expectAlike(options)).toMatchObject({ code: "refused" });
});

it("many at once that share a response, and the buffer they are read into, keep apart", async () => {
  const server = await rawServer(async (peer) => {
    const request = await peer.head();
    const index = Number(/GET \/(\d+)/.exec(request)?.[1]);
    peer.send(response(request), hex("81 01 61"), hex("81 01 62").subarray(0, index % 3));
  });
  const opened = await Promise.all(
    Array.from({ length: 30 }, async (_, i) => {
      const log = new LeanLog();
      const options = shared(optionsFor(server.url(`/${i}`)));
      const { connection } = await dialPlain(log, options);
      onTestFinished(() => connection.destroy());
      await log.until(() => log.messages === 1);
      return log.bytes - (i % 3);
    }),
  );
  expect(new Set(opened)).toEqual(new Set([3]));
});

it("closes as any other, once it is open", async () => {
  const server = await rawServer((peer) => peer.accept());
  const log = new LeanLog();
  await dialPlain(log, optionsFor(server.url()));
  const peer = await server.peer();
  peer.send(hex("88 02 03e8"));
  peer.socket.end();
  expect(await log.end).toMatchObject({ code: 1000, initiator: "peer", clean: true });
  await once(peer.socket, "close");
});

it.each([
  ["ws://h/", undefined, true],
  ["wss://h/", undefined, false],
  ["ws://h/", "http://p:1", false],
  ["ws+unix:/s:/", "http://p:1", true],
])("%s by the proxy %s: %s", (url, proxy, plain) => {
  const options = proxy === undefined ? {} : { proxy: parseProxy(proxy, "--proxy") };
  expect(isPlain(optionsFor(url, options))).toBe(plain);
});
