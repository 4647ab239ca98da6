import { describe, expect, it, onTestFinished } from "vitest";
import { Connector } from "../../src/bench/connector.ts";
import { FrameBatch } from "../../src/bench/frame-batch.ts";
import { Load } from "../../src/bench/load.ts";
import { splitPlan } from "../../src/bench/plan.ts";
import { systemClock, systemRandom } from "../../src/io.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { benchPlan, echoServer } from "../helpers/bench.ts";
import { freePort, rawServer } from "../helpers/transport.ts";

function connectorTo(url: string, connections: number, handshakeTimeoutMs = 5000): Connector {
  const target = parseTarget(url);
  const dial = { target, connectTimeoutMs: 5000, handshakeTimeoutMs };
  const [plan] = splitPlan(benchPlan({ dial, connections }));
  const batch = new FrameBatch(plan!.message, 1, 1);
  const listener = { onClosed: () => undefined, onDrained: () => undefined };
  const load = new Load(batch, listener, () => performance.now());
  const connector = new Connector(plan!, load, {
    clock: systemClock,
    random: systemRandom,
  });
  onTestFinished(() => {
    for (const { connection } of connector.users) connection?.close();
  });
  return connector;
}

describe("a connector", () => {
  it("opens all its sockets and times them", async () => {
    const connector = connectorTo((await echoServer()).url, 250);
    expect(connector.unfinished).toBe(250);
    await connector.run();
    expect([connector.users.length, connector.refusals.total, connector.unfinished]).toEqual([
      250, 0, 0,
    ]);
    expect(connector.handshakes.total).toBe(250);
    const states = new Set(connector.users.map(({ connection }) => connection?.state));
    expect([...states]).toEqual(["OPEN"]);
  });

  it("tells why sockets did not open, and goes on with the others", async () => {
    let asked = 0;
    const server = await rawServer(async (peer) => {
      asked += 1;
      if (asked % 2 === 1) return peer.accept();
      await peer.head();
      return peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    });
    const connector = connectorTo(server.url(), 10);
    await connector.run();
    expect([connector.users.length, connector.unfinished]).toEqual([5, 0]);
    expect(connector.refusals.list()).toEqual([
      expect.objectContaining({ code: "refused", count: 5 }),
    ]);
  });

  it("gives up when the first hundred all failed", async () => {
    const connector = connectorTo(`ws://127.0.0.1:${await freePort()}/`, 1000);
    await connector.run();
    const failed = connector.refusals.total;
    expect(failed).toBeGreaterThanOrEqual(100);
    expect(failed).toBeLessThan(300);
    expect(connector.unfinished).toBe(1000 - failed);
  });

  it("asks once for a name that does not resolve", async () => {
    const connector = connectorTo("ws://nosuch.invalid/", 1000);
    await connector.run();
    expect(connector.refusals.list()).toEqual([
      expect.objectContaining({ code: "name-resolution", count: 1 }),
    ]);
    expect(connector.unfinished).toBe(999);
  });

  it("leaves the handshakes unfinished that it is told to end", async () => {
    const server = await rawServer(async (peer) => {
      if (server.peers.length <= 3) await peer.accept();
    });
    const connector = connectorTo(server.url(), 20);
    const done = connector.run();
    await server.peer(19);
    connector.abort();
    await done;
    expect([connector.users.length, connector.refusals.total, connector.unfinished]).toEqual([
      3, 0, 17,
    ]);
  });
});
