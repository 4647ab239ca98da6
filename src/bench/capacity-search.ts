/**
 * The search for the highest load that an objective holds under, without clock or sockets. What to
 * try next follows from what was tried, by the first of these that applies:
 *
 * 1. Nothing was tried: the lowest load.
 * 2. A load was tried once and did not hold: the same once more, as one stall is no limit.
 * 3. No load has failed: twice the highest that held; 1.25 times where that came close to a bound.
 * 4. The highest that held and the lowest that failed lie further apart than the resolution: the
 *    middle between them, on a logarithmic scale.
 * 5. The highest that held has not been tried often enough to be sure of: the same once more. Where
 *    most of its trials missed the objective, it has failed too, and 4 applies to what lies below it.
 *
 * A trial in which the client was the limit has no say in 5; where there are too many of them, the
 * answer stays unconfirmed. In 2 it does not hold, or the search would go on beyond the client.
 */
export interface SearchLimits {
  /** The lowest load, which is tried first. */
  readonly from: number;
  /** The highest load that is tried; absent: as high as it goes. */
  readonly to?: number | undefined;
  /** How far the answer may lie below the lowest load that failed, as a share of it: 0.05. */
  readonly resolution: number;
  /** In how many trials that the client did not limit the answer is tried; most have to hold. */
  readonly confirm: number;
  /** How many trials there are at most. */
  readonly maxTrials: number;
  /** True where there is no half of a load. */
  readonly whole: boolean;
}

/** `client-limited`: it did not hold, but that was not, or not only, the server's doing. */
export type Outcome = "held" | "missed" | "client-limited";

export interface Trial {
  readonly load: number;
  /** From 1: which trial of this load it is. */
  readonly repeat: number;
}

export interface Told {
  readonly outcome: Outcome;
  /** How much of the bound that is nearest was reached: 1 is all of it. */
  readonly closeness?: number | undefined;
}

/**
 * Why a search ended:
 *
 * - `missed`: a load above the answer, or the lowest load, missed the objective;
 * - `client-limited`: there the client was the limit, so the server may do better;
 * - `maximum`: the highest load that was to be tried held;
 * - `trials`: there were as many trials as there may be.
 */
export type SearchEnd = "missed" | "client-limited" | "maximum" | "trials";

export interface SearchAnswer {
  /** Absent where no load held. */
  readonly load?: number;
  /** True where it held in most of as many trials as were asked for. */
  readonly confirmed: boolean;
}

const GROWTH = { far: 2, near: 1.25 };
/** From this share of a bound on, a load is near the edge. */
const NEAR = 0.5;

/** What the trials of one load came to. */
interface Tally {
  readonly load: number;
  held: number;
  missed: number;
  limited: number;
  closeness: number;
}

/** `worn`: it held, but the client was the limit too often to go on. */
type Standing = "open" | "held" | "confirmed" | "worn" | "failed";

export class CapacitySearch {
  readonly #limits: SearchLimits;
  readonly #tallies = new Map<number, Tally>();
  #trials = 0;
  #current: number;

  constructor(limits: SearchLimits) {
    this.#limits = limits;
    this.#current = limits.from;
  }

  /** What to try; the same until it was told what came of it; undefined once the search is over. */
  next(): Trial | undefined {
    const load = this.#trials < this.#limits.maxTrials ? this.#choose() : undefined;
    if (load === undefined) return undefined;
    this.#current = load;
    return { load, repeat: tried(this.#tallies.get(load)) + 1 };
  }

  /** What came of the load that `next` gave last. */
  tell({ outcome, closeness = 0 }: Told): void {
    const load = this.#current;
    const tally = this.#tallies.get(load) ?? { load, held: 0, missed: 0, limited: 0, closeness };
    this.#tallies.set(load, tally);
    this.#trials += 1;
    tally.closeness = closeness;
    if (outcome === "held") tally.held += 1;
    else if (outcome === "missed") tally.missed += 1;
    else tally.limited += 1;
  }

  /** The highest load, below those that failed, that held more often than it missed so far. */
  answer(): SearchAnswer {
    const best = this.#edge().below.findLast(({ held, missed }) => held > missed);
    if (!best) return { confirmed: false };
    return { load: best.load, confirmed: this.#standing(best) === "confirmed" };
  }

  /** Why there is no next trial; undefined as long as there is one. */
  ended(): SearchEnd | undefined {
    if (this.next() !== undefined) return undefined;
    if (this.#choose() !== undefined) return "trials";
    const { high } = this.#edge();
    if (!high) return "maximum";
    return high.missed > 0 ? "missed" : "client-limited";
  }

  #choose(): number | undefined {
    if (this.#tallies.size === 0) return this.#current;
    const open = [...this.#tallies.values()].find((tally) => this.#standing(tally) === "open");
    if (open) return open.load;
    const { low, high } = this.#edge();
    if (!low) return undefined;
    const further = high ? this.#between(low.load, high.load) : this.#above(low);
    if (further !== undefined) return further;
    return this.#standing(low) === "held" ? low.load : undefined;
  }

  /** The lowest load that failed, those below it by rising load, and the highest of them that held. */
  #edge(): { below: readonly Tally[]; low: Tally | undefined; high: Tally | undefined } {
    const rising = [...this.#tallies.values()].toSorted((a, b) => a.load - b.load);
    const end = rising.findIndex((tally) => this.#standing(tally) === "failed");
    const below = end === -1 ? rising : rising.slice(0, end);
    const low = below.findLast((tally) => this.#standing(tally) !== "open");
    return { below, low, high: rising[end] };
  }

  #standing(tally: Tally): Standing {
    const { held, missed, limited } = tally;
    const { confirm } = this.#limits;
    if (held === 0) return tried(tally) < 2 ? "open" : "failed";
    if (missed > held && missed >= Math.max(2, Math.floor(confirm / 2) + 1)) return "failed";
    if (held + missed >= confirm && held > missed) return "confirmed";
    if (limited <= confirm) return "held";
    return held > missed ? "worn" : "failed";
  }

  #above({ load, closeness }: Tally): number | undefined {
    const { to = Number.POSITIVE_INFINITY } = this.#limits;
    if (load >= to) return undefined;
    const next = this.#round(load * (closeness >= NEAR ? GROWTH.near : GROWTH.far));
    return Math.min(to, Math.max(next, this.#limits.whole ? load + 1 : next));
  }

  #between(low: number, high: number): number | undefined {
    if (high - low <= this.#limits.resolution * high) return undefined;
    const middle = this.#round(Math.sqrt(low * high));
    return middle > low && middle < high ? middle : undefined;
  }

  /** Three digits are finer than what can be told apart. */
  #round(load: number): number {
    const short = Number(load.toPrecision(3));
    return this.#limits.whole ? Math.max(1, Math.round(short)) : short;
  }
}

function tried(tally: Tally | undefined): number {
  return tally ? tally.held + tally.missed + tally.limited : 0;
}
