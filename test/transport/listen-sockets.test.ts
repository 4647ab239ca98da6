import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen, type ListenHooks, type ListenPlace } from "../../src/transport/listen-sockets.ts";
import type { ServerTls } from "../../src/transport/server-tls.ts";
import { certificate } from "../helpers/certificates.ts";
import { folder } from "../helpers/temp-files.ts";
import { eventually } from "../helpers/transport.ts";

async function listening(place: ListenPlace, tls?: ServerTls, hooks: Partial<ListenHooks> = {}) {
  const sockets: Socket[] = [];
  const listeners = await listen(place, tls, {
    onSocket: (socket) => void sockets.push(socket),
    onFailure: () => undefined,
    ...hooks,
  });
  onTestFinished(async () => {
    const closed = listeners.close();
    listeners.destroySockets();
    await closed;
  });
  return { listeners, sockets };
}

const isConnected = (path: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(path, () => resolve(socket.destroy() !== undefined));
    socket.on("error", () => resolve(false));
  });

describe("a unix socket", () => {
  it("is served, told by its path, and gone when it is closed", async () => {
    const socketPath = join(folder(), "s");
    const { listeners } = await listening({ socketPath });
    expect(listeners.addresses).toEqual([
      { host: socketPath, port: 0, url: `ws+unix:${socketPath}` },
    ]);
    expect(await isConnected(socketPath)).toBe(true);
    listeners.destroySockets();
    await listeners.close();
    expect(existsSync(socketPath)).toBe(false);
  });

  it("is private unless it is to be shared", async () => {
    const [one, other] = [join(folder(), "s"), join(folder(), "s")];
    await listening({ socketPath: one });
    await listening({ socketPath: other, socketMode: 0o660 });
    expect([one, other].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual([
      "600",
      "660",
    ]);
  });

  it("that speaks TLS says so", async () => {
    const socketPath = join(folder(), "s");
    const { listeners } = await listening({ socketPath }, await certificate());
    expect(listeners.addresses[0]?.url).toBe(`wss+unix:${socketPath}`);
  });
});

describe("TLS", () => {
  it("stands before the socket is handed over", async () => {
    const { cert, key } = await certificate();
    const { listeners, sockets } = await listening({ host: "127.0.0.1", port: 0 }, { cert, key });
    const [address] = listeners.addresses;
    expect(address?.url).toBe(`wss://127.0.0.1:${address?.port}/`);
    const client = tlsConnect({ port: address!.port, host: "127.0.0.1", ca: cert });
    await once(client, "secureConnect");
    await eventually(() => sockets.length === 1);
    expect(sockets[0]).toMatchObject({ encrypted: true });
    client.destroy();
  });

  it("that fails is told, and the socket is ended", async () => {
    const { cert, key } = await certificate();
    const failures: Error[] = [];
    const onFailure = (error: Error): void => void failures.push(error);
    const tls = { cert, key };
    const place = { host: "127.0.0.1", port: 0 };
    const { listeners, sockets } = await listening(place, tls, { onFailure });
    const client = connect(listeners.addresses[0]!.port, "127.0.0.1");
    client.on("error", () => undefined);
    client.write("GET / HTTP/1.1\r\n\r\n");
    await once(client, "close");
    expect([failures.length, sockets.length]).toEqual([1, 0]);
  });
});

it("takes no new clients once it is closed", async () => {
  const { listeners, sockets } = await listening({ host: "127.0.0.1", port: 0 });
  const { port } = listeners.addresses[0]!;
  const client = connect(port, "127.0.0.1");
  await eventually(() => sockets.length === 1);
  const closed = listeners.close();
  const late = connect(port, "127.0.0.1");
  const [refused] = await once(late, "error");
  expect(refused).toMatchObject({ code: "ECONNREFUSED" });
  listeners.destroySockets();
  await closed;
  await once(client.on("error", () => undefined).resume(), "close");
});
