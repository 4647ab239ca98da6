import { FIN, RST, type TcpSegment } from "./tcp-segment.ts";

/** The largest window of RFC 7323, section 2.3: numbers farther away belong to something else. */
export const MAX_WINDOW = 2 ** 30;
/** How far before what was seen the SYN may be that comes late. */
export const LATE_SYN_DISTANCE = 65_536;
/** Captures lose as much at a time, but seldom in both directions at once. */
export const FAR = 2 ** 20;
/** Numbers that are remembered. */
const MAX_NUMBERS = 64;

/** What is seen of a direction before it is known where that begins, by sequence numbers. */
export class Sightings {
  /** Where data begins; and those that tell nothing of data: keep-alives have the one before. */
  readonly #data: number[] = [];
  readonly #empty: number[] = [];
  readonly #acknowledged: number[] = [];

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** A segment of this direction. */
  sent({ seq, flags, start, end, missing }: TcpSegment): void {
    const length = end - start + missing;
    const isKeepAlive = length === 1 && this.#acknowledged.some((ack) => isBehind(ack, seq));
    const isData = (length > 0 || (flags & FIN) !== 0) && (flags & RST) === 0 && !isKeepAlive;
    add(isData ? this.#data : this.#empty, seq);
  }

  /** The peer has all before this number. */
  acknowledged(seq: number): void {
    add(this.#acknowledged, seq);
  }

  /** The peer has answered the SYN, and has all before this number. */
  answered(seq: number): void {
    add(this.#data, seq);
    add(this.#acknowledged, seq);
  }

  get #all(): readonly number[] {
    return [...this.#data, ...this.#empty, ...this.#acknowledged];
  }

  /** The number up to which the peer has it; undefined where it has said nothing. */
  get lastAcknowledged(): number | undefined {
    return latest(this.#acknowledged);
  }

  /** The first number of data that was seen, else of anything. Not to be asked where nothing was. */
  get beginning(): number {
    const [first = 0] = [...this.#acknowledged, ...this.#empty];
    const middle = this.lastAcknowledged ?? mostCommon(this.#data) ?? first;
    return earliest(this.#data, middle) ?? earliest(this.#acknowledged, middle) ?? first;
  }

  /** Whether a SYN with this number can have been before what was seen. */
  isBehindSyn(syn: number): boolean {
    return this.#all.some((seq) => {
      const distance = (seq - syn - 1) | 0;
      return distance >= 0 && distance <= LATE_SYN_DISTANCE;
    });
  }

  /** Whether the number is far from all that was seen. */
  isFar(number: number): boolean {
    return this.#all.every((seq) => {
      const distance = (number - seq) | 0;
      return distance < -LATE_SYN_DISTANCE || distance > FAR;
    });
  }
}

function add(numbers: number[], seq: number): void {
  if (numbers.length < MAX_NUMBERS && !numbers.includes(seq)) numbers.push(seq);
}

function isBehind(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

function latest(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => (b - a) | 0)[0];
}

/** Of those within a window of the middle, the first. */
function earliest(numbers: readonly number[], middle: number): number | undefined {
  return numbers
    .filter((seq) => Math.abs((seq - middle) | 0) <= MAX_WINDOW)
    .toSorted((a, b) => (a - b) | 0)[0];
}

/** The number that most others are near to. */
function mostCommon(numbers: readonly number[]): number | undefined {
  const neighbours = (of: number): number =>
    numbers.filter((seq) => Math.abs((seq - of) | 0) <= FAR).length;
  return numbers.toSorted((a, b) => neighbours(b) - neighbours(a))[0];
}
