import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { lookup } from "node:dns/promises";
import {
  type AddressInfo,
  connect,
  createServer,
  type LookupFunction,
  type Socket,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/io.ts";
import { answer } from "../../src/transport/caching-lookup.ts";
import { parseHostEntry } from "../../src/transport/host-entries.ts";
import { openSocket, type SocketOptions } from "../../src/transport/open-socket.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { certificate, type Certificate } from "../helpers/certificates.ts";
import { hex } from "../helpers/bytes.ts";
import { eventually, expectFailure, freePort, rawServer } from "../helpers/transport.ts";

async function open(url: string, options: Partial<SocketOptions> = {}) {
  const opened = await openSocket(parseTarget(url), {
    clock: systemClock,
    connectTimeoutMs: 5000,
    ...options,
  });
  onTestFinished(() => void opened.socket.destroy());
  return opened;
}

/** A folder that goes when the test ends. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "framecat-socket-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** An address whose backlog is full, so that a further connection is neither taken nor refused. */
async function blackHole(): Promise<string> {
  const script = `
    const { parentPort } = require("node:worker_threads");
    const server = require("node:net").createServer();
    server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    });`;
  const worker = new Worker(script, { eval: true });
  const [port] = (await once(worker, "message")) as [number];
  const fillers = Array.from({ length: 4 }, () => connect(port, "127.0.0.1"));
  for (const socket of fillers) socket.on("error", () => undefined);
  onTestFinished(async () => {
    for (const socket of fillers) socket.destroy();
    await worker.terminate();
  });
  await Promise.all(fillers.slice(0, 2).map((socket) => once(socket, "connect")));
  return `ws://127.0.0.1:${port}/`;
}

describe("TCP", () => {
  it("connects and tells the times", async () => {
    const { port } = await rawServer();
    const { remote, timings, tls } = await open(`ws://127.0.0.1:${port}/`);
    expect([remote, tls]).toEqual([`127.0.0.1:${port}`, undefined]);
    expect(Object.keys(timings)).toEqual(["tcp"]);
    expect(timings.tcp).toBeGreaterThan(0);
    expect(timings.tcp).toBeLessThan(5000);
  });

  it("connects by IPv6", async () => {
    const { port, url } = await rawServer(undefined, { host: "::1" });
    expect(await open(url())).toMatchObject({ remote: `[::1]:${port}` });
  });

  it.for(["127.0.0.1", "::1"])(
    "finds localhost at %s, and times its resolution",
    async (host, { skip }) => {
      const { port } = await rawServer(undefined, { host });
      const known = await lookup("localhost", { all: true });
      skip(!known.some(({ address }) => address === host), `localhost is not ${host} here`);
      const { timings } = await open(`ws://localhost:${port}/`);
      expect(Object.keys(timings)).toEqual(["dns", "tcp"]);
      expect(timings.dns).toBeGreaterThanOrEqual(0);
    },
  );

  it("connects to a unix socket", async () => {
    const path = join(folder(), "a.sock");
    await rawServer(undefined, { path });
    expect(await open(`ws+unix:${path}:/chat`)).toMatchObject({ remote: path });
  });

  it("connects to a unix socket by TLS, as localhost", async () => {
    const path = join(folder(), "a.sock");
    const { cert, key } = await certificate();
    await rawServer(undefined, { path, tls: { cert, key } });
    const { tls, remote } = await open(`wss+unix:${path}:/chat`, { tls: { ca: cert } });
    expect([tls?.authorized, remote]).toEqual([true, path]);
  });

  it("fails where nobody listens", async () => {
    const port = await freePort();
    await expectFailure(open(`ws://127.0.0.1:${port}`), "unreachable", /refused the connection$/);
    await expectFailure(open(`ws://localhost:${port}`), "unreachable", /localhost.* refused/);
    const path = join(folder(), "none.sock");
    await expectFailure(open(`ws+unix:${path}`), "unreachable", /no such file/);
    writeFileSync(path, "");
    await expectFailure(open(`ws+unix:${path}`), "unreachable", /refused/);
    const long = join(folder(), "x".repeat(200));
    await expectFailure(open(`ws+unix:${long}`), "unreachable", /xxx/);
  });

  it("fails where the name does not resolve", async () => {
    // No resolver is asked for a label of more than 63 characters.
    const name = `${"x".repeat(64)}.invalid`;
    await expectFailure(open(`ws://${name}/`), "name-resolution", /does not resolve|could not be/);
  });

  it("gives up at the time limit, and at an abort", async () => {
    const url = await blackHole();
    const late = open(url, { connectTimeoutMs: 50 });
    await expectFailure(late, "connect-timeout", /did not answer within 50 ms$/);
    const controller = new AbortController();
    const aborted = open(url, { signal: controller.signal });
    setImmediate(() => controller.abort());
    await expectFailure(aborted, "interrupted", /while connecting/);
  });
});

describe("TLS", () => {
  let own: Certificate;
  let authority: Certificate;
  beforeAll(async () => {
    own = await certificate();
    authority = await certificate({ names: ["Test CA"], ips: [], isCa: true });
  });

  it("connects, and tells what was agreed", async () => {
    const { port } = await rawServer(undefined, { tls: own });
    const { timings, tls } = await open(`wss://localhost:${port}/`, { tls: { ca: own.cert } });
    expect(Object.keys(timings)).toEqual(["dns", "tcp", "tls"]);
    expect(timings.tls).toBeGreaterThan(0);
    expect(tls).toMatchObject({ version: "TLSv1.3", authorized: true });
    expect(tls?.cipher).toMatch(/^TLS_/);
    expect(tls?.peer).toMatchObject({ subject: "CN=localhost", issuer: "CN=localhost" });
    expect(Date.parse(tls?.peer?.validTo ?? "")).toBeGreaterThan(Date.now());
    expect(tls?.peer?.fingerprint256).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });

  it("trusts an authority", async () => {
    const signed = await certificate({ ca: authority });
    const { url } = await rawServer(undefined, { tls: signed });
    await open(url(), { tls: { ca: authority.cert } });
    await expectFailure(open(url()), "tls", /unknown authority/);
  });

  it.each([
    ["an expired one", { from: -10, to: -1 }, /has expired$/],
    ["one of the future", { from: 1, to: 10 }, /not valid yet$/],
    ["one for another host", { names: ["other.example"], ips: [] }, /not for 127\.0\.0\.1$/],
  ])("refuses a certificate: %s", async (_, options, message) => {
    const signed = await certificate({ ...options, ca: authority });
    const { url } = await rawServer(undefined, { tls: signed });
    const failed = open(url(), { tls: { ca: authority.cert } });
    expect((await expectFailure(failed, "tls", message)).hint).toMatch(/--insecure/);
    const { tls } = await open(url(), { tls: { ca: authority.cert, insecure: true } });
    expect(tls?.authorized).toBe(false);
  });

  it("refuses one that is self-signed, unless told otherwise", async () => {
    const { url } = await rawServer(undefined, { tls: own });
    await expectFailure(open(url()), "tls", /self-signed$/);
    expect((await open(url(), { tls: { insecure: true } })).tls?.authorized).toBe(false);
  });

  it("presents a certificate, the key in the same file or not", async () => {
    const seen: unknown[] = [];
    const mine = await certificate({ names: ["me"], ips: [], ca: authority });
    const { url } = await rawServer(
      ({ socket }) => {
        if ("getPeerCertificate" in socket && typeof socket.getPeerCertificate === "function") {
          seen.push((socket.getPeerCertificate() as { subject?: object }).subject);
        }
      },
      { tls: { ...own, ca: authority.cert, requestCert: true, rejectUnauthorized: false } },
    );
    const insecure = true;
    for (const tls of [mine, { cert: `${mine.cert}\n${mine.key}` }]) {
      const before = seen.length;
      await open(url(), { tls: { ...tls, insecure } });
      await eventually(() => seen.length > before);
    }
    expect(seen.map((subject) => ({ ...(subject as object) }))).toEqual([
      { CN: "me" },
      { CN: "me" },
    ]);
  });

  it.each([
    ["a CA that is none", { ca: "no certificate" }, /authorities holds no certificate/],
    ["a certificate that is none", { cert: "x", key: "y" }, /cannot be used: no start line/],
    ["a certificate without a key", { cert: "own" }, /cannot be used/],
    ["a key without a certificate", { key: "own" }, /without its certificate/],
    ["a key of another certificate", { cert: "own", key: "other" }, /key values mismatch/],
  ])("refuses %s before it connects", async (_, pem, message) => {
    const texts: Record<string, string> = { own: own.cert, other: authority.key };
    const tls = Object.fromEntries(Object.entries(pem).map(([k, v]) => [k, texts[v] ?? v]));
    await expectFailure(open("wss://127.0.0.1:1/", { tls }), "usage", message);
  });

  it.each([
    ["an SSH banner", "SSH-2.0-OpenSSH_9.2\r\n", /does not answer in TLS$/],
    ["an HTTP error", "HTTP/1.1 400 Bad Request\r\n\r\n", /does not answer in TLS$/],
    ["noise", hex("00 ff 13 37 80 00 00 00 00 00"), /does not answer in TLS$/],
    ["an alert", hex("15 0303 0002 02 28"), /\(alert "handshake failure"\)$/],
  ])("fails where the answer is %s", async (_, bytes, message) => {
    const { port } = await rawServer((peer) => peer.send(bytes));
    await expectFailure(open(`wss://127.0.0.1:${port}/`), "tls", message);
  });

  it.each<[string, (peer: { socket: Socket }) => unknown]>([
    ["ends", ({ socket }) => socket.end()],
    ["resets", ({ socket }) => socket.once("data", () => socket.resetAndDestroy())],
  ])("fails where the server %s the connection", async (_, script) => {
    const { port } = await rawServer(script);
    const failed = open(`wss://127.0.0.1:${port}/`);
    await expectFailure(failed, "tls", /ended the connection during the TLS handshake/);
  });

  it("gives up on a server that says nothing", async () => {
    const { port, peer } = await rawServer();
    const failed = open(`wss://127.0.0.1:${port}/`, { connectTimeoutMs: 50 });
    await expectFailure(failed, "connect-timeout", /did not answer within 50 ms$/);
    const { socket } = await peer();
    socket.end();
    await once(socket, "close");
  });
});

describe("an abort", () => {
  const aborted = (controller = new AbortController()) => {
    controller.abort();
    return controller.signal;
  };

  it("before it begins", async () => {
    const { url, peers } = await rawServer();
    await expectFailure(open(url(), { signal: aborted() }), "interrupted", /while connecting/);
    expect(peers.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  it("while resolving", async () => {
    const controller = new AbortController();
    const failed = open("ws://localhost:1/", { signal: controller.signal });
    controller.abort();
    await expectFailure(failed, "interrupted", /while connecting/);
  });

  it("in the TLS handshake", async () => {
    const controller = new AbortController();
    const { port, peer } = await rawServer();
    const failed = open(`wss://127.0.0.1:${port}/`, { signal: controller.signal });
    const { socket } = await peer();
    await once(socket, "data");
    controller.abort();
    await expectFailure(failed, "interrupted", /while connecting/);
    socket.end();
    await once(socket, "close");
  });

  it("of one leaves nothing behind on a signal that lives on", async () => {
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const watched = new Proxy(signal, {
      get: (target, name) => {
        if (name === "addEventListener") listeners += 1;
        if (name === "removeEventListener") listeners -= 1;
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const { url } = await rawServer();
    await open(url(), { signal: watched });
    expect(listeners).toBe(0);
  });
});

it("refuses nothing that a server on every address takes", async () => {
  const server = createServer().listen(0);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  for (const host of ["127.0.0.1", "[::1]", "localhost"]) {
    const { remote } = await open(`ws://${host}:${port}/`);
    expect(remote).toMatch(new RegExp(`:${port}$`));
  }
});

describe("one family of addresses", () => {
  /** A name with an address of each family; who asks for one gets it. */
  const both: LookupFunction = (hostname, options, callback) => {
    const addresses = [
      { address: "127.0.0.1", family: 4 },
      { address: "::1", family: 6 },
    ];
    answer(hostname, [null, addresses], options, callback);
  };
  const onlyFour: LookupFunction = (hostname, options, callback) =>
    answer(hostname, [null, [{ address: "127.0.0.1", family: 4 }]], options, callback);

  it.each([
    [4, "127.0.0.1"],
    [6, "::1"],
  ] as const)("IPv%d", async (family, host) => {
    const { port } = await rawServer(undefined, { host });
    const { remote } = await open(`ws://both.example:${port}/`, { family, lookup: both });
    expect(remote).toContain(host);
    const other = family === 4 ? 6 : 4;
    const failed = open(`ws://both.example:${port}/`, { family: other, lookup: both });
    await expectFailure(failed, "unreachable", /refused the connection$/);
  });

  it("that a name does not have", async () => {
    const failed = open("ws://four.example/", { family: 6, lookup: onlyFour });
    const message = /^four\.example does not resolve to an IPv6 address$/;
    expect((await expectFailure(failed, "name-resolution", message)).hint).toMatch(/without -6/);
  });

  it("holds for addresses that are known, too", async () => {
    const hosts = [parseHostEntry("h.example:80:127.0.0.1", "--resolve")];
    const failed = open("ws://h.example/", { family: 6, hosts });
    await expectFailure(failed, "name-resolution", /IPv6/);
  });
});
