import { describe, expect, it } from "vitest";
import { runBench } from "../../src/bench/coordinator.ts";
import { summarize } from "../../src/bench/summary.ts";
import type { ToWorker } from "../../src/bench/worker-protocol.ts";
import { benchPlan, counts, echoServer, FakeWorker, told } from "../helpers/bench.ts";

const facts = { startedAt: "", url: "", embedded: false, interrupted: undefined };

describe("with worker processes", () => {
  it("loads a server, and every sum agrees", async () => {
    const { url } = await echoServer();
    const plan = benchPlan({
      url,
      workers: 2,
      connections: 5,
      length: { kind: "messages", count: 1001 },
    });
    const reports = await runBench(plan);
    const summary = summarize(plan, reports, facts);
    expect(summary).toMatchObject({
      ending: "completed",
      sockets: { attempted: 5, opened: 5, failed: 0, unfinished: 0, open: 5 },
      messages: { sent: 1001, answered: 1001, lost: 0, inFlight: 0, unexpected: 0 },
      latencyMs: { count: 1001 },
      handshakeMs: { count: 5 },
      client: { workers: 2, deaths: [] },
      discrepancies: [],
    });
    expect(summary.throughput.messagesInPerSecond).toBeGreaterThan(0);
  });

  it("tells how the run stands", async () => {
    const { url } = await echoServer();
    const seen = new Set<string>();
    const length = { kind: "duration", durationMs: 700 } as const;
    await runBench(benchPlan({ url, length, warmupMs: 600 }), {
      onProgress: ({ phase, sockets }) => seen.add(`${phase} ${sockets.open}`),
    });
    expect([...seen].join()).toMatch(/warm-up 4|measuring 4/);
  });
});

/** Workers that connect at once and finish when they begin. */
function obedient(message: ToWorker, worker: FakeWorker): void {
  const own = counts({ sockets: { attempted: 2, opened: 2, open: 2 } });
  if (message.type === "plan") worker.tell(told.connected(own));
  else finish(worker);
}

function finish(worker: FakeWorker): void {
  worker.tell(told.result(counts({ sockets: { attempted: 2, opened: 2, open: 2 } })));
  worker.die("exit 0");
}

/** Starts fake workers, one for each script. */
function fakes(...scripts: FakeWorker["script"][]) {
  const workers = scripts.map((script) => new FakeWorker(script));
  let next = 0;
  return { workers, start: () => workers[next++]! };
}

const plan = benchPlan({ workers: 2 });

describe("the workers", () => {
  it("begin when all of them have connected", async () => {
    const { workers, start } = fakes(obedient, (message, worker) => {
      if (message.type === "go") finish(worker);
    });
    const run = runBench(plan, { start });
    await Promise.resolve();
    expect(workers.map(({ sent }) => sent.length)).toEqual([1, 1]);
    workers[1]!.tell(told.connected(counts()));
    expect((await run).map(({ ending }) => ending)).toEqual(["completed", "completed"]);
  });

  it("begin without one that died, which is reported too", async () => {
    const { start } = fakes(obedient, (_, worker) => worker.die("SIGSEGV"));
    const reports = await runBench(plan, { start });
    expect(reports.map(({ ending, death }) => [ending, death])).toEqual([
      ["completed", undefined],
      ["died", "SIGSEGV"],
    ]);
  });

  it("are ended when they hang", async () => {
    const { start } = fakes(obedient, () => undefined);
    const [, hung] = await runBench(plan, { start, silenceMs: 50 });
    expect(hung).toMatchObject({ ending: "died", death: "SIGKILL" });
  });

  it("are told to stop, also when that was asked for before they started", async () => {
    const stop = new AbortController();
    const script: FakeWorker["script"] = (message, worker) => {
      if (message.type === "stop") finish(worker);
      if (message.type === "go") stop.abort();
      if (message.type === "plan") worker.tell(told.connected(counts()));
    };
    const late = await runBench(plan, { start: fakes(script, script).start, stop: stop.signal });
    const early = await runBench(plan, { start: fakes(script, script).start, stop: stop.signal });
    expect([...late, ...early].map(({ ending }) => ending)).toEqual(Array(4).fill("completed"));
  });

  it("are ended at once when that is asked for", async () => {
    const kill = new AbortController();
    const { start } = fakes(obedient, (message) => {
      if (message.type === "plan") setImmediate(() => kill.abort());
    });
    const reports = await runBench(plan, { start, kill: kill.signal });
    expect(reports.map(({ death }) => death)).toContain("SIGKILL");
  });
});
