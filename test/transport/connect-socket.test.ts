import { once } from "node:events";
import { Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/io.ts";
import { type Attempt, awaitSocket, connectSocket } from "../../src/transport/connect-socket.ts";
import { expectFailure, rawServer } from "../helpers/transport.ts";

const attempt = (connectTimeoutMs = 5000, signal?: AbortSignal): Attempt => ({
  clock: systemClock,
  deadline: systemClock.now().ns + BigInt(connectTimeoutMs * 1e6),
  connectTimeoutMs,
  signal,
});
const nothing = () => () => undefined;

describe("connecting", () => {
  it.each(["127.0.0.1", "127.0.0.7"])("comes from the address %s", async (localAddress) => {
    const { port, peer } = await rawServer();
    const place = { hostname: "localhost", port };
    const socket = await connectSocket(place, attempt(), { localAddress });
    onTestFinished(() => void socket.destroy());
    expect((await peer()).socket.remoteAddress).toBe(localAddress);
  });

  it("fails from an address that is not this machine's", async () => {
    const { port } = await rawServer();
    // Of a network that is kept for documents (RFC 5737).
    const failed = connectSocket({ hostname: "127.0.0.1", port }, attempt(), {
      localAddress: "192.0.2.1",
    });
    await expect(failed).rejects.toMatchObject({ code: "EADDRNOTAVAIL" });
  });

  it("fails to another family than the local address's", async () => {
    const { port } = await rawServer(undefined, { host: "::1" });
    const failed = connectSocket({ hostname: "::1", port }, attempt(), {
      localAddress: "127.0.0.1",
    });
    await expect(failed).rejects.toThrow(/EINVAL|EAFNOSUPPORT/);
  });

  it("asks the resolver that it is given", async () => {
    const { port } = await rawServer();
    const socket = await connectSocket({ hostname: "away.invalid", port }, attempt(), {
      lookup: (_, { all }, found) =>
        all ? found(null, [{ address: "127.0.0.1", family: 4 }]) : found(null, "127.0.0.1", 4),
    });
    onTestFinished(() => void socket.destroy());
    expect(socket.remoteAddress).toBe("127.0.0.1");
  });
});

describe("waiting for a socket", () => {
  it("gives what success was given, and leaves no listener but one for errors", async () => {
    const socket = new Socket();
    const before = socket.eventNames();
    const value = await awaitSocket(socket, attempt(), "it did not", (succeed) => {
      setImmediate(succeed, 7);
      return () => undefined;
    });
    expect(value).toBe(7);
    expect(socket.eventNames().filter((name) => !before.includes(name))).toEqual(["error"]);
    expect(socket.destroyed).toBe(false);
  });

  it.each<[string, (socket: Socket) => unknown, object]>([
    ["an error", (socket) => socket.destroy(new Error("x")), { message: "x" }],
    ["an end", (socket) => socket.emit("end"), { code: "EPIPE" }],
    ["a close", (socket) => socket.destroy(), { code: "EPIPE" }],
  ])("fails at %s", async (_, happens, failure) => {
    const socket = new Socket();
    let stopped = 0;
    const waiting = awaitSocket(socket, attempt(), "it did not", () => () => void (stopped += 1));
    happens(socket);
    await expect(waiting).rejects.toMatchObject(failure);
    expect([socket.destroyed, stopped]).toEqual([true, 1]);
  });

  it("fails at the deadline and at an abort", async () => {
    const late = awaitSocket(new Socket(), attempt(20), "it did not", nothing);
    await expectFailure(late, "connect-timeout", /^it did not within 20 ms$/);
    const socket = new Socket();
    const aborted = awaitSocket(socket, attempt(20, AbortSignal.abort()), "it did not", nothing);
    await expectFailure(aborted, "interrupted", /while connecting/);
    if (!socket.closed) await once(socket, "close");
  });
});
