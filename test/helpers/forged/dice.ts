import { seededRandom } from "../seeded-random.ts";

/** Choices at random, the same for the same seed. */
export class Dice {
  readonly #random: () => number;
  readonly #counts = new Map<string, number>();

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A whole number from `low` to `high`, both included. */
  from(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.from(0, choices.length - 1)]!;
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.from(0, 255));
  }

  /** The next number of a kind, counted for this seed alone. */
  next(kind: string, step = 1): number {
    const number = (this.#counts.get(kind) ?? 0) + step;
    this.#counts.set(kind, number);
    return number;
  }

  /** The same elements, each at most some `reach` places away from its own. */
  stir<T>(elements: readonly T[], reach: number): T[] {
    const keyed = elements.map((element, i) => ({ element, key: i + this.#random() * reach }));
    return keyed.toSorted((a, b) => a.key - b.key).map(({ element }) => element);
  }
}
