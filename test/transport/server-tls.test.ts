import { once } from "node:events";
import { connect, Socket } from "node:net";
import { connect as tlsConnect, type ConnectionOptions } from "node:tls";
import { describe, expect, it } from "vitest";
import { clientTlsFacts, type ServerTls } from "../../src/transport/server-tls.ts";
import { type Certificate, certificate } from "../helpers/certificates.ts";
import { startServer } from "../helpers/transport.ts";
import { wsClient } from "../helpers/ws-peers.ts";

async function serving(asked: Pick<ServerTls, "clientCertificate">) {
  const ca = await certificate({ isCa: true, names: ["the authority"] });
  const own = await certificate();
  const client = await certificate({ ca, names: ["ann"], ips: [] });
  const stranger = await certificate({ names: ["mallory"], ips: [] });
  const server = await startServer({
    place: { host: "127.0.0.1", port: 0 },
    tls: { ...own, ca: ca.cert, ...asked },
  });
  const dial = (certificateOf?: Certificate) =>
    wsClient(server.url, { ca: own.cert, ...certificateOf });
  return { server, dial, client, stranger };
}

describe("certificates of clients", () => {
  it("are not asked for by default", async () => {
    const { server, dial, client } = await serving({});
    await dial(client);
    const [{ tls, url } = {}] = server.log.of("handshake");
    expect(url).toMatch(/^wss:/);
    expect(tls).toMatchObject({ version: "TLSv1.3" });
    expect(tls?.peer).toBeUndefined();
  });

  it("may be shown, and are judged", async () => {
    const { server, dial, client, stranger } = await serving({ clientCertificate: "ask" });
    for (const shown of [client, stranger, undefined]) await dial(shown);
    const seen = server.log.of("handshake").map(({ tls }) => [tls?.peer?.subject, tls?.authorized]);
    expect(seen).toEqual([
      ["CN=ann", true],
      ["CN=mallory", false],
      [undefined, false],
    ]);
  });

  it("are required, and of the right authority", async () => {
    const { server, dial, client, stranger } = await serving({ clientCertificate: "require" });
    await dial(client);
    await expect(dial()).rejects.toBeInstanceOf(Error);
    await expect(dial(stranger)).rejects.toBeInstanceOf(Error);
    expect(server.connections.size).toBe(1);
  });
});

it("a handshake that does not go on is given up", async () => {
  const own = await certificate();
  const server = await startServer({
    place: { host: "127.0.0.1", port: 0 },
    tls: { ...own, handshakeTimeoutMs: 30 },
  });
  const socket = new Socket().connect(server.port, "127.0.0.1");
  await once(socket.resume(), "close");
  const { code, message } = await server.log.until("error");
  expect([code, message]).toEqual([
    "tls",
    expect.stringMatching(/^TLS with 127\.0\.0\.1:\d+ failed/),
  ]);
});

it("there are no facts of TLS without it", async () => {
  expect(clientTlsFacts(new Socket())).toBeUndefined();
  const own = await certificate();
  const server = await startServer({ place: { host: "127.0.0.1", port: 0 }, tls: own });
  const client = tlsConnect({ port: server.port, host: "127.0.0.1", ca: own.cert });
  await once(client, "secureConnect");
  expect(clientTlsFacts(client)).toMatchObject({ version: "TLSv1.3", authorized: true });
  client.destroy();
});

describe("what went wrong with a client is said in words", () => {
  const plain = (text: string) => (port: number) => connect(port, "127.0.0.1").end(text);
  const secure = (options: ConnectionOptions) => (port: number) =>
    tlsConnect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
  const stranger = () => certificate({ names: ["mallory"], ips: [] });

  it.each<[string, Partial<ServerTls>, (port: number) => Socket | Promise<Socket>, string]>([
    [
      "plain HTTP",
      {},
      plain("GET / HTTP/1.1\r\n\r\n"),
      "it spoke plain HTTP, and this port has TLS: its address begins with wss://, not ws://",
    ],
    ["noise", {}, plain("SSH-2.0\r\n"), "what it sent is no TLS"],
    [
      "an old version",
      { minVersion: "TLSv1.3" },
      secure({ maxVersion: "TLSv1.2" }),
      "no version of TLS is accepted by both sides",
    ],
    [
      "other ciphers",
      { maxVersion: "TLSv1.2" },
      secure({ maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" }),
      "no cipher is accepted by both sides",
    ],
    [
      "another protocol",
      {},
      secure({ ALPNProtocols: ["h2"] }),
      "it wants another protocol than HTTP/1.1",
    ],
    ["no certificate", { clientCertificate: "require" }, secure({}), "it showed no certificate"],
    [
      "a stranger's certificate",
      { clientCertificate: "require" },
      async (port) => secure(await stranger())(port),
      "its certificate is not accepted (DEPTH_ZERO_SELF_SIGNED_CERT)",
    ],
    [
      "silence",
      { handshakeTimeoutMs: 20 },
      (port) => connect(port, "127.0.0.1"),
      "its handshake took too long",
    ],
  ])("%s", async (_, tls, come, reason) => {
    let turnedAway = 0;
    const server = await startServer({
      place: { host: "127.0.0.1", port: 0 },
      tls: { ...(await certificate()), ...tls },
      onTurnedAway: (kind) => (turnedAway += Number(kind === "tls")),
    });
    const socket = (await come(server.port)).on("error", () => undefined);
    const { message } = await server.log.until("error");
    expect(message.replace(/^TLS with 127\.0\.0\.1:\d+ failed: /, "")).toBe(reason);
    expect(turnedAway).toBe(1);
    socket.destroy();
  });
});
