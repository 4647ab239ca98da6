import { describe, expect, it } from "vitest";
import { Client, type ClientOptions } from "../../src/server/client.ts";
import { systemClock } from "../../src/io.ts";
import type { Asking } from "../../src/transport/serve.ts";
import { dialTo, startServer } from "../helpers/transport.ts";

/** A client as the server has it, and its other end. */
async function connected(options: Partial<ClientOptions> = {}) {
  const clients: Client[] = [];
  const server = await startServer({
    onConnection: (connection, asking: Asking) => {
      const usual = { since: systemClock.now(), onFree: () => undefined };
      clients.push(new Client(connection, asking, { ...usual, ...options }));
    },
  });
  const { connection, log } = await dialTo(server.url);
  return { client: clients[0]!, connection, log };
}

describe("a client", () => {
  it("knows what it asked for", async () => {
    const { client } = await connected();
    expect(client.id).toBe("1");
    expect(client.asking).toMatchObject({ conn: "1", address: "127.0.0.1" });
    expect(client.asking.request.startLine).toBe("GET / HTTP/1.1");
  });

  it("is sent messages while it is there, and none after", async () => {
    const { client, connection, log } = await connected();
    await client.send("text");
    await client.send(Uint8Array.of(1), { binary: true });
    const got = await log.count("message", 2, "in");
    expect(got.map(({ kind }) => kind)).toEqual(["text", "binary"]);
    void client.close(4000, "bye");
    await client.send("too late");
    expect(client.isOpen).toBe(false);
    expect(await connection.closed).toMatchObject({ code: 4000, reason: "bye" });
    expect(log.texts("in")).not.toContain("too late");
  });

  it("is spared what a guard drops", async () => {
    const { client, log } = await connected({ maySend: (_, length) => length !== 3 });
    await client.send("one");
    await client.send("three");
    await log.count("message", 1, "in");
    expect(log.texts("in")).toEqual(["three"]);
  });

  it("is shown out with what it may know; who runs the server is told the rest", async () => {
    const told: string[][] = [];
    const { client, connection } = await connected({ refuse: (...words) => void told.push(words) });
    const why = "it sends more than 3 messages in 60 s";
    void client.expel({ kind: "rate", why, code: 1008, reason: "too many messages" });
    expect(told).toEqual([["rate", why, "1"]]);
    expect(await connection.closed).toMatchObject({ code: 1008, reason: "too many messages" });
  });

  it("has its messages brought by something else where that is asked for", async () => {
    const { client, log } = await connected();
    client.deliverBy((deliver) => async (data, options) => {
      await deliver(`<${String(data)}`, options);
      await deliver(`${String(data)}>`, options);
    });
    client.deliverBy((deliver) => (data, options) => deliver(`*${String(data)}`, options));
    await client.send("a");
    await log.count("message", 2, "in");
    expect(log.texts("in")).toEqual(["<*a", "*a>"]);
  });

  it("is free when the last who detains it lets go, unless it is gone", async () => {
    const freed: string[] = [];
    const { client } = await connected({ onFree: ({ id }) => void freed.push(id) });
    const [first, second] = [client.detain(), client.detain()];
    first();
    first();
    expect([client.isDetained, freed]).toEqual([true, []]);
    second();
    expect([client.isDetained, freed]).toEqual([false, ["1"]]);
    const late = client.detain();
    client.connection.terminate();
    late();
    expect(freed).toEqual(["1"]);
  });
});
