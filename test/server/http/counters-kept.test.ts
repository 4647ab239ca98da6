import { expect, it } from "vitest";
import { systemClock } from "../../../src/io.ts";
import { Counters } from "../../../src/server/counters.ts";
import { Clients } from "../../../src/server/clients.ts";
import { addCounters } from "../../../src/server/http/counters-kept.ts";
import { Metrics, metricsText } from "../../../src/server/http/metrics.ts";
import { parseMetrics } from "../../helpers/prometheus.ts";

const counter = (name: string, values: Readonly<Record<string, number>>) => ({
  name,
  type: "counter",
  values: Object.entries(values).map(([kind, value]) => ({ value, labels: { kind } })),
});

it("adds up counters by name and label, and drops what is no counter", () => {
  const gauge = { name: "open", type: "gauge", values: [{ value: 1, labels: {} }] };
  const one = addCounters([], [counter("a", { x: 1, y: 2 }), gauge]);
  expect(one).toEqual([counter("a", { x: 1, y: 2 })]);
  expect(addCounters(one, [counter("b", { x: 5 }), counter("a", { y: 3, z: 4 })])).toEqual([
    counter("a", { x: 1, y: 5, z: 4 }),
    counter("b", { x: 5 }),
  ]);
});

it("takes what the library makes, which makes sums of it again", async () => {
  const counters = new Counters(new Clients());
  counters.countRefusal("origin");
  counters.countOpened();
  const source = { counters, buffered: () => 7, clock: systemClock, mode: "echo", version: "1" };
  const metrics = await Metrics.open(source, 0n);
  const snapshot = await metrics.snapshot();
  metrics.close();
  const kept = addCounters(addCounters([], snapshot), snapshot);
  const samples = (await metricsText([snapshot, kept])).text;
  const told = parseMetrics(samples);
  const valueOf = (name: string) => [...(told.get(name)?.samples ?? [])];
  expect(valueOf("framecat_connections_opened_total")).toEqual([["", 3]]);
  expect(valueOf("framecat_refusals_total")).toEqual([['{kind="origin"}', 3]]);
  expect(valueOf("framecat_buffered_bytes")).toEqual([["", 7]]);
});
