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
    return this.#inOrder(this.#acknowledged).at(-1);
  }

  /** The first number of data that was seen, else of anything. Not to be asked where nothing was. */
  get beginning(): number {
    const [data] = this.#inOrder(this.#data);
    const [acknowledged] = this.#inOrder(this.#acknowledged);
    return data ?? acknowledged ?? this.#middle;
  }

  /** Those that are not stray. */
  #inOrder(numbers: readonly number[]): readonly number[] {
    const middle = this.#middle;
    return numbers.filter((seq) => isNear(seq, middle, MAX_WINDOW)).toSorted((a, b) => (a - b) | 0);
  }

  /** The number that most others are near to. */
  get #middle(): number {
    const all = this.#all;
    const neighbours = (of: number): number => all.filter((seq) => isNear(seq, of, FAR)).length;
    return all.toSorted((a, b) => neighbours(b) - neighbours(a))[0] ?? 0;
  }

  /** Whether a SYN with this number can have been before what was seen. */
  isBehindSyn(syn: number): boolean {
    return this.#all.some((seq) => {
      const distance = (seq - syn - 1) | 0;
      return distance >= 0 && distance <= LATE_SYN_DISTANCE;
    });
  }

  /** Whether the number is far from most that was seen. */
  isFar(number: number): boolean {
    const middle = this.#middle;
    return this.#all
      .filter((seq) => isNear(seq, middle, FAR))
      .every((seq) => {
        const distance = (number - seq) | 0;
        return distance < -LATE_SYN_DISTANCE || distance > FAR;
      });
  }
}

function add(numbers: number[], seq: number): void {
  if (numbers.length < MAX_NUMBERS && !numbers.includes(seq)) numbers.push(seq);
}

function isNear(a: number, b: number, distance: number): boolean {
  return Math.abs((a - b) | 0) <= distance;
}

function isBehind(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}
