import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  type FromMetricsWorker,
  PrimaryMetrics,
  WorkerMetrics,
} from "../../src/commands/listen-worker-metrics.ts";
import { deferred } from "../../src/transport/deferred.ts";

/** Workers and their primary, with nothing between them that could be late. */
function crew(count: number) {
  const workers: WorkerMetrics[] = [];
  const primary = new PrimaryMetrics<WorkerMetrics>((worker, message) => worker.hear(message));
  for (let i = 0; i < count; i += 1) {
    const worker: WorkerMetrics = new WorkerMetrics((message) =>
      primary.hear(worker, message, workers),
    );
    worker.offer(() => Promise.resolve([{ name: i }]));
    workers.push(worker);
  }
  return { workers, primary };
}

describe("figures of all workers", () => {
  it("are told to whichever asks, however many do at a time", async () => {
    const { workers } = crew(3);
    const all = await Promise.all(workers.flatMap((worker) => [worker.gather(), worker.gather()]));
    expect(all).toHaveLength(6);
    for (const snapshots of all)
      expect(snapshots).toEqual([[{ name: 0 }], [{ name: 1 }], [{ name: 2 }]]);
  });

  it("come without those of one that has gone meanwhile", async () => {
    const { workers, primary } = crew(3);
    workers[1]!.offer(() => new Promise(() => undefined));
    const gathered = workers[0]!.gather();
    await Promise.resolve();
    primary.left(workers[1]!);
    expect(await gathered).toEqual([[{ name: 0 }], [{ name: 2 }]]);
  });

  it("come without those of one that does not tell in time", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { workers } = crew(2);
    workers[1]!.offer(() => new Promise(() => undefined));
    const gathered = workers[0]!.gather();
    await vi.advanceTimersByTimeAsync(2000);
    expect(await gathered).toEqual([[{ name: 0 }]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("never fall: what one had counted stays when it dies, or does not tell in time", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { workers, primary } = crew(2);
    const opened = (value: number) => ({
      name: "opened",
      type: "counter",
      values: [{ value, labels: {} }],
    });
    const open = { name: "open", type: "gauge", values: [{ value: 9, labels: {} }] };
    const sumOf = async () => {
      const gathered = workers[0]!.gather();
      await vi.advanceTimersByTimeAsync(2000);
      return (await gathered).flat();
    };
    for (const worker of workers) worker.offer(() => Promise.resolve([opened(3), open]));
    expect(await sumOf()).toEqual([opened(3), open, opened(3), open]);
    workers[1]!.offer(() => new Promise(() => undefined));
    expect(await sumOf()).toEqual([opened(3), open, opened(3)]);
    const gathered = workers[0]!.gather();
    await Promise.resolve();
    primary.left(workers.pop()!);
    expect((await gathered).flat()).toEqual([opened(3), open, opened(3)]);
    expect(await sumOf()).toEqual([opened(3), open, opened(3)]);
  });

  it("are told once of one that dies after it has told", async () => {
    const { workers, primary } = crew(3);
    const counter = { name: "opened", type: "counter", values: [{ value: 1, labels: {} }] };
    const late = deferred();
    workers[1]!.offer(() => Promise.resolve([counter]));
    workers[2]!.offer(() => late.promise.then(() => []));
    const gathered = workers[0]!.gather();
    await new Promise((resolve) => setImmediate(resolve));
    primary.left(workers[1]!);
    late.resolve();
    expect(await gathered).toEqual([[{ name: 0 }], [counter]]);
  });

  it("are taken once of each, and only when they are asked for", async () => {
    const { workers, primary } = crew(2);
    const told = (id: number): FromMetricsWorker => ({
      type: "metrics-told",
      id,
      snapshot: [{ name: "late" }],
    });
    const gathered = workers[0]!.gather();
    primary.hear(workers[0]!, told(7), workers);
    expect(await gathered).toHaveLength(2);
    primary.hear(workers[0]!, told(1), workers);
    expect(await workers[1]!.gather()).toEqual([[{ name: 0 }], [{ name: 1 }]]);
  });
});
