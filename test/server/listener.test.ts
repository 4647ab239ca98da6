import { describe, expect, it } from "vitest";
import type { Guard } from "../../src/server/guard.ts";
import type { Mode } from "../../src/server/mode.ts";
import { echo } from "../../src/server/modes/echo.ts";
import { refusal } from "../../src/transport/http-reply.ts";
import { startListener } from "../helpers/listener.ts";
import { dialTo, eventually } from "../helpers/transport.ts";
import { wsClient } from "../helpers/ws-peers.ts";

/** A mode that keeps a list of what it hears. */
function noting(heard: string[]): Mode {
  return {
    joined: ({ id }) => void heard.push(`joined ${id}`),
    received: ({ id }, { data }) => void heard.push(`${id}: ${Buffer.from(data).toString()}`),
    left: ({ id }) => void heard.push(`left ${id}`),
    stop: () => void heard.push("stop"),
  };
}

describe("a listener", () => {
  it("tells its mode who comes, what they say, and who goes", async () => {
    const heard: string[] = [];
    const { listener, url } = await startListener(() => noting(heard));
    const { connection } = await dialTo(url);
    await connection.send("hello");
    await connection.close();
    await eventually(() => heard.length === 3);
    await listener.stop();
    expect(heard).toEqual(["joined 1", "1: hello", "left 1", "stop"]);
  });

  it("counts what passes, with those that are gone", async () => {
    const { listener, url } = await startListener(echo);
    for (const text of ["one", "three"]) {
      const { connection, log } = await dialTo(url);
      await connection.send(text);
      await log.count("message", 1, "in");
      if (text === "one") await connection.close(4001);
    }
    await eventually(() => listener.counters.connected === 1);
    const { opened, closes, traffic } = listener.counters;
    expect([opened, [...closes]]).toEqual([2, [[4001, 1]]]);
    expect(traffic.in).toMatchObject({ messages: 2, payloadBytes: 8 });
    expect(traffic.out).toMatchObject({ messages: 2, payloadBytes: 8 });
  });

  it("closes all with 1001 when it stops", async () => {
    const { listener, url } = await startListener(echo);
    const { connection } = await dialTo(url);
    await listener.stop();
    expect(await connection.closed).toMatchObject({ code: 1001, initiator: "peer", clean: true });
  });
});

describe("guards", () => {
  it("turn clients away: told to both, counted", async () => {
    const guard: Guard = {
      admit: () => ({
        reply: refusal(403, "No."),
        kind: "origin",
        why: "the origin is not allowed",
      }),
    };
    const { listener, log, url } = await startListener(echo, { guards: [guard] });
    await expect(wsClient(url)).rejects.toThrow("403");
    const [handshake] = log.of("handshake");
    expect(handshake?.response.startLine).toBe("HTTP/1.1 403 Forbidden");
    expect(log.of("note").map(({ conn, message }) => [conn, message])).toEqual([
      ["1", "refused: the origin is not allowed"],
    ]);
    expect([...listener.counters.refusals]).toEqual([["origin", 1]]);
    expect(listener.counters.opened).toBe(0);
  });

  it("keep messages from the mode, both ways", async () => {
    const heard: string[] = [];
    const guard: Guard = {
      allows: (_, { data }) => data.length < 4,
      maySend: (_, length) => length < 4,
    };
    const mode: Mode = {
      ...noting(heard),
      joined: (client) => void client.send("too long").then(() => client.send("yes")),
    };
    const { url } = await startListener(() => mode, { guards: [guard] });
    const { connection, log } = await dialTo(url);
    await connection.send("long");
    await connection.send("one");
    await eventually(() => heard.length === 1);
    const [received] = await log.count("message", 1, "in");
    expect([heard, Buffer.from(received!.data).toString()]).toEqual([["1: one"], "yes"]);
  });

  it("detain a client until it may join", async () => {
    const heard: string[] = [];
    const releases: (() => void)[] = [];
    const guard: Guard = {
      joined: (client) => void releases.push(client.detain()),
      allows: (client) => {
        releases.shift()?.();
        return !client.isDetained;
      },
    };
    const { listener, url } = await startListener(() => noting(heard), { guards: [guard] });
    const { connection } = await dialTo(url);
    await dialTo(url);
    expect([heard, [...listener.clients].length]).toEqual([[], 0]);
    await connection.send("secret");
    await eventually(() => heard.length === 2);
    expect(heard).toEqual(["joined 1", "1: secret"]);
    expect([...listener.clients].map(({ id }) => id)).toEqual(["1"]);
  });
});
