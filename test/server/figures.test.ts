import { expect, it } from "vitest";
import type { Clock } from "../../src/clock.ts";
import { FiguresMeter } from "../../src/server/figures.ts";
import { NO_TRAFFIC, type Tally } from "../../src/transport/traffic.ts";

function tally(messages: number, payloadBytes: number): Tally {
  return { messages, payloadBytes, wireBytes: payloadBytes + 2 * messages };
}

function meter() {
  let ms = 0;
  const clock: Clock = { now: () => ({ epochUs: 0, ns: BigInt(ms) * 1_000_000n }) };
  const counters = {
    opened: 3,
    connected: 2,
    refusals: new Map([
      ["origin", 1],
      ["token", 5],
    ]),
    closes: new Map([[1006, 1]]),
    faults: new Map([
      ["drop", 1],
      ["close", 2],
    ]),
    traffic: NO_TRAFFIC,
  };
  const figures = new FiguresMeter(counters, clock);
  return { figures, counters, pass: (by: number) => (ms += by) };
}

it("tells what was counted, the commonest first", () => {
  const { figures } = meter();
  expect(figures.read()).toMatchObject({
    opened: 3,
    connected: 2,
    refusals: [
      ["token", 5],
      ["origin", 1],
    ],
    closes: [[1006, 1]],
    faults: [
      ["close", 2],
      ["drop", 1],
    ],
  });
});

it("tells rates since it was read before", () => {
  const { figures, counters, pass } = meter();
  pass(2000);
  counters.traffic = { in: tally(10, 100), out: tally(4, 4000) };
  expect(figures.read()).toMatchObject({
    upMs: 2000,
    spanMs: 2000,
    in: { messages: 10, bytes: 100, perSecond: { messages: 5, bytes: 50 } },
    out: { messages: 4, bytes: 4000, perSecond: { messages: 2, bytes: 2000 } },
  });
  pass(500);
  counters.traffic = { in: tally(11, 100), out: tally(4, 4000) };
  expect(figures.read()).toMatchObject({
    upMs: 2500,
    spanMs: 500,
    in: { messages: 11, bytes: 100, perSecond: { messages: 2, bytes: 0 } },
    out: { messages: 4, perSecond: { messages: 0, bytes: 0 } },
  });
});

it("knows no rate of no time", () => {
  const { figures, counters } = meter();
  counters.traffic = { in: tally(1, 1), out: tally(1, 1) };
  expect(figures.read().in).toEqual({
    messages: 1,
    bytes: 1,
    perSecond: { messages: 0, bytes: 0 },
  });
});
