import { type BorderTerms, borderEvidence, frameEnd } from "./frame-border.ts";
import { HeldBytes } from "./held-bytes.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { OctetRarity } from "./octet-rarity.ts";
import type { Stamp } from "./packet-time.ts";

/** Bytes among which a border is looked for; without one they are given up. */
const WINDOW = 128 * 1024;
/** Evidence in bits that makes a border certain, however many places there are to choose from. */
const CERTAIN = 32;
const NEARLY_CERTAIN = 20;
/** Evidence that the bytes before such a place need. */
const ALONE = 10;
/** What comes right behind a gap mostly begins with a frame, because packets do. */
const FIRST_BITS = 16;
/** But not where none was found behind the gap before. */
const NEXT_FIRST_BITS = 4;
const PIECE_BITS = 8;
/** What is held is searched again once it has grown so much, so that small pieces cost little. */
const GROWTH = 1.5;

/** What is held, and by what it is judged: for one search only, because many directions may wait. */
interface Look {
  readonly view: Uint8Array;
  readonly terms: BorderTerms & { readonly packetBits: number };
}

/**
 * Finds the first certain frame border in bytes of which the beginning is missing. They are held
 * until it is found.
 */
export class BorderSearch {
  readonly held: HeldBytes;
  /** Bytes that were given up because there were too many. */
  givenUp = 0;
  readonly #terms: BorderTerms;
  readonly #budget: MemoryBudget;
  /** Places that may be one, of those before `#searched`. */
  #open: number[] = [];
  #searched = 0;
  #nextSearch = 0;

  readonly #firstBits: number;

  /**
   * @param after `loss` where no border was found behind the gap before: a long frame goes on
   */
  constructor(
    terms: BorderTerms,
    budget: MemoryBudget,
    { after }: { readonly after: "frames" | "loss" } = { after: "frames" },
  ) {
    this.#terms = terms;
    this.#budget = budget;
    this.#firstBits = after === "frames" ? FIRST_BITS : NEXT_FIRST_BITS;
    this.held = new HeldBytes(budget);
  }

  /** Takes the next piece; gives the place in `held` once it is certain. */
  push(bytes: Uint8Array, start: number, end: number, stamp: Stamp): number | undefined {
    this.held.add(bytes, start, end, stamp);
    const { length } = this.held;
    if (length < this.#nextSearch && length < WINDOW) return undefined;
    const found = this.search();
    this.#nextSearch = length * GROWTH;
    if (found === undefined && (length >= WINDOW || this.#budget.exceeded)) this.giveUp();
    return found;
  }

  /** The first certain place among all that is held. */
  search(): number | undefined {
    const { view } = this.held;
    const rarity = new OctetRarity(view);
    const look = { view, terms: { ...this.#terms, packetBits: this.#weighPackets(), rarity } };
    const open = this.#open;
    this.#open = [];
    for (const at of open) if (this.#isCertain(look, at)) return at;
    for (let at = this.#searched; at < view.length; at++) {
      if (this.#isCertain(look, at)) return at;
    }
    this.#searched = view.length;
    return undefined;
  }

  /** Where packets are many and short, a border of them is nothing rare. */
  #weighPackets(): number {
    const { length, pieces } = this.held;
    const bits = Math.max(Math.log2(length / pieces), PIECE_BITS - Math.log2(pieces));
    return Math.min(PIECE_BITS, Math.floor(bits));
  }

  #isCertain(look: Look, at: number): boolean {
    const evidence = this.#evidence(look, at);
    if (evidence === -1) return false;
    if (evidence + this.#prior(look, at) >= CERTAIN && this.#standsAlone(look, at)) return true;
    this.#open.push(at);
    return false;
  }

  #evidence({ view, terms }: Look, at: number): number {
    return borderEvidence(view, at, terms, (border) => this.held.isPieceBorder(border));
  }

  /**
   * Arbitrary bytes may lead to a real frame. So what comes before a place that has evidence enough
   * by itself must have its own.
   */
  #standsAlone(look: Look, from: number): boolean {
    const { view, terms } = look;
    const { masked } = terms;
    for (let at = frameEnd(view, from, masked); at !== undefined; at = frameEnd(view, at, masked)) {
      if (at >= view.length) return true;
      const own = borderEvidence(view, from, terms, () => false, at);
      if (own + this.#prior(look, from) >= ALONE) return true;
      if (this.#evidence(look, at) + this.#prior(look, at) >= NEARLY_CERTAIN) return false;
    }
    return true;
  }

  #prior({ terms }: Look, at: number): number {
    if (at === 0 && this.givenUp === 0) return this.#firstBits;
    return this.held.isPieceBorder(at) && !this.held.isTail(at) ? terms.packetBits : 0;
  }

  /** Nothing that is held is of use. */
  giveUp(): void {
    this.givenUp += this.held.drop();
    this.#open = [];
    this.#searched = 0;
    this.#nextSearch = 0;
  }
}
