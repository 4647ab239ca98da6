import { describe, expect, it } from "vitest";
import { chooseWorkers, readLimits, type SystemLimits } from "../../src/bench/limits.ts";
import { FramecatError } from "../../src/errors.ts";

const limits: SystemLimits = { cores: 8, openFiles: 20_000, localPorts: 28_232 };
const wanted = { connections: 100, overTcp: true, embedded: false, addresses: 1 };

describe("the number of workers", () => {
  it.each([
    ["one for few sockets", 100, 2, 20_000, 1],
    ["a process for each fifty sockets", 200, 8, 20_000, 4],
    ["the cores but one", 10_000, 8, 20_000, 7],
    ["one on a single core", 10_000, 1, 20_000, 1],
    ["as many as the limit on open files asks for", 10_000, 2, 1064, 10],
    ["one more where they do not fit", 10_001, 2, 1064, 11],
  ])("is %s", (_, connections, cores, openFiles, workers) => {
    expect(chooseWorkers({ ...wanted, connections }, { ...limits, cores, openFiles })).toBe(
      workers,
    );
  });

  it("is what was asked for, but no more than there are sockets", () => {
    expect(chooseWorkers({ ...wanted, workers: 3 }, limits)).toBe(3);
    expect(chooseWorkers({ ...wanted, connections: 2, workers: 3 }, limits)).toBe(2);
  });

  it("needs no limits to be known", () => {
    const unknown = { cores: 2, openFiles: undefined, localPorts: undefined };
    expect(chooseWorkers({ ...wanted, connections: 1e6, embedded: true }, unknown)).toBe(1);
  });

  it("is bound by the ports of all source addresses", () => {
    const many = { ...wanted, connections: 60_000, addresses: 3 };
    expect(chooseWorkers(many, limits)).toBe(7);
  });

  it("is not bound by ports on a unix socket", () => {
    const many = { ...wanted, connections: 30_000 };
    expect(chooseWorkers({ ...many, overTcp: false }, limits)).toBe(7);
  });
});

describe("what does not fit", () => {
  it.each([
    ["more than there are ports", { connections: 30_000 }, /an address has 28232/],
    [
      "more than all addresses have",
      { connections: 60_000, addresses: 2 },
      /2 addresses have 56464/,
    ],
    ["too many for the workers asked for", { connections: 25_000, workers: 1 }, /need 2 workers/],
    ["too many for the embedded server", { connections: 20_000, embedded: true }, /limit on open/],
  ])("is told before anything is started: %s", (_, more, message) => {
    const choose = () => chooseWorkers({ ...wanted, ...more }, limits);
    expect(choose).toThrow(FramecatError);
    expect(choose).toThrow(message);
  });
});

describe("the limits of the system", () => {
  const files: Record<string, string> = {
    "/proc/self/limits":
      "Limit                     Soft Limit           Hard Limit           Units     \n" +
      "Max processes             95880                95880                processes \n" +
      "Max open files            1024                 524288               files     \n",
    "/proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
  };
  it("are read where Linux tells them", () => {
    expect(readLimits((file) => files[file] ?? "")).toEqual({
      cores: expect.any(Number),
      openFiles: 1024,
      localPorts: 28_232,
    });
  });

  it("are unknown elsewhere, and where there are none", () => {
    const unknown = { cores: expect.any(Number), openFiles: undefined, localPorts: undefined };
    const missing = () => {
      throw new Error("ENOENT");
    };
    expect(readLimits(missing)).toEqual(unknown);
    expect(readLimits(() => "Max open files  unlimited  unlimited  files")).toEqual(unknown);
  });

  it("are those of this process", () => {
    expect(readLimits().cores).toBeGreaterThan(0);
  });
});
