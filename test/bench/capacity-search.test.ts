import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CapacitySearch,
  type Outcome,
  type SearchLimits,
  type Told,
} from "../../src/bench/capacity-search.ts";
import { seededRandom } from "../../src/seeded-random.ts";

/** What a trial of a load comes to; `index` counts the trials from 0. */
type Server = (load: number, index: number) => Told;

const LIMITS: SearchLimits = {
  from: 100,
  resolution: 0.05,
  confirm: 3,
  maxTrials: 60,
  whole: false,
};

function run(server: Server, given: Partial<SearchLimits> = {}) {
  const search = new CapacitySearch({ ...LIMITS, ...given });
  const trials: { load: number; repeat: number; outcome: Outcome }[] = [];
  for (let next = search.next(); next; next = search.next()) {
    expect(search.ended()).toBeUndefined();
    const told = server(next.load, trials.length);
    trials.push({ ...next, outcome: told.outcome });
    search.tell(told);
  }
  const loads = trials.map(({ load }) => load);
  return { trials, loads, ended: search.ended(), ...search.answer() };
}

function kneeAt(capacity: number): Server {
  return (load) => ({ outcome: load <= capacity ? "held" : "missed" });
}

/** A queue: latency grows without bound towards the capacity, and 50 ms are allowed. */
function queueOf(capacity: number): Server {
  return (load) => {
    const ms = load < capacity ? 1000 / (capacity - load) : Number.POSITIVE_INFINITY;
    return { outcome: ms < 50 ? "held" : "missed", closeness: ms / 50 };
  };
}

