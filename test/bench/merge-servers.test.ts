import { describe, expect, it } from "vitest";
import { mergeServers } from "../../src/bench/merge-servers.ts";
import type { ServerResult } from "../../src/bench/result.ts";
import { benchResult } from "../helpers/bench-result.ts";

const base = benchResult();

/** A part with 20,000 answers and 1000 sockets. */
function part(given?: Partial<ServerResult>) {
  if (!given) return benchResult();
  const server: ServerResult = {
    pid: 7,
    cpuMs: 1000,
    cores: 0.2,
    maxRssBytes: 5e6,
    maxThreads: 3,
    cpuUsPerMessage: 50,
    rssBytesPerConnection: 4000,
    samples: [],
    ...given,
  };
  return benchResult({ server });
}

describe("the server of several parts", () => {
  it("is none where none watched", () => {
    expect(mergeServers([part(), part()])).toBeUndefined();
  });

  it("is the one that was watched, for the messages and sockets of all", () => {
    for (const parts of [
      [part({}), part()],
      [part(), part({})],
      [part({}), part({ cpuMs: 900, cpuUsPerMessage: 45 })],
    ]) {
      expect(mergeServers(parts)).toEqual({
        pid: 7,
        cpuMs: 1000,
        cores: 0.2,
        maxRssBytes: 5e6,
        maxThreads: 3,
        cpuUsPerMessage: 25,
        rssBytesPerConnection: 2000,
        samples: [],
      });
    }
  });

  it("is the busiest of different ones, without what is due to all", () => {
    const merged = mergeServers([part({}), part({ pid: 8, cpuMs: 1500 })]);
    expect(merged).toMatchObject({ pid: 8, cpuMs: 1500 });
    expect(merged).not.toHaveProperty("cpuUsPerMessage");
    expect(merged).not.toHaveProperty("rssBytesPerConnection");
    const again = mergeServers([benchResult({ server: merged! }), part({ pid: 8 })]);
    expect(again).not.toHaveProperty("cpuUsPerMessage");
  });

  it("has no cost per message where nothing was answered", () => {
    const silent = {
      ...part({}),
      messages: { ...base.messages, answered: 0 },
    };
    expect(mergeServers([silent])).not.toHaveProperty("cpuUsPerMessage");
    expect(mergeServers([silent])).toHaveProperty("rssBytesPerConnection", 4000);
  });
});
