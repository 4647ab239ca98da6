import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/io.ts";
import { encodeFrame, type FrameSpec } from "../../../src/protocol/encoder.ts";
import { gateOf, type RelayLimits } from "../../../src/server/relay/relay-limits.ts";
import { concat, filler, hex, toHex } from "../../helpers/bytes.ts";
import { relayedPair, startRelay } from "../../helpers/relay.ts";
import { eventually } from "../../helpers/transport.ts";
import { closing, echoBack, wsClient, wsServer } from "../../helpers/ws-peers.ts";

const frame = (length: number, more: Partial<FrameSpec> = {}): Uint8Array =>
  encodeFrame({ opcode: 2, payload: filler(length), maskKey: 0x01020304, ...more });
const closed = hex("88 80 00 00 00 00");

it("nothing stands in the way where nothing is limited", () => {
  expect(gateOf({ idleMs: 5 }, undefined, systemClock)).toBeUndefined();
  expect(gateOf({ maxFragments: 5 }, undefined, systemClock)).toBeDefined();
});

describe("a client beyond a limit", () => {
  it.each<[string, RelayLimits, Uint8Array[], number, string, string]>([
    ["max-payload", { maxMessageLength: 9 }, [frame(9), frame(10)], 1, "03f1", "message too big"],
    [
      "max-fragments",
      { maxFragments: 1 },
      [frame(1, { fin: false }), frame(1, { opcode: 0 })],
      1,
      "03f0",
      "too many fragments",
    ],
    [
      "rate",
      { rate: { count: 2, periodMs: 60_000 } },
      [frame(1), frame(2), frame(3)],
      2,
      "03f0",
      "too many messages",
    ],
  ])("of %s is told, and its server is told that it goes", async (...test) => {
    const [kind, limits, frames, count, code, reason] = test;
    for (const watched of [true, false]) {
      const { client, server, log, listener } = await relayedPair({ limits, frames: watched });
      client.send(concat(frames));
      const told = Buffer.concat([Buffer.from(code, "hex"), Buffer.from(reason)]);
      expect(await client.bytes(2 + told.length)).toEqual(
        Buffer.concat([Buffer.of(0x88, told.length), told]),
      );
      const through = concat(frames.slice(0, count));
      const atServer = await server.bytes(through.length + 8 + reason.length);
      expect(toHex(atServer.subarray(0, through.length))).toBe(toHex(through));
      expect(toHex(atServer.subarray(through.length, through.length + 1))).toBe("88");
      server.send(hex("88 00"));
      client.send(closed);
      await Promise.all([server.end(), client.end()]);
      for (const peer of [server, client]) peer.socket.end();
      const { code: given, initiator } = await log.until("close");
      expect([given, initiator]).toEqual([Number.parseInt(code, 16), "local"]);
      expect([...listener.counters.refusals]).toEqual([[kind, 1]]);
      expect(log.of("note").at(-1)?.message).toMatch(/^refused: /);
    }
  });

  it("of --max-payload is closed with 1009 where it sends a bomb of deflate", async () => {
    const server = await wsServer(echoBack, { perMessageDeflate: true });
    const { url, listener } = await startRelay(server.url, {
      limits: { maxMessageLength: 10_000 },
      frames: false,
    });
    const client = await wsClient(url);
    expect(client.extensions).toContain("permessage-deflate");
    const [upstream] = server.clients;
    const told = Promise.all([closing(client), closing(upstream!)]);
    client.send(Buffer.alloc(1_000_000));
    expect(await told).toMatchObject([{ code: 1009 }, { code: 1001 }]);
    await eventually(() => listener.counters.connected === 0);
    expect([...listener.counters.refusals]).toEqual([["max-payload", 1]]);
  });

  it("is cut off when it does not answer", async () => {
    const limits = { maxMessageLength: 9 };
    const { client, server, log } = await relayedPair({ limits, closeTimeoutMs: 20 });
    client.send(frame(10).subarray(0, 8));
    await Promise.all([server.end(), client.end()]);
    expect(await log.until("close")).toMatchObject({ code: 1009, clean: false });
  });
});

it("a connection on which no message passes is closed with 1000, pings or not", async () => {
  const { client, server, log, listener } = await relayedPair({ limits: { idleMs: 80 } });
  const pings = setInterval(() => client.send(hex("89 80 00 00 00 00")), 5);
  await client.until((received) => received.includes(0x88));
  clearInterval(pings);
  expect(toHex(client.received)).toBe("880603e869646c65");
  await server.until((received) => received.includes(0x88));
  client.socket.destroy();
  server.socket.destroy();
  await log.until("close");
  expect([...listener.counters.refusals]).toEqual([["idle", 1]]);
  expect(log.of("note").at(-1)?.message).toBe("refused: no message passed for 0.08 s");
});
