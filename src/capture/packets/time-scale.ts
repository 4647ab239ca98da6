/**
 * Times of a pcapng interface: 64-bit counts of a unit that the interface chooses (if_tsresol),
 * from a start that it chooses as well (if_tsoffset).
 *
 * A count of nanoseconds since 1970 does not fit into a double, so it is divided in digits of 16
 * bits; only units that nobody uses take the way through bigint.
 */
export interface Time {
  seconds: number;
  nanoseconds: number;
}

const NS_PER_SECOND = 1e9;
/** What is farther from 1970 has no date (ECMA-262, section 21.4.1.1); no clock has been there. */
export const MAX_SECONDS = 8.64e12 - 1;
/** Below this, a count of units times 10^9 is exact in a double. */
const MAX_EXACT_UNITS = 2 ** 23;

export class TimeScale {
  readonly #unitsPerSecond: bigint;
  readonly #offsetSeconds: number;
  /** Units a second where doubles do, otherwise 0. */
  readonly #small: number;

  constructor(perSecond: bigint, offsetSeconds = 0) {
    this.#unitsPerSecond = perSecond;
    this.#offsetSeconds = offsetSeconds;
    const units = Number(perSecond);
    const exact = units <= MAX_EXACT_UNITS || NS_PER_SECOND % units === 0;
    this.#small = exact && units <= NS_PER_SECOND ? units : 0;
  }

  /** Sets the time that `high * 2^32 + low` units are. */
  set(time: Time, high: number, low: number): void {
    if (this.#small === 0) this.#setLarge(time, high, low);
    else this.#setSmall(time, high, low, this.#small);
    if (time.seconds > MAX_SECONDS) time.seconds = MAX_SECONDS;
    else if (time.seconds < -MAX_SECONDS) time.seconds = -MAX_SECONDS;
  }

  #setSmall(time: Time, high: number, low: number, units: number): void {
    const first = Math.floor(high / units);
    const carried = (high - first * units) * 65_536 + (low >>> 16);
    const second = Math.floor(carried / units);
    const rest = (carried - second * units) * 65_536 + (low & 0xffff);
    const third = Math.floor(rest / units);
    time.seconds = (first * 65_536 + second) * 65_536 + third + this.#offsetSeconds;
    time.nanoseconds = Math.floor(((rest - third * units) * NS_PER_SECOND) / units);
  }

  #setLarge(time: Time, high: number, low: number): void {
    const count = (BigInt(high) << 32n) | BigInt(low);
    const rest = count % this.#unitsPerSecond;
    time.seconds = Number(count / this.#unitsPerSecond) + this.#offsetSeconds;
    time.nanoseconds = Number((rest * 1_000_000_000n) / this.#unitsPerSecond);
  }
}

/** Units a second by the octet of if_tsresol: a negative power of 10, or of 2 with the top bit. */
export function unitsPerSecond(resolution: number): bigint {
  return resolution & 0x80 ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
}
