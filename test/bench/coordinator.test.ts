import { describe, expect, it } from "vitest";
import { type BenchRun, runBench, shownHistogram } from "../../src/bench/coordinator.ts";
import type { BenchPlan } from "../../src/bench/plan.ts";
import { summarize } from "../../src/bench/summary.ts";
import type { ToWorker } from "../../src/bench/worker-protocol.ts";
import { benchPlan, echoServer, FakeWorker, openModel, told } from "../helpers/bench.ts";
import { SETTINGS } from "../helpers/bench-result.ts";
import { wsServer } from "../helpers/ws-peers.ts";

const facts = {
  startedAt: "",
  url: "",
  embedded: false,
  interrupted: undefined,
  settings: SETTINGS,
  server: undefined,
  cores: 8,
};

function summaryOf(plan: BenchPlan, { reports, intervals }: BenchRun) {
  return summarize(plan, reports, { ...facts, intervals });
}

describe("with worker processes", () => {
  it("loads a server, and every sum agrees, over time too", async () => {
    const { url } = await echoServer();
    const plan = benchPlan({
      url,
      workers: 2,
      connections: 5,
      length: { kind: "messages", count: 1001 },
    });
    const summary = summaryOf(plan, await runBench(plan));
    expect(summary).toMatchObject({
      ending: "completed",
      sockets: { attempted: 5, opened: 5, failed: 0, unfinished: 0, open: 5, peak: 5 },
      messages: { planned: 1001, sent: 1001, answered: 1001, inFlight: 0, unexpected: 0 },
      histograms: { latency: { count: 1001 }, handshake: { count: 5 } },
      client: { workers: 2, deaths: [] },
      discrepancies: [],
    });
    const { throughput, client, intervals } = summary;
    expect(throughput.messagesInPerSecond).toBeGreaterThan(0);
    // Two processes of node.
    expect(client.rssBytes).toBeGreaterThan(2 * 2 ** 24);
    const sum = (of: "messagesIn" | "opened") => intervals.reduce((all, row) => all + row[of], 0);
    expect([sum("messagesIn"), sum("opened")]).toEqual([1001, 5]);
    expect(intervals.reduce((all, { latency }) => all + (latency?.count ?? 0), 0)).toBe(1001);
  });

  it("makes one schedule for all, whose seconds are rows", async () => {
    const { url } = await echoServer();
    const plan = benchPlan({
      url,
      workers: 2,
      load: openModel(200),
      length: { kind: "duration", durationMs: 2000 },
      warmupMs: 300,
    });
    const events: string[] = [];
    const run = await runBench(plan, { onWindow: (event) => events.push(event) });
    const summary = summaryOf(plan, run);
    expect(summary).toMatchObject({ messages: { planned: 400 }, discrepancies: [] });
    const rows = run.intervals.filter(({ counted }) => counted);
    expect(rows.map(({ startMs, endMs }) => [Math.round(startMs), Math.round(endMs)])).toEqual([
      [0, 1000],
      [1000, 2000],
    ]);
    expect(run.intervals[0]!.startMs).toBeLessThan(0);
    expect(events).toEqual(["opened", "closed"]);
  });

  it("reports the sums of one that is killed", async () => {
    const { url, clients } = await wsServer((socket) => {
      socket.on("message", (data) => socket.send(data));
    });
    const plan = benchPlan({
      url,
      workers: 2,
      load: { model: "closed", inFlight: 4, thinkMs: 0 },
      length: { kind: "duration", durationMs: 60_000 },
    });
    const kill = new AbortController();
    const run = await runBench(plan, {
      kill: kill.signal,
      onProgress: ({ phase }) => phase === "measuring" && kill.abort(),
    });
    const summary = summaryOf(plan, run);
    expect(summary).toMatchObject({
      ending: "disconnected",
      sockets: { opened: 4, open: 0, broken: 4 },
      client: { deaths: ["SIGKILL", "SIGKILL"] },
      discrepancies: [],
    });
    expect(summary.messages.answered).toBeGreaterThan(0);
    expect(run.intervals.at(-1)?.open).toBe(0);
    expect(clients.size).toBeLessThanOrEqual(4);
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

  it("delivers publications over several workers", async () => {
    const { url, clients } = await wsServer((socket) => {
      socket.on("message", (data: Buffer) => {
        for (const client of clients) client.send(data.toString());
      });
    });
    const base = benchPlan();
    const plan = benchPlan({
      url,
      measure: "fanout",
      workers: 2,
      message: { ...base.message, published: "{{stamp}}" },
      load: openModel(250),
      length: { kind: "duration", durationMs: 200 },
      warmupMs: 100,
      drainMs: 5000,
    });
    expect(summaryOf(plan, await runBench(plan))).toMatchObject({
      messages: { planned: 50, sent: 50, unsent: 0 },
      stream: { expected: 200, received: 200, missing: 0, duplicated: 0 },
      discrepancies: [],
    });
  });
});

const sockets = { attempted: 2, opened: 2, open: 2 };

/** Workers that connect at once and finish when they begin. */
function obedient(message: ToWorker, worker: FakeWorker): void {
  if (message.type === "plan") worker.tell(told.connected({ sockets }));
  else finish(worker);
}

function finish(worker: FakeWorker): void {
  worker.tell(told.result({ sockets }));
  worker.die("exit 0");
}

/** Starts fake workers, one for each script. */
function fakes(...scripts: FakeWorker["script"][]) {
  const workers = scripts.map((script) => new FakeWorker(script));
  let next = 0;
  return { workers, start: () => workers[next++]! };
}

const plan = benchPlan({ workers: 2 });
const endings = ({ reports }: BenchRun) => reports.map(({ ending }) => ending);

describe("the workers", () => {
  it("begin at the same moment, when all of them have connected", async () => {
    const finishing: FakeWorker["script"] = (message, worker) => {
      if (message.type === "go") finish(worker);
    };
    const { workers, start } = fakes(obedient, finishing);
    const run = runBench(plan, { start });
    await Promise.resolve();
    expect(workers.map(({ sent }) => sent.length)).toEqual([1, 1]);
    workers[1]!.tell(told.connected());
    expect(endings(await run)).toEqual(["completed", "completed"]);
    const [first, second] = workers.map(({ sent }) => sent[1]);
    expect(first).toEqual({ type: "go", atMs: expect.any(Number) });
    expect(second).toEqual(first);
  });

  it.each([
    ["later", 5000],
    ["in the past", -5000],
  ])("begin with other machines, %s", async (_, inMs) => {
    const { workers, start } = fakes(obedient, obedient);
    const began = Number(process.hrtime.bigint()) / 1e6;
    await runBench(plan, { start, startAtMs: Date.now() + inMs });
    const message = workers[0]!.sent[1];
    const atMs = message?.type === "go" ? message.atMs - began : 0;
    expect(atMs).toBeGreaterThan(inMs > 0 ? 4900 : 0);
  });

  it("begin without one that died, which is reported too", async () => {
    const { start } = fakes(obedient, (_, worker) => worker.die("SIGSEGV"));
    const { reports } = await runBench(plan, { start });
    expect(reports.map(({ ending, death }) => [ending, death])).toEqual([
      ["completed", undefined],
      ["died", "SIGSEGV"],
    ]);
  });

  it("are ended when they hang", async () => {
    const { start } = fakes(obedient, () => undefined);
    const { reports } = await runBench(plan, { start, silenceMs: 50 });
    expect(reports[1]).toMatchObject({ ending: "died", death: "SIGKILL" });
  });

  it("that cannot run the plan end all others", async () => {
    const { workers, start } = fakes(
      (message, worker) => {
        if (message.type === "plan") worker.tell(told.connected());
      },
      (_, worker) => {
        worker.tell({ type: "unfit", message: "no such path" });
        worker.die("exit 0");
      },
    );
    await expect(runBench(plan, { start })).rejects.toMatchObject({ message: "no such path" });
    expect(await workers[0]!.ended).toBe("SIGKILL");
  });

  it("are told to stop, also when that was asked for before they started", async () => {
    const stop = new AbortController();
    const script: FakeWorker["script"] = (message, worker) => {
      if (message.type === "stop") finish(worker);
      if (message.type === "go") stop.abort();
      if (message.type === "plan") worker.tell(told.connected());
    };
    const late = await runBench(plan, { start: fakes(script, script).start, stop: stop.signal });
    const early = await runBench(plan, { start: fakes(script, script).start, stop: stop.signal });
    expect([...endings(late), ...endings(early)]).toEqual(Array(4).fill("completed"));
  });

  it("are ended at once when that is asked for", async () => {
    const kill = new AbortController();
    const { start } = fakes(obedient, (message) => {
      if (message.type === "plan") setImmediate(() => kill.abort());
    });
    const { reports } = await runBench(plan, { start, kill: kill.signal });
    expect(reports.map(({ death }) => death)).toContain("SIGKILL");
  });
});

describe("the window", () => {
  it("is closed when the last worker has closed it, one that died aside", async () => {
    const events: string[] = [];
    const { workers, start } = fakes(
      (message, worker) => {
        if (message.type === "plan") worker.tell(told.connected());
      },
      (message, worker) => {
        if (message.type === "plan") worker.tell(told.connected());
      },
    );
    let opened = (): void => undefined;
    const isOpen = new Promise<void>((resolve) => {
      opened = resolve;
    });
    const run = runBench(plan, {
      start,
      onWindow: (event) => {
        events.push(event);
        opened();
      },
    });
    await isOpen;
    workers[0]!.tell(told.tick({}, [], "draining"));
    expect(events).toEqual(["opened"]);
    workers[1]!.tell(told.tick({}, [], "measuring"));
    workers[1]!.die("SIGKILL");
    await expect.poll(() => events).toEqual(["opened", "closed"]);
    finish(workers[0]!);
    await run;
    expect(events).toEqual(["opened", "closed"]);
  });

  it("that never opened is not closed", async () => {
    const events: string[] = [];
    const { start } = fakes(obedient, obedient);
    const late = { ...plan, warmupMs: 60_000 };
    await runBench(late, { start, onWindow: (event) => events.push(event) });
    expect(events).toEqual([]);
  });
});

it("shows gaps over time where nothing is asked for", () => {
  expect([shownHistogram("push"), shownHistogram("echo")]).toEqual(["gap", "latency"]);
});
