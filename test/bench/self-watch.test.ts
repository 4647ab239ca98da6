import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { mergeSelfCounts, type SelfCounts, SelfWatch } from "../../src/bench/self-watch.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function spin(ms: number): void {
  const began = performance.now();
  while (performance.now() - began < ms);
}

describe("a process that watches itself", () => {
  it("counts its work", () => {
    const watch = new SelfWatch();
    spin(50);
    watch.close();
    const { counts } = watch;
    expect(counts.windowMs).toBeGreaterThanOrEqual(50);
    expect(counts.cpuMs).toBeGreaterThan(0);
    expect(counts.waitedMs).toBeGreaterThanOrEqual(0);
    expect(counts.loopUtilization).toBeGreaterThan(0.9);
    expect(counts.busy).toBeGreaterThanOrEqual(counts.loopUtilization);
    expect(counts.busy).toBeLessThanOrEqual(1);
    expect(counts.rssBytes).toBeGreaterThan(2 ** 24);
  });

  it("is not busy while it waits", async () => {
    const watch = new SelfWatch();
    await delay(200);
    expect(watch.counts.loopUtilization).toBeLessThan(0.9);
    watch.close();
  });

  it("does not count as work what was spare", () => {
    const watch = new SelfWatch();
    const began = performance.now();
    spin(50);
    const spent = performance.now() - began;
    watch.spared(spent / 2);
    watch.spared(spent / 4);
    watch.close();
    const { spareMs, loopUtilization, windowMs } = watch.counts;
    expect(spareMs).toBeCloseTo(spent * 0.75);
    expect(loopUtilization).toBeLessThanOrEqual(1 - spareMs / windowMs + 0.05);
  });

  it("is never less than idle, whatever was called spare", () => {
    const watch = new SelfWatch();
    watch.spared(1e6);
    watch.close();
    expect(watch.counts).toMatchObject({ busy: 0, loopUtilization: 0 });
  });

  it("sees how late its event loop comes", async () => {
    const watch = new SelfWatch();
    expect(watch.counts.loopDelayMs).toEqual({ p99: 0, max: 0 });
    // Its first look only starts the clock.
    await delay(50);
    spin(150);
    await delay(50);
    watch.close();
    const { p99, max } = watch.counts.loopDelayMs;
    expect(max).toBeGreaterThanOrEqual(100);
    expect(p99).toBeLessThanOrEqual(max * 1.01);
  });

  it("sees what the collection of garbage takes", async () => {
    const watch = new SelfWatch();
    collectGarbage();
    collectGarbage();
    await vi.waitFor(() => expect(watch.counts.gc.count).toBeGreaterThanOrEqual(2));
    watch.close();
    const { totalMs, maxMs } = watch.counts.gc;
    expect(maxMs).toBeGreaterThan(0);
    expect(totalMs).toBeGreaterThan(maxMs);
  });

  it("keeps what it saw until it was closed", async () => {
    const watch = new SelfWatch();
    watch.close();
    const { counts } = watch;
    spin(10);
    watch.spared(5);
    watch.close();
    collectGarbage();
    await delay(1);
    expect(watch.counts).toBe(counts);
  });
});

const ONE: SelfCounts = {
  windowMs: 1000,
  cpuMs: 500,
  waitedMs: 10,
  spareMs: 100,
  busy: 0.4,
  loopUtilization: 0.3,
  loopDelayMs: { p99: 1, max: 20 },
  gc: { count: 4, totalMs: 8, maxMs: 3 },
  rssBytes: 1e6,
};

describe("several processes together", () => {
  it("are as busy as the busiest, and use what all use", () => {
    const other: SelfCounts = {
      windowMs: 1001,
      cpuMs: 100,
      waitedMs: 1,
      spareMs: 0,
      busy: 0.9,
      loopUtilization: 0.1,
      loopDelayMs: { p99: 2, max: 2 },
      gc: { count: 1, totalMs: 1, maxMs: 1 },
      rssBytes: 2e6,
    };
    expect(mergeSelfCounts([ONE, other])).toEqual({
      windowMs: 1001,
      cpuMs: 600,
      waitedMs: 11,
      spareMs: 100,
      busy: 0.9,
      loopUtilization: 0.3,
      loopDelayMs: { p99: 2, max: 20 },
      gc: { count: 5, totalMs: 9, maxMs: 3 },
      rssBytes: 3e6,
    });
  });

  it("are nothing where there is none, and one where there is one", () => {
    expect(mergeSelfCounts([ONE])).toEqual(ONE);
    expect(mergeSelfCounts([])).toMatchObject({ windowMs: 0, busy: 0, rssBytes: 0 });
  });

  it("are the same in whatever groups they are joined", () => {
    const number = fc.nat(1e6);
    const counts: fc.Arbitrary<SelfCounts> = fc.record({
      windowMs: number,
      cpuMs: number,
      waitedMs: number,
      spareMs: number,
      busy: fc.double({ min: 0, max: 1, noNaN: true }),
      loopUtilization: fc.double({ min: 0, max: 1, noNaN: true }),
      loopDelayMs: fc.record({ p99: number, max: number }),
      gc: fc.record({ count: number, totalMs: number, maxMs: number }),
      rssBytes: number,
    });
    fc.assert(
      fc.property(fc.array(counts), fc.array(counts), (a, b) => {
        const inGroups = mergeSelfCounts([mergeSelfCounts(a), mergeSelfCounts(b)]);
        expect(inGroups).toEqual(mergeSelfCounts([...a, ...b]));
      }),
    );
  });
});