describe("against a server that is known", () => {
  it.each([
    { name: "a hard knee", server: kneeAt(1730), truth: 1730, trials: 16 },
    { name: "a knee just above a step", server: kneeAt(1601), truth: 1601, trials: 17 },
    { name: "a knee at the start", server: kneeAt(100), truth: 100, trials: 14 },
    { name: "a knee far away", server: kneeAt(3_000_000), truth: 3_000_000, trials: 28 },
    { name: "a queue", server: queueOf(2000), truth: 1980, trials: 20 },
  ])("finds $name", ({ server, truth, trials: most }) => {
    const { load, confirmed, ended, trials } = run(server);
    expect([confirmed, ended]).toEqual([true, "missed"]);
    expect(load).toBeLessThanOrEqual(truth);
    expect(load).toBeGreaterThanOrEqual(truth * 0.95);
    expect(trials.length).toBeLessThanOrEqual(most);
  });

  it("finds any knee to any resolution, and a finer one costs few trials more", () => {
    const knee = fc.double({ min: 100, max: 1e6, noNaN: true });
    const resolution = fc.double({ min: 0.02, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(knee, resolution, fc.integer({ min: 1, max: 5 }), (truth, fine, confirm) => {
        const found = run(kneeAt(truth), { resolution: fine, confirm });
        expect([found.confirmed, found.ended]).toEqual([true, "missed"]);
        expect(found.load).toBeLessThanOrEqual(truth);
        expect(found.load).toBeGreaterThanOrEqual(truth * (1 - fine) * 0.99);
        expect(found.trials.filter(({ load }) => load === found.load)).toHaveLength(confirm);
        const growth = Math.log2(truth / 100) + 3;
        expect(found.trials.length).toBeLessThan(growth + 2 * Math.log2(2 / fine) + confirm);
      }),
    );
  });

  it("finds a noisy knee within some resolutions of where half of the trials hold", () => {
    const truth = 5000;
    for (let seed = 0; seed < 200; seed++) {
      const random = seededRandom(seed);
      const server: Server = (load) => {
        const holds = 1 / (1 + Math.exp((load / truth - 1) / 0.02));
        return { outcome: random() < holds ? "held" : "missed" };
      };
      const { load, confirmed, trials } = run(server);
      expect(confirmed).toBe(true);
      expect(Math.abs(load! / truth - 1)).toBeLessThan(0.12);
      expect(trials.length).toBeLessThan(35);
    }
  });

  it("is not misled by a stall now and then", () => {
    const within = Array.from({ length: 100 }, (_, seed) => {
      const random = seededRandom(seed);
      const { load = 0 } = run((tried) => ({
        outcome: tried <= 3000 && random() > 0.05 ? "held" : "missed",
      }));
      return load <= 3000 && load >= 3000 * 0.9;
    });
    expect(within.filter(Boolean).length).toBeGreaterThan(90);
  });
});

describe("how it goes", () => {
  it("doubles, tries again what fails, halves the gap, and repeats the answer", () => {
    expect(run(kneeAt(700), { resolution: 0.2 }).trials).toEqual([
      { load: 100, repeat: 1, outcome: "held" },
      { load: 200, repeat: 1, outcome: "held" },
      { load: 400, repeat: 1, outcome: "held" },
      { load: 800, repeat: 1, outcome: "missed" },
      { load: 800, repeat: 2, outcome: "missed" },
      { load: 566, repeat: 1, outcome: "held" },
      { load: 673, repeat: 1, outcome: "held" },
      { load: 673, repeat: 2, outcome: "held" },
      { load: 673, repeat: 3, outcome: "held" },
    ]);
  });

  it("takes small steps where a bound is near", () => {
    const server: Server = (load) => ({ outcome: "held", closeness: load / 500 });
    expect(run(server, { maxTrials: 6 }).loads).toEqual([100, 200, 400, 500, 625, 781]);
  });

  it("goes on growing where a failure does not repeat", () => {
    const once: Server = (_, i) => ({ outcome: i === 1 ? "missed" : "held" });
    expect(run(once, { maxTrials: 4 }).loads).toEqual([100, 200, 200, 400]);
  });

  it("falls back to a lower load where the answer does not hold again, and narrows in there", () => {
    const tried = new Map<number, number>();
    const server: Server = (load) => {
      const before = tried.get(load) ?? 0;
      tried.set(load, before + 1);
      return { outcome: load <= 1100 || (load < 1600 && before === 0) ? "held" : "missed" };
    };
    const { load, confirmed, ended } = run(server);
    expect([confirmed, ended]).toEqual([true, "missed"]);
    expect(load).toBeGreaterThan(1040);
    expect(load).toBeLessThanOrEqual(1100);
  });

  it("does not count against a load that the client was the limit", () => {
    const outcomes: Outcome[] = ["held", "missed", "missed", "client-limited", "client-limited"];
    const server: Server = (_, i) => ({ outcome: outcomes[i] ?? "held" });
    const { loads, load, confirmed } = run(server, { resolution: 0.5 });
    expect(loads).toEqual([100, 200, 200, 100, 100, 100, 100]);
    expect([load, confirmed]).toEqual([100, true]);
  });

  it("leaves a load unconfirmed where the client is the limit again and again", () => {
    const server: Server = (_, i) => ({ outcome: i === 0 ? "held" : "client-limited" });
    const { loads, load, confirmed, ended } = run(server, { to: 100 });
    expect(loads).toHaveLength(5);
    expect([load, confirmed, ended]).toEqual([100, false, "maximum"]);
  });

  it("takes one trial for an answer where no more are asked for", () => {
    const { trials, confirmed } = run(kneeAt(150), { confirm: 1, resolution: 0.4 });
    expect(trials.map(({ load }) => load)).toEqual([100, 200, 200, 141]);
    expect(confirmed).toBe(true);
  });

  it("tries whole loads alone, and finds the very one where they are few", () => {
    const { loads, load } = run(kneeAt(7), { from: 1, whole: true });
    expect(loads.every(Number.isInteger)).toBe(true);
    expect(load).toBe(7);
    const near: Server = (count) => ({ outcome: count <= 3 ? "held" : "missed", closeness: 1 });
    expect(run(near, { from: 1, whole: true }).load).toBe(3);
  });

  it("gives the same trial until it is told what came of it", () => {
    const search = new CapacitySearch(LIMITS);
    expect(search.next()).toEqual({ load: 100, repeat: 1 });
    expect(search.next()).toEqual({ load: 100, repeat: 1 });
    expect([search.answer(), search.ended()]).toEqual([{ confirmed: false }, undefined]);
    search.tell({ outcome: "held" });
    expect(search.next()).toEqual({ load: 200, repeat: 1 });
    expect(search.answer()).toEqual({ load: 100, confirmed: false });
  });
});

describe("how it ends", () => {
  it("early, with a load of which most trials held", () => {
    const server: Server = (load, i) => ({ outcome: load < 400 || i === 3 ? "held" : "missed" });
    const { loads, load } = run(server, { maxTrials: 4 });
    expect([loads, load]).toEqual([[100, 200, 400, 400], 200]);
  });

  it("at once where even the lowest load misses the objective", () => {
    const { loads, load, confirmed, ended } = run(kneeAt(50));
    expect(loads).toEqual([100, 100]);
    expect([load, confirmed, ended]).toEqual([undefined, false, "missed"]);
  });

  it("at the maximum where all of it holds", () => {
    const { loads, load, confirmed, ended } = run(kneeAt(1e9), { to: 500 });
    expect(loads).toEqual([100, 200, 400, 500, 500, 500]);
    expect([load, confirmed, ended]).toEqual([500, true, "maximum"]);
  });

  it("after so many trials, whatever happens", () => {
    const { loads, load, confirmed, ended } = run(kneeAt(1e99), { maxTrials: 10 });
    expect([loads.length, load, confirmed, ended]).toEqual([10, 51_200, false, "trials"]);
    const random = seededRandom(7);
    const whims = ["held", "missed", "client-limited"] as const;
    for (let i = 0; i < 200; i++) {
      const chance: Server = () => ({ outcome: whims[Math.floor(random() * 3)]! });
      expect(run(chance, { maxTrials: 40 }).trials.length).toBeLessThanOrEqual(40);
    }
  });

  it("with the client as the limit, as close to it as to one of the server", () => {
    const server: Server = (load) => ({ outcome: load <= 1300 ? "held" : "client-limited" });
    const { load, confirmed, ended } = run(server);
    expect([confirmed, ended]).toEqual([true, "client-limited"]);
    expect(load).toBeGreaterThan(1300 * 0.95);
    const never = run(() => ({ outcome: "client-limited" }));
    expect([never.load, never.ended, never.loads.length]).toEqual([undefined, "client-limited", 2]);
  });

  it("with the server as the limit where it failed without the client", () => {
    const server: Server = (load, i) => {
      if (load <= 200) return { outcome: "held" };
      return { outcome: i % 2 === 0 ? "missed" : "client-limited" };
    };
    expect(run(server).ended).toBe("missed");
  });
});
