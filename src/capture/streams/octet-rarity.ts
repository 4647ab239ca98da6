const PERIOD = 4;
/** Places beside those that were seen, at which all octets are as frequent. */
const UNSEEN = 256;

/**
 * How rare octets are among some bytes, in bits: what looks like a header is evidence only as far as
 * those bytes seldom look so. Numbers in binary are zeros for the most part, and in the same octets
 * of every four.
 */
export class OctetRarity {
  readonly #length: number;
  /** 256 for all places, then for those of each class. */
  readonly #counts = new Uint32Array(256 * (1 + PERIOD));

  constructor(bytes: Uint8Array) {
    this.#length = bytes.length;
    for (let i = 0; i < bytes.length; i++) {
      const octet = bytes[i] ?? 0;
      this.#counts[octet] = (this.#counts[octet] ?? 0) + 1;
      const inClass = (1 + (i % PERIOD)) * 256 + octet;
      this.#counts[inClass] = (this.#counts[inClass] ?? 0) + 1;
    }
  }

  /**
   * Of an octet at a place.
   * @param besides how many places to leave out of the count, because they are what is in question
   */
  bits(octet: number, at: number, besides: number): number {
    const anywhere = this.#share(0, octet, this.#length, besides);
    const inClass = this.#share(1 + (at % PERIOD), octet, this.#length / PERIOD, besides);
    return -Math.log2(Math.max(anywhere, inClass));
  }

  /** Where there are few places, an octet is taken to be as rare as any. */
  #share(index: number, octet: number, places: number, besides: number): number {
    const count = Math.max(0, (this.#counts[index * 256 + octet] ?? 0) - besides);
    return (count + UNSEEN / 256) / (places + UNSEEN);
  }
}
