import type { Pattern, PayloadKind } from "./pattern.ts";

export type Order = "in-order" | "any";

/**
 * Which message meets which pattern: each meets one at most.
 *
 * In order, a message is held against the next pattern alone. In any order it takes a pattern that
 * fits it, also one from an earlier message that fits another: with `/a/` and `/b/`, the messages `ab`
 * and `a` meet both. So all patterns are met wherever that is possible (a maximum matching, by
 * augmenting paths), and a message that finds no place when it comes would find none later.
 *
 * @typeParam T what is to be known of a message
 */
export class Assignment<T> {
  readonly #patterns: readonly Pattern[];
  readonly #order: Order;
  readonly #met: (Candidate<T> | undefined)[];

  constructor(patterns: readonly Pattern[], order: Order) {
    this.#patterns = patterns;
    this.#order = order;
    this.#met = patterns.map(() => undefined);
  }

  /** For each pattern what is known of the message that meets it. */
  get met(): readonly (T | undefined)[] {
    return this.#met.map((candidate) => candidate?.facts);
  }

  get isComplete(): boolean {
    return !this.#met.includes(undefined);
  }

  /** @returns whether the message meets a pattern */
  take(payload: Uint8Array, kind: PayloadKind, facts: T): boolean {
    if (this.isComplete) return false;
    const tried =
      this.#order === "any" ? [...this.#patterns.keys()] : [this.#met.indexOf(undefined)];
    const fits = tried.filter((index) => this.#patterns[index]?.matches(payload, kind));
    return this.#place({ facts, fits }, new Set());
  }

  /** @param taken patterns that are spoken for, or found to lead nowhere */
  #place(candidate: Candidate<T>, taken: Set<number>): boolean {
    for (const index of candidate.fits) {
      if (taken.has(index)) continue;
      taken.add(index);
      const holder = this.#met[index];
      if (holder === undefined || this.#place(holder, taken)) {
        this.#met[index] = candidate;
        return true;
      }
    }
    return false;
  }
}

interface Candidate<T> {
  readonly facts: T;
  /** Indexes of the patterns that it matches. */
  readonly fits: readonly number[];
}
