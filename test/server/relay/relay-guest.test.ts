import { expect, it } from "vitest";
import type { Moment } from "../../../src/clock.ts";
import { relayGuest } from "../../../src/server/relay/relay-guest.ts";
import { NO_TRAFFIC } from "../../../src/transport/traffic.ts";

const at = (ms: number): Moment => ({ epochUs: ms * 1000, ns: BigInt(ms) * 1_000_000n });

it("is what a table shows of a relayed connection, as it is by then", () => {
  const closed: unknown[] = [];
  const connection = {
    id: "7",
    traffic: NO_TRAFFIC,
    waiting: 0,
    close: (code: number, reason?: string) => {
      closed.push([code, reason]);
      return new Promise<never>(() => undefined);
    },
  };
  const asking = { remote: "127.0.0.1:5000" };
  const guest = relayGuest(connection, asking, { since: at(1000), subprotocol: "chat" });
  connection.traffic = {
    out: { messages: 2, payloadBytes: 20, wireBytes: 24 },
    in: { messages: 3, payloadBytes: 30, wireBytes: 36 },
  };
  connection.waiting = 99;
  expect(guest.row(at(3000))).toEqual({
    id: "7",
    address: "127.0.0.1:5000",
    ageMs: 2000,
    subprotocol: "chat",
    out: { messages: 2, bytes: 20 },
    in: { messages: 3, bytes: 30 },
    buffered: 99,
    rttMs: undefined,
    detained: false,
  });
  expect(guest.traffic).toBe(connection.traffic);
  void guest.close(4000, "bye");
  expect(closed).toEqual([[4000, "bye"]]);
});
