import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen, type ListenHooks, type ListenPlace } from "../../src/transport/listen-sockets.ts";
import type { ServerTls } from "../../src/transport/server-tls.ts";
import { certificate } from "../helpers/certificates.ts";
import { file, folder } from "../helpers/temp-files.ts";
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

  it("takes the place of one that a dead server left behind, not of one that is served", async () => {
    const socketPath = join(folder(), "s");
    const leave = `require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, 9))`;
    spawnSync(process.execPath, ["-e", leave, socketPath]);
    expect(existsSync(socketPath)).toBe(true);
    await listening({ socketPath });
    expect(await isConnected(socketPath)).toBe(true);
    await expect(listening({ socketPath })).rejects.toMatchObject({ code: "bind" });
    expect(await isConnected(socketPath)).toBe(true);
  });

  it.each([
    ["a file", () => file("mine"), "something else is there already", "Name another path."],
    [
      "a folder that is not there",
      () => "/nowhere/at/all",
      "its folder is not there",
      "A port is a number alone.",
    ],
  ])("is none where %s is in the way", async (_, path, reason, hint) => {
    const socketPath = path();
    await expect(listening({ socketPath })).rejects.toMatchObject({
      message: `cannot listen on ${socketPath}: ${reason}`,
      hint,
    });
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
