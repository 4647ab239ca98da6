import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { splitPlan, type WorkerPlan } from "../../src/bench/plan.ts";
import { findDiscrepancies } from "../../src/bench/summary.ts";
import { WorkerWatch } from "../../src/bench/worker-watch.ts";
import type { Tick } from "../../src/bench/worker-protocol.ts";
import { benchPlan, FakeWorker, told } from "../helpers/bench.ts";

const [plan] = splitPlan(benchPlan({ connections: 3 })) as [WorkerPlan];
const open = { attempted: 3, opened: 3, open: 3 };

let worker: FakeWorker;
let watch: WorkerWatch;
let ticks: Tick[];
beforeEach(() => {
  vi.useFakeTimers();
  ticks = [];
  worker = new FakeWorker();
  watch = new WorkerWatch(worker, plan, { onTick: (tick) => ticks.push(tick) });
});
afterEach(() => vi.useRealTimers());

describe("a worker", () => {
  it("is told its plan, to begin, and to stop", () => {
    watch.go(123);
    watch.stop();
    expect(worker.sent).toEqual([
      { type: "plan", plan },
      { type: "go", atMs: 123 },
      { type: "stop" },
    ]);
  });

  it("reports its result", async () => {
    worker.tell(told.connected({ sockets: open }));
    await watch.connected;
    expect(watch.phase).toBe("ready");
    const messages = { planned: 2, sent: 2, answered: 2 };
    worker.tell(told.tick({ sockets: open, messages }, [1.5, 2]));
    expect([watch.phase, watch.counts.messages.answered]).toEqual(["measuring", 2]);
    worker.tell(told.result({ sockets: open, messages }, [2]));
    const report = await watch.finished;
    expect(report).toMatchObject({ ending: "completed", connectMs: 5, counts: { messages } });
    expect(report).not.toHaveProperty("death");
    expect(report.recordings.of("latency").total).toBe(3);
    expect(ticks.map(({ phase }) => phase)).toEqual(["ready", "measuring", "done"]);
  });

  it("that ends after its result has not died", async () => {
    worker.tell(told.result({ sockets: open }));
    worker.die("exit 0");
    expect((await watch.finished).ending).toBe("completed");
    await watch.gone();
    // Others may still be at work, and what is told over time is not to change.
    expect([ticks.length, watch.counts.sockets]).toMatchObject([1, { ...open, broken: 0 }]);
  });

  it("that does not go is ended", async () => {
    worker.tell(told.result());
    const gone = watch.gone();
    await vi.advanceTimersByTimeAsync(5000);
    await gone;
    expect(await worker.ended).toBe("SIGKILL");
  });

  it("that cannot run its plan is a usage error, and nothing waits for it", async () => {
    worker.tell({ type: "unfit", message: "no such column", hint: "Name another." });
    await watch.connected;
    await expect(watch.finished).rejects.toMatchObject({
      code: "usage",
      message: "no such column",
      hint: "Name another.",
    });
  });
});

describe("a worker that dies", () => {
  it("leaves what it told before; its sockets are broken and what was in flight is lost", async () => {
    const messages = { planned: 9, unsent: 1, sent: 5, answered: 3, inFlight: 2 };
    worker.tell(told.connected({ sockets: open }));
    worker.tell(told.tick({ sockets: open, messages, grownBytes: 77 }, [2, 2, 2]));
    worker.die("SIGKILL");
    const { ending, death, counts, recordings } = await watch.finished;
    expect([ending, death]).toEqual(["died", "SIGKILL"]);
    expect(counts).toMatchObject({
      sockets: { ...open, open: 0, broken: 3 },
      messages: { planned: 9, unsent: 4, sent: 5, answered: 3, lost: 2, inFlight: 0 },
      grownBytes: 0,
      breaks: [{ kind: "abnormal", message: "a worker process died (SIGKILL)", count: 3 }],
    });
    const latencies = recordings.of("latency").total;
    expect(findDiscrepancies({ ...counts, measure: "echo", latencies })).toEqual([]);
    expect(ticks.at(-1)).toMatchObject({ phase: "done", recorded: {}, counts });
  });

  it("before it told anything leaves its sockets unfinished", async () => {
    worker.die("exit 1");
    await watch.connected;
    const { counts } = await watch.finished;
    expect(counts).toMatchObject({ sockets: { attempted: 3, unfinished: 3 }, breaks: [] });
    expect(ticks).toEqual([]);
  });

  it("or hangs is ended, after long silence", async () => {
    worker.tell(told.connected({ sockets: open }));
    await vi.advanceTimersByTimeAsync(9000);
    worker.tell(told.tick({ sockets: open }));
    await vi.advanceTimersByTimeAsync(9000);
    expect(watch.phase).toBe("measuring");
    await vi.advanceTimersByTimeAsync(1500);
    expect((await watch.finished).death).toBe("SIGKILL");
    expect(watch.phase).toBe("done");
  });
});
