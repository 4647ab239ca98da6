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

interface Content {
  readonly bytes: Gather;
  readonly pieces: Piece[];
  /** Where the pieces end, and what number each one has. */
  readonly ends: Map<number, number>;
  longest: number;
}

/** Memory of a piece beside its bytes, of which it may have a single one. */
export const PIECE_COST = 96;
const NOTHING = new Uint8Array(0);

/** Bytes of one direction that wait until it is known what they are, with the times they came at. */
export class HeldBytes {
  readonly #budget: MemoryBudget;
  /** Absent where nothing waits, as there may be many directions. */
  #content: Content | undefined;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  get length(): number {
    return this.#content?.bytes.length ?? 0;
  }

  /** Packets that they came in. */
  get pieces(): number {
    return this.#content?.pieces.length ?? 0;
  }

  /** All of them in one run. */
  get view(): Uint8Array {
    return this.#content?.bytes.view() ?? NOTHING;
  }

  /** When the first of them came. */
  get since(): Stamp | undefined {
    return this.#content?.pieces[0];
  }

  /** Whether a piece begins or ends there, as a packet did. */
  isPieceBorder(at: number): boolean {
    return at === 0 || this.#content?.ends.has(at) === true;
  }

  /**
   * Whether the last packet of a long write may begin there: it is shorter than the one before, which is
   * as long as they get.
   */
  isTail(at: number): boolean {
    const content = this.#content;
    const before = content?.ends.get(at);
    if (!content || before === undefined) return false;
    const length = lengthOf(content, before);
    if (length < SHORTEST_FULL || length < content.longest) return false;
    return lengthOf(content, before + 1) < length;
  }

  add(bytes: Uint8Array, start: number, end: number, { seconds, nanoseconds }: Stamp): void {
    if (end === start) return;
    const content = (this.#content ??= newContent());
    const { pieces, ends } = content;
    content.bytes.append(bytes, undefined, start, end);
    const { length } = content.bytes;
    ends.set(length, pieces.length);
    pieces.push({ end: length, seconds, nanoseconds });
    content.longest = Math.max(content.longest, end - start);
    this.#budget.held += end - start + PIECE_COST;
  }

  /** Forgets everything; gives how much that was. */
  drop(): number {
    const { length, pieces } = this;
    this.#budget.held -= length + pieces * PIECE_COST;
    this.#content = undefined;
    return length;
  }

  /** Gives away everything from `from` on, in the pieces and at the times in which it came. */
  replay(time: PacketTime, take: TakeBytes, from = 0): void {
    const bytes = this.view;
    const pieces = this.#content?.pieces ?? [];
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

function newContent(): Content {
  return { bytes: new Gather(), pieces: [], ends: new Map(), longest: 0 };
}

function lengthOf({ pieces }: Content, piece: number): number {
  return (pieces[piece]?.end ?? 0) - (pieces[piece - 1]?.end ?? 0);
}
