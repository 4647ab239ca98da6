import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { hasProc, parseRss, parseStat, readUsage, treeOf } from "../../src/bench/process-usage.ts";
import { FakeProc, type FakeProcess, statLine } from "../helpers/proc.ts";

describe("a line of /proc/PID/stat", () => {
  const given = { parent: 7, cpuTicks: 30, childTicks: 12, threads: 4, startTicks: 811 };
  const stat = { pid: 42, parent: 7, cpuTicks: 42, threads: 4, startTicks: 811, ended: false };

  it.each([
    ["plain", "node"],
    ["with spaces", "Web Content"],
    ["with parentheses", "(sd-pam)"],
    ["that looks like the rest of the line", "a) Z 1 2 3 (b"],
    ["with a line break", "a\n) S 9"],
    ["of nothing", ""],
  ])("is read whatever the name: %s", (_, name) => {
    expect(parseStat(statLine(42, { ...given, name }))).toEqual(stat);
  });

  it.each([
    ["S", false],
    ["R", false],
    ["Z", true],
    ["X", true],
  ])("tells by the state %s whether it has ended", (state, ended) => {
    expect(parseStat(statLine(42, { state }))?.ended).toBe(ended);
  });

  it.each([[""], ["42 (node"], ["42 (node) S 7 42"], ["node"]])("is not %j", (text) => {
    expect(parseStat(text)).toBeUndefined();
  });
});

describe("the resident memory in /proc/PID/status", () => {
  it.each([
    ["Name:\tnode\nVmRSS:\t    2048 kB\nRssAnon:\t 1 kB\n", 2 ** 21],
    ["Name:\tVmRSS:\t 9 kB\nVmRSS:\t       1 kB\n", 1024],
    ["Name:\tkthreadd\n", 0],
    ["", 0],
  ])("of %j is %i", (status, bytes) => {
    expect(parseRss(status)).toBe(bytes);
  });
});

describe("a tree of processes", () => {
  const all = (parents: Readonly<Record<number, number>>) =>
    Object.entries(parents).map(([pid, parent]) => parseStat(statLine(Number(pid), { parent }))!);
  const pidsOf = (pid: number, parents: Readonly<Record<number, number>>, measuring = 0) =>
    treeOf(pid, all(parents), measuring).map((one) => one.pid);

  it("is the process, then its descendants", () => {
    expect(pidsOf(5, { 3: 9, 4: 1, 5: 1, 6: 4, 7: 5, 9: 5 })).toEqual([5, 7, 9, 3]);
  });

  it("leaves out what measures, and what that has started", () => {
    expect(pidsOf(5, { 5: 1, 6: 5, 7: 5, 8: 7 }, 7)).toEqual([5, 6]);
  });

  it("is empty without its root", () => {
    expect(pidsOf(5, { 4: 1, 6: 5 })).toEqual([]);
  });

  it("ends where numbers went round while they were read", () => {
    expect(pidsOf(5, { 5: 6, 6: 5 })).toEqual([5, 6]);
  });
});

describe("what a process uses", () => {
  const usage = (processes: Readonly<Record<number, FakeProcess>>) =>
    readUsage(5, new FakeProc(processes));

  it("is that of its descendants too", () => {
    const root = { cpuTicks: 100, childTicks: 7, threads: 11, rssKiB: 10, openFiles: 20 };
    const worker = { parent: 5, cpuTicks: 50, threads: 2, rssKiB: 4, openFiles: 3, startTicks: 9 };
    expect(usage({ 4: root, 5: root, 6: worker, 7: worker })).toEqual({
      cpuMs: 2070,
      rssBytes: 18 * 1024,
      threads: 15,
      openFiles: 26,
      startTicks: 100,
    });
  });

  it("holds the CPU alone of a child that has ended", () => {
    const dead = { parent: 5, state: "Z", cpuTicks: 50, openFiles: undefined };
    expect(usage({ 5: { openFiles: 3 }, 6: dead })).toMatchObject({
      cpuMs: 500,
      threads: 1,
      openFiles: 3,
    });
  });

  it("says nothing of open files that it may not see", () => {
    const hidden = { 5: { openFiles: 3 }, 6: { parent: 5, openFiles: undefined } };
    expect(usage(hidden)).toMatchObject({ threads: 2, openFiles: undefined });
  });

  it("is unknown once it has ended", () => {
    expect(usage({})).toBeUndefined();
    expect(usage({ 5: { state: "Z" } })).toBeUndefined();
  });

  it("is unknown where there is no /proc", () => {
    const missing = () => {
      throw new Error("ENOENT");
    };
    const nothing = { read: missing, list: missing, count: missing };
    expect(hasProc(nothing)).toBe(false);
    expect(readUsage(5, nothing)).toBeUndefined();
  });
});

describe.runIf(hasProc())("a real process", () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill("SIGKILL"));

  /** Runs `code`, and waits until it has written a line. */
  async function run(code: string): Promise<number> {
    const stdio = ["ignore", "pipe", "inherit"] as const;
    child = spawn(process.execPath, ["-e", code], { stdio: [...stdio] });
    await once(child.stdout!, "data");
    return child.pid!;
  }

  const WAIT = "setInterval(() => {}, 1e6); console.log('there');";

  it("shows the CPU that it has used", async () => {
    const pid = await run(`while (process.cpuUsage().user < 1.5e5); ${WAIT}`);
    expect(readUsage(pid)!.cpuMs).toBeGreaterThanOrEqual(130);
    expect(readUsage(pid)!.cpuMs).toBeLessThan(10_000);
  });

  it("shows its open files", async () => {
    const idle = readUsage(await run(WAIT))!.openFiles!;
    child!.kill("SIGKILL");
    const open = "for (let i = 0; i < 100; i++) require('fs').openSync('/dev/null');";
    expect(readUsage(await run(`${open} ${WAIT}`))!.openFiles).toBe(idle + 100);
  });

  it("shows its memory", async () => {
    const pid = await run(`globalThis.kept = Buffer.alloc(1 << 27, 1); ${WAIT}`);
    const { rssBytes } = readUsage(pid)!;
    expect(rssBytes).toBeGreaterThan(2 ** 27);
    expect(rssBytes).toBeLessThan(2 ** 29);
  });

  it("shows its threads, and those of the process that it has started", async () => {
    const one = readUsage(await run(WAIT))!.threads;
    child!.kill("SIGKILL");
    // It ends by itself when its standard input does.
    const code = `require('child_process').spawn('cat').once('spawn', () => { ${WAIT} });`;
    const { threads } = readUsage(await run(code))!;
    expect(threads).toBe(one + 1);
  });

  it("is gone when it was killed", async () => {
    const pid = await run(WAIT);
    child!.kill("SIGKILL");
    await once(child!, "exit");
    expect(readUsage(pid)).toBeUndefined();
  });
});
