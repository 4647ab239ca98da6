import { expect, it } from "vitest";
import type { Client } from "../../src/server/client.ts";
import { Clients } from "../../src/server/clients.ts";
import { Counters } from "../../src/server/counters.ts";
import type { CloseEvent } from "../../src/transport/events.ts";
import type { Tally, Traffic } from "../../src/transport/traffic.ts";

const tally = (count: number): Tally => ({
  messages: count,
  payloadBytes: 10 * count,
  wireBytes: 12 * count,
});
const traffic = (count: number): Traffic => ({ in: tally(count), out: tally(2 * count) });
const closed = (code: number) => ({ code }) as CloseEvent;

it("adds up those that are gone and those that stand", () => {
  const clients = new Clients();
  const counters = new Counters(clients);
  clients.add({ id: "1", connection: { traffic: traffic(1) } } as Client);
  for (let i = 0; i < 3; i++) counters.countOpened();
  counters.countClosed(closed(1000), traffic(10));
  counters.countClosed(closed(1000), traffic(100));
  counters.countClosed(closed(1006), traffic(0));
  counters.countRefusal("origin");
  counters.countRefusal("origin");
  expect([counters.opened, counters.connected]).toEqual([3, 1]);
  expect([...counters.closes]).toEqual([
    [1000, 2],
    [1006, 1],
  ]);
  for (const name of ["drop", "reset", "drop"]) counters.countFault(name);
  expect([...counters.faults]).toEqual([
    ["drop", 2],
    ["reset", 1],
  ]);
  expect([...counters.refusals]).toEqual([["origin", 2]]);
  expect(counters.traffic).toEqual(traffic(111));
});

it("counts those whose connections are the mode's own", () => {
  const guests = [1, 2].map((count) => ({ traffic: { in: tally(count), out: tally(3) } }));
  const counters = new Counters(new Clients(), () => guests);
  expect([counters.connected, counters.traffic]).toEqual([2, { in: tally(3), out: tally(6) }]);
});
