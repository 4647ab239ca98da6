import type { MetricsSnapshot } from "./metrics.ts";

/** What prom-client makes of a counter, as far as it is looked at. */
interface Counter {
  readonly name: string;
  readonly type: "counter";
  readonly values: readonly Value[];
}

interface Value {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
}

/**
 * The counters of a process that has ended, added to those of others that have: what it counted has
 * happened, and a sum that falls is taken by Prometheus for a restart. Gauges are of what is there.
 */
export function addCounters(kept: MetricsSnapshot, ended: MetricsSnapshot): MetricsSnapshot {
  const sums = new Map(kept.filter(isCounter).map((counter) => [counter.name, counter]));
  for (const counter of ended.filter(isCounter)) {
    const { name, values } = counter;
    sums.set(name, { ...counter, values: added(sums.get(name)?.values ?? [], values) });
  }
  return [...sums.values()];
}

function added(some: readonly Value[], others: readonly Value[]): readonly Value[] {
  const sums = new Map<string, Value>();
  for (const { labels, value } of [...some, ...others]) {
    const key = JSON.stringify(labels);
    sums.set(key, { labels, value: (sums.get(key)?.value ?? 0) + value });
  }
  return [...sums.values()];
}

function isCounter(metric: object): metric is Counter {
  return "type" in metric && metric.type === "counter";
}
