import type { FramePlace, Report } from "./finding.ts";
import type { FrameHeader } from "./frame.ts";
import { KeySample } from "./key-sample.ts";
import { type KeyRoom, RecentKeys } from "./recent-keys.ts";

/** Keys that a new one is compared with. */
const RECENT = 1024;
/** A coincidence of less than this probability is none. */
const CHANCE = 1e-3;
/** A counter rarely goes by more than this at once. */
const SMALL_STEP = 0x1_0000;

/**
 * How a client chooses its masking keys (sections 5.3 and 10.3): zero and repeated ones are told
 * with each frame, predictable ones once a connection. The memory is that of the last 1024 keys, or
 * of as many as there is room for.
 */
export class MaskKeyLint {
  readonly #report: Report;
  readonly #recent: RecentKeys;
  readonly #counters = [new Counter(), new Counter()];
  readonly #sample = new KeySample();
  #keys = 0;
  #repeats = 0;
  #told = false;

  constructor(report: Report, room: KeyRoom = { left: RECENT }) {
    this.#report = report;
    this.#recent = new RecentKeys(RECENT, room);
  }

  frame(place: FramePlace, { masked, maskKey }: FrameHeader): void {
    if (!masked) return;
    if (maskKey === 0) this.#report(place, "mask-key-zero");
    else if (this.#recent.has(maskKey)) this.#repeated(place, maskKey);
    else this.#fresh(place, maskKey);
  }

  /** No more keys come. */
  end(): void {
    this.#recent.clear();
  }

  /** In a long connection two random keys are the same now and then; more than that is no chance. */
  #repeated(place: FramePlace, key: number): void {
    this.#repeats += 1;
    const expected = (this.#keys * this.#recent.capacity) / 2 ** 32;
    if (coincidence(expected, this.#repeats) > CHANCE) return;
    this.#report(place, "mask-key-repeated", hexKey(key));
  }

  #fresh(place: FramePlace, key: number): void {
    this.#keys += 1;
    this.#recent.add(key);
    if (!this.#told) this.#predict(place, key);
  }

  #predict(place: FramePlace, key: number): void {
    const [forward, swapped] = this.#counters;
    const steps = forward?.push(key) || swapped?.push(swapOctets(key));
    const few = this.#sample.push(key);
    if (!steps && !few) return;
    this.#told = true;
    const found = steps ? "each key a step further than the last" : "keys of few distinct octets";
    this.#report(place, "mask-key-predictable", `${found}, ${hexKey(key)} the latest`);
  }
}

/** Watches for keys that count up or down, by whatever step. */
class Counter {
  #last: number | undefined;
  #step = 0;
  #steps = 0;

  /** True when three keys follow each other by a small step, or four by any. */
  push(key: number): boolean {
    const step = this.#last === undefined ? 0 : (key - this.#last) | 0;
    this.#steps = step !== 0 && step === this.#step ? this.#steps + 1 : 1;
    this.#step = step;
    this.#last = key;
    return this.#steps >= (Math.abs(step) <= SMALL_STEP ? 2 : 3);
  }
}

/** Bound of the probability that what is `expected` to happen so often happens `times` or more. */
function coincidence(expected: number, times: number): number {
  let probability = 1;
  for (let i = 1; i <= times && probability > 0; i++) probability *= expected / i;
  return probability;
}

function swapOctets(key: number): number {
  const low = ((key & 0xff) << 24) | ((key & 0xff00) << 8);
  return (low | ((key >>> 8) & 0xff00) | (key >>> 24)) >>> 0;
}

function hexKey(key: number): string {
  return key.toString(16).padStart(8, "0");
}
