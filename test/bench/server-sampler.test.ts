import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hasProc } from "../../src/bench/process-usage.ts";
import { ServerSampler } from "../../src/bench/server-sampler.ts";
import { FramecatError } from "../../src/errors.ts";
import { FakeProc, type FakeProcess } from "../helpers/proc.ts";

const achieved = { answered: 0, connections: 0 };

describe("the sampler of a server", () => {
  const PID = 5;
  let proc: FakeProc;
  let sampler: ServerSampler;
  beforeEach(() => {
    vi.useFakeTimers();
    proc = new FakeProc({ [PID]: { cpuTicks: 1000, rssKiB: 1000, threads: 11, openFiles: 20 } });
    sampler = new ServerSampler(PID, { proc });
  });
  afterEach(() => {
    sampler.stop();
    vi.useRealTimers();
  });

  /** Time passes, and after it the server is in another state. */
  function pass(ms: number, then: FakeProcess = {}): void {
    vi.advanceTimersByTime(ms);
    proc.processes.set(PID, { ...proc.processes.get(PID), ...then });
  }

  it("tells what was used in the window alone", () => {
    sampler.start();
    pass(2500, { cpuTicks: 1300, rssKiB: 3000, openFiles: 120 });
    sampler.windowOpened();
    pass(1000, { cpuTicks: 1350, rssKiB: 9000, threads: 12 });
    pass(1000, { cpuTicks: 1400, rssKiB: 5000, threads: 11, openFiles: 119 });
    sampler.windowClosed();
    pass(1000, { cpuTicks: 9999, rssKiB: 99_999, threads: 99, openFiles: 999 });
    pass(1000);
    sampler.stop();
    const { samples, ...result } = sampler.result({ answered: 4000, connections: 100 })!;
    expect(result).toEqual({
      pid: PID,
      cpuMs: 1000,
      cores: 0.5,
      maxRssBytes: 9000 * 1024,
      maxThreads: 12,
      maxOpenFiles: 120,
      cpuUsPerMessage: 250,
      rssBytesPerConnection: 40 * 1024,
    });
    expect(samples.map(({ atMs }) => atMs)).toEqual([-1500, -500, 0, 1000, 2000, 3000, 4000]);
  });

  it("tells of each second what was used in it", () => {
    sampler.start();
    sampler.windowOpened();
    pass(999, { cpuTicks: 1150, rssKiB: 1200 });
    pass(1000, { cpuTicks: 1175 });
    pass(1);
    expect(sampler.result(achieved)!.samples).toEqual([
      { atMs: 0, cores: 0, rssBytes: 1000 * 1024, threads: 11, openFiles: 20 },
      { atMs: 1000, cores: 1.5, rssBytes: 1200 * 1024, threads: 11, openFiles: 20 },
      { atMs: 2000, cores: 0.25, rssBytes: 1200 * 1024, threads: 11, openFiles: 20 },
    ]);
  });

  it("joins a sample with the next where they lie close together", () => {
    sampler.start();
    sampler.windowOpened();
    pass(1000, { cpuTicks: 1101 });
    pass(10, { cpuTicks: 1101 });
    sampler.windowClosed();
    const { samples, cpuMs } = sampler.result(achieved)!;
    expect(cpuMs).toBe(1010);
    expect(samples.map(({ atMs, cores }) => [atMs, cores])).toEqual([
      [0, 0],
      [1010, 1],
    ]);
  });

  it("tells nothing of a window that was never opened", () => {
    sampler.start();
    pass(1000);
    expect(sampler.result(achieved)).toBeUndefined();
  });

  it("divides by nothing", () => {
    sampler.start();
    sampler.windowOpened();
    pass(0, { rssKiB: 500 });
    sampler.windowClosed();
    const result = sampler.result({ answered: 0, connections: 10 })!;
    expect(result.cores).toBe(0);
    expect(result).not.toHaveProperty("cpuUsPerMessage");
    expect(result).not.toHaveProperty("rssBytesPerConnection");
  });

  it("leaves out open files that it may not count", () => {
    pass(0, { openFiles: undefined });
    sampler.start();
    sampler.windowOpened();
    const { samples, ...result } = sampler.result(achieved)!;
    expect(result).not.toHaveProperty("maxOpenFiles");
    expect(samples[0]).not.toHaveProperty("openFiles");
  });

  it("does not take for negative use what a child took with it", () => {
    sampler.start();
    proc.processes.set(6, { parent: PID, cpuTicks: 500 });
    sampler.windowOpened();
    pass(1000, { cpuTicks: 1010 });
    proc.processes.delete(6);
    pass(1000, { cpuTicks: 1030 });
    sampler.windowClosed();
    const { cpuMs, samples } = sampler.result(achieved)!;
    expect(cpuMs).toBe(200);
    expect(samples.every(({ cores }) => cores >= 0)).toBe(true);
  });

  it("keeps what it saw of a server that ended, and tells when", () => {
    sampler.start();
    pass(1000);
    sampler.windowOpened();
    pass(1000, { cpuTicks: 1080 });
    pass(1000);
    proc.processes.delete(PID);
    pass(1000);
    pass(5000);
    sampler.windowClosed();
    const { samples, ...result } = sampler.result(achieved)!;
    expect(result).toMatchObject({ cpuMs: 800, cores: 0.4, endedAtMs: 3000 });
    expect(samples.at(-1)!.atMs).toBe(2000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("tells of a server that ended before the window", () => {
    sampler.start();
    proc.processes.delete(PID);
    pass(2500);
    sampler.windowOpened();
    sampler.windowClosed();
    const result = sampler.result({ answered: 0, connections: 0 })!;
    expect(result).toMatchObject({ cpuMs: 0, cores: 0, endedAtMs: -1500 });
  });

  it("is not taken in by another process with its number", () => {
    sampler.start();
    sampler.windowOpened();
    pass(1000, { startTicks: 999, cpuTicks: 99_999 });
    pass(1000);
    expect(sampler.result(achieved)).toMatchObject({ cpuMs: 0, endedAtMs: 2000 });
  });

  it("keeps fewer samples of a long run, and its peak", () => {
    sampler.start();
    sampler.windowOpened();
    const HOUR = 3_600_000;
    pass(HOUR, { rssKiB: 77_777 });
    pass(4000, { rssKiB: 2000, cpuTicks: 361_000 });
    pass(9 * HOUR - 4000);
    sampler.windowClosed();
    const result = sampler.result(achieved)!;
    expect(result.samples.length).toBeGreaterThan(500);
    expect(result.samples.length).toBeLessThanOrEqual(1024);
    expect(result.samples.at(-1)!.atMs).toBe(10 * HOUR);
    expect(result).toMatchObject({ maxRssBytes: 77_777 * 1024, cpuMs: HOUR });
  });

  it("takes no further sample once it was stopped", () => {
    sampler.start();
    sampler.windowOpened();
    sampler.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("what cannot be sampled is told before the run", () => {
  it.each([
    ["no such process", new FakeProc(), /^--server-pid 5: there is no such process$/],
    ["one that has ended", new FakeProc({ 5: { state: "Z" } }), /no such process/],
    [
      "a system without /proc",
      {
        read: () => {
          throw new Error("ENOENT");
        },
        list: () => [],
        count: () => 0,
      },
      /\/proc, which this system does not have/,
    ],
  ])("%s", (_, proc, message) => {
    const start = () => new ServerSampler(5, { proc }).start();
    expect(start).toThrow(FramecatError);
    expect(start).toThrow(message);
  });
});

describe.runIf(hasProc())("a real server", () => {
  let child: ChildProcess;
  beforeEach(() => {
    // Uses 200 ms of CPU and 64 MiB for each line that it reads.
    const code = `const kept = []; process.stdin.on("data", () => {
      kept.push(Buffer.alloc(1 << 26, 1));
      const before = process.cpuUsage().user;
      while (process.cpuUsage().user - before < 2e5);
      console.log("done");
    }); console.log("there");`;
    child = spawn(process.execPath, ["-e", code], { stdio: ["pipe", "pipe", "inherit"] });
  });
  afterEach(() => child.kill("SIGKILL"));

  it("is measured, and its end survived", async () => {
    await once(child.stdout!, "data");
    const sampler = new ServerSampler(child.pid!);
    sampler.start();
    sampler.windowOpened();
    child.stdin!.write("work\n");
    await once(child.stdout!, "data");
    sampler.windowClosed();
    // It may look again at any time, and would tell of the end.
    sampler.stop();
    child.kill("SIGKILL");
    await once(child, "exit");
    const result = sampler.result({ answered: 10, connections: 1 })!;
    // Counted in ticks of 10 ms, and the process was at work before the first look.
    expect(result.cpuMs).toBeGreaterThanOrEqual(150);
    expect(result.cpuUsPerMessage).toBe(result.cpuMs * 100);
    expect(result.cores).toBeGreaterThan(0);
    expect(result.rssBytesPerConnection).toBeGreaterThan(2 ** 25);
    expect(result.maxOpenFiles).toBeGreaterThan(3);
    expect(result).not.toHaveProperty("endedAtMs");
  });
});
