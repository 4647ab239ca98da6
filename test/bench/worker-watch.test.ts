import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { splitPlan } from "../../src/bench/plan.ts";
import { bucketOf } from "../../src/bench/recorder.ts";
import { WorkerWatch } from "../../src/bench/worker-watch.ts";
import { benchPlan, counts, FakeWorker, told } from "../helpers/bench.ts";

const [plan] = splitPlan(benchPlan({ connections: 3 })) as [ReturnType<typeof splitPlan>[0]];
const open = { attempted: 3, opened: 3, open: 3 };
const slot = bucketOf(2e6);

let worker: FakeWorker;
let watch: WorkerWatch;
beforeEach(() => {
  vi.useFakeTimers();
  worker = new FakeWorker();
  watch = new WorkerWatch(worker, plan);
});
afterEach(() => vi.useRealTimers());

describe("a worker", () => {
  it("is told its plan, to begin, and to stop", () => {
    watch.phase = "ready";
    watch.go();
    expect(watch.phase).toBe("warm-up");
    watch.stop();
    expect(worker.sent).toEqual([{ type: "plan", plan }, { type: "go" }, { type: "stop" }]);
  });

  it("reports its result", async () => {
    worker.tell(told.connected(counts({ sockets: open })));
    await watch.connected;
    const messages = { sent: 2, answered: 2 };
    worker.tell(told.tick(counts({ sockets: open, messages }), [slot, 2]));
    expect([watch.phase, watch.counts.messages.answered, watch.recent]).toEqual([
      "measuring",
      2,
      [[slot, 2]],
    ]);
    worker.tell(told.result(counts({ sockets: open, messages }), [2, 2]));
    const report = await watch.finished;
    expect(report).toMatchObject({ ending: "completed", connectMs: 5, counts: { messages } });
    expect(report).not.toHaveProperty("death");
    expect(report.latencies.totalCount).toBe(2);
  });

  it("that ends after its result has not died", async () => {
    worker.tell(told.result(counts()));
    worker.die("exit 0");
    expect((await watch.finished).ending).toBe("completed");
    await watch.gone();
  });

  it("that does not go is ended", async () => {
    worker.tell(told.result(counts()));
    const gone = watch.gone();
    await vi.advanceTimersByTimeAsync(5000);
    await gone;
    expect(await worker.ended).toBe("SIGKILL");
  });

  it("keeps the latencies of the last two ticks at hand", () => {
    for (const n of [1, 2, 3]) worker.tell(told.tick(counts(), [slot, n]));
    expect(watch.recent).toEqual([
      [slot, 2],
      [slot, 3],
    ]);
  });
});

describe("a worker that dies", () => {
  it("leaves what it told before; its sockets are broken and what was in flight is lost", async () => {
    const messages = { sent: 5, answered: 3, inFlight: 2 };
    worker.tell(told.connected(counts({ sockets: open })));
    worker.tell(told.tick(counts({ sockets: open, messages }), [slot, 3]));
    worker.die("SIGKILL");
    const report = await watch.finished;
    expect(report).toMatchObject({ ending: "died", death: "SIGKILL" });
    expect(report.counts).toMatchObject({
      sockets: { ...open, open: 0 },
      messages: { sent: 5, answered: 3, lost: 2, inFlight: 0 },
      breaks: [{ code: "abnormal", message: "a worker process died (SIGKILL)", count: 3 }],
    });
    expect(report.latencies.totalCount).toBe(3);
  });

  it("before it told anything leaves its sockets unfinished", async () => {
    worker.die("exit 1");
    await watch.connected;
    const { counts: left } = await watch.finished;
    expect(left).toMatchObject({ sockets: { attempted: 3, unfinished: 3 }, breaks: [] });
  });

  it("or hangs is ended, after long silence", async () => {
    worker.tell(told.connected(counts({ sockets: open })));
    await vi.advanceTimersByTimeAsync(9000);
    worker.tell(told.tick(counts({ sockets: open })));
    await vi.advanceTimersByTimeAsync(9000);
    expect(watch.phase).toBe("measuring");
    await vi.advanceTimersByTimeAsync(1500);
    expect((await watch.finished).death).toBe("SIGKILL");
  });
});
