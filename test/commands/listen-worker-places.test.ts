import { expect, it } from "vitest";
import { PrimaryPlaces, WorkerPlaces } from "../../src/commands/listen-worker-places.ts";

const LIMIT = [{ name: "clients", most: 2 }];

/** Workers and their primary, with nothing between them that could be late. */
function crew(count: number) {
  const primary = new PrimaryPlaces<WorkerPlaces>((worker, message) => worker.hear(message));
  const workers = Array.from({ length: count }, () => {
    const worker: WorkerPlaces = new WorkerPlaces((message) => primary.hear(worker, message));
    return worker;
  });
  return { primary, workers };
}

it("are of all workers together, and whichever asks gets one as long as there is one", async () => {
  const { workers } = crew(3);
  const first = await workers[0]!.take(LIMIT);
  expect((await workers[0]!.take(LIMIT)).full).toBeUndefined();
  expect(await workers[1]!.take(LIMIT)).toEqual({ full: "clients" });
  first.giveBack?.();
  first.giveBack?.();
  expect((await workers[2]!.take(LIMIT)).full).toBeUndefined();
  expect(await workers[1]!.take(LIMIT)).toEqual({ full: "clients" });
});

it("are free again when the worker dies that had them, and those of others are not", async () => {
  const { primary, workers } = crew(3);
  for (const worker of workers.slice(0, 2)) await worker.take(LIMIT);
  primary.left(workers[0]!);
  expect((await workers[2]!.take(LIMIT)).full).toBeUndefined();
  expect(await workers[2]!.take(LIMIT)).toEqual({ full: "clients" });
});
