import { Gather } from "../../protocol/gather.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { PacketTime, Stamp } from "./packet-time.ts";

interface Piece extends Stamp {
  /** Where it ends among the bytes that are held. */
  readonly end: number;
}

/** Takes `bytes[start, end)`, which are valid until it returns. */
export type TakeBytes = (bytes: Uint8Array, start: number, end: number) => void;

/** No network makes a long write into shorter packets (RFC 9293, section 3.7.1), options aside. */
const SHORTEST_FULL = 496;

/** Bytes of one direction that wait until it is known what they are, with the times they came at. */
export class HeldBytes {
  readonly #budget: MemoryBudget;
  #bytes = new Gather();
  #pieces: Piece[] = [];
  /** Where the pieces end, and what number each one has. */
  #ends = new Map<number, number>([[0, -1]]);
  #longest = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** Packets that they came in. */
  get pieces(): number {
    return this.#pieces.length;
  }

  /** All of them in one run. */
  get view(): Uint8Array {
    return this.#bytes.view();
  }

  /** When the first of them came. */
  get since(): Stamp | undefined {
    return this.#pieces[0];
  }

  /** Whether a piece begins or ends there, as a packet did. */
  isPieceBorder(at: number): boolean {
    return this.#ends.has(at);
  }

  /**
   * Whether the last packet of a long write may begin there: it is shorter than the one before, which is
   * as long as they get.
   */
  isTail(at: number): boolean {
    const before = this.#ends.get(at) ?? -1;
    const length = this.#lengthOf(before);
    if (length < SHORTEST_FULL || length < this.#longest) return false;
    return this.#lengthOf(before + 1) < length;
  }

  #lengthOf(piece: number): number {
    return (this.#pieces[piece]?.end ?? 0) - (this.#pieces[piece - 1]?.end ?? 0);
  }

  add(bytes: Uint8Array, start: number, end: number, { seconds, nanoseconds }: Stamp): void {
    if (end === start) return;
    this.#bytes.append(bytes, undefined, start, end);
    this.#ends.set(this.length, this.#pieces.length);
    this.#pieces.push({ end: this.length, seconds, nanoseconds });
    this.#longest = Math.max(this.#longest, end - start);
    this.#budget.held += end - start;
  }

  /** Forgets everything; gives how much that was. */
  drop(): number {
    const { length } = this;
    this.#budget.held -= length;
    this.#bytes = new Gather();
    this.#pieces = [];
    this.#ends = new Map([[0, -1]]);
    this.#longest = 0;
    return length;
  }

  /** Gives away everything from `from` on, in the pieces and at the times in which it came. */
  replay(time: PacketTime, take: TakeBytes, from = 0): void {
    const bytes = this.view;
    const pieces = this.#pieces;
    const { seconds, nanoseconds } = time;
    this.drop();
    let start = from;
    for (const piece of pieces) {
      if (piece.end <= start) continue;
      time.set(piece);
      take(bytes, start, piece.end);
      start = piece.end;
    }
    time.set({ seconds, nanoseconds });
  }
}
