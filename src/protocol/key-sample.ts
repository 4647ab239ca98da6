/** How many keys are looked at together, and at which numbers of them. */
const SIZES: ReadonlySet<number> = new Set([4, 8, 16, 32, 64]);
const SAMPLE = 64;
/** From one sample to the next: the keys between them cost nothing. */
const PERIOD = 1024;
const OCTETS = 256;
/** Keys that chance gives less often than once in 2^40 are not taken for chance. */
const UNLIKELY_BITS = 40;

/**
 * Tells keys that use few octets from random ones: counters, small numbers, letters and digits.
 *
 * For n octets of which only d are distinct, C(256, d) · (d / 256)^n bounds the probability that
 * random ones would be so few. It is taken for each of the four positions in a key, and for all of
 * them together. Memory is the 5 × 256 bits of one sample.
 */
export class KeySample {
  /** A bit for each octet at each position, and at any. */
  readonly #seen = new Uint8Array((5 * OCTETS) / 8);
  readonly #distinct = [0, 0, 0, 0, 0];
  #keys = 0;

  /** Takes the next key, a number of 32 bits; true when the sample is not to be had by chance. */
  push(key: number): boolean {
    if (this.#keys === PERIOD) this.#reset();
    this.#keys += 1;
    if (this.#keys > SAMPLE) return false;
    for (let position = 0; position < 4; position++) {
      const octet = (key >>> (position * 8)) & 0xff;
      this.#mark(position, octet);
      this.#mark(4, octet);
    }
    return SIZES.has(this.#keys) && this.#unlikelihood() > UNLIKELY_BITS;
  }

  #mark(position: number, octet: number): void {
    const at = (position * OCTETS + octet) >>> 3;
    const bit = 1 << (octet & 7);
    const seen = this.#seen[at] ?? 0;
    if ((seen & bit) !== 0) return;
    this.#seen[at] = seen | bit;
    this.#distinct[position] = (this.#distinct[position] ?? 0) + 1;
  }

  /** Bits of surprise, by the positions or by all octets, whichever surprises more. */
  #unlikelihood(): number {
    const [all = 0, ...positions] = this.#distinct.toReversed();
    const each = positions.reduce((sum, distinct) => sum + surprise(this.#keys, distinct), 0);
    return Math.max(each, surprise(this.#keys * 4, all));
  }

  #reset(): void {
    this.#seen.fill(0);
    this.#distinct.fill(0);
    this.#keys = 0;
  }
}

/** Minus log2 of the chance that `drawn` random octets are no more than `distinct` different ones. */
function surprise(drawn: number, distinct: number): number {
  let log2 = drawn * Math.log2(distinct / OCTETS);
  for (let i = 0; i < distinct; i++) log2 += Math.log2((OCTETS - i) / (i + 1));
  return Math.max(0, -log2);
}
