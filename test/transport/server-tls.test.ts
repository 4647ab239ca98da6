import { once } from "node:events";
import { Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";
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
