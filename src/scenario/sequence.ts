import { compileJsonPath, type JsonPath } from "./json-path.ts";
import { parseMessage } from "./request.ts";
import { SequenceTracker } from "./sequence-tracker.ts";

/** What a message tells of its stream, where that is not just the next number. */
export type SequenceFinding =
  /** Numbers that were passed over; they may still come. */
  | { readonly kind: "gap"; readonly from: number; readonly to: number }
  /** It came later than a higher one. */
  | { readonly kind: "reordered"; readonly number: number }
  /** It came before, or so long ago that it was forgotten. */
  | { readonly kind: "duplicate"; readonly number: number }
  /** The mark of the end: a negative number, as in `{"seq":-1,"end":true}`. */
  | { readonly kind: "end" };

export interface SequenceCounts {
  /** Messages with a number. */
  readonly received: number;
  readonly unnumbered: number;
  readonly missing: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly lowest?: number | undefined;
  readonly highest?: number | undefined;
  /** Marks of an end. */
  readonly ends: number;
}

/**
 * What follows a numbered stream.
 * @param field the name of a member of each message, or a JSONPath
 * @throws FramecatError (usage) naming `flag`
 */
export async function watchSequence(field: string, flag: string): Promise<SequenceWatch> {
  const path = field.startsWith("$") ? field : `$[${JSON.stringify(field)}]`;
  return new SequenceWatch(await compileJsonPath(path, flag));
}

/**
 * Follows a numbered stream: whole numbers up to 2^53, also as text. After the mark of its end, and
 * after `restart`, a stream may begin anew with any number; what was missing until then stays missing.
 */
export class SequenceWatch {
  readonly #find: JsonPath;
  #tracker = new SequenceTracker();
  #received = 0;
  #unnumbered = 0;
  #missingBefore = 0;
  #duplicated = 0;
  #reordered = 0;
  #lowest: number | undefined;
  #highest: number | undefined;
  #ends = 0;

  constructor(find: JsonPath) {
    this.#find = find;
  }

  get counts(): SequenceCounts {
    return {
      received: this.#received,
      unnumbered: this.#unnumbered,
      missing: this.#missingBefore + this.#tracker.missing,
      duplicated: this.#duplicated,
      reordered: this.#reordered,
      lowest: this.#lowest,
      highest: this.#highest,
      ends: this.#ends,
    };
  }

  /** Takes a received message. */
  take(payload: Uint8Array): SequenceFinding | undefined {
    const number = numberOf(this.#find(parseMessage(payload)));
    if (number === undefined) {
      this.#unnumbered += 1;
      return undefined;
    }
    if (number < 0) {
      this.#ends += 1;
      this.restart();
      return { kind: "end" };
    }
    return this.#follow(number);
  }

  /** Begins anew with the next number: as on another connection that counts from the start again. */
  restart(): void {
    this.#missingBefore += this.#tracker.missing;
    this.#tracker = new SequenceTracker();
  }

  #follow(number: number): SequenceFinding | undefined {
    this.#received += 1;
    this.#lowest = Math.min(number, this.#lowest ?? number);
    this.#highest = Math.max(number, this.#highest ?? number);
    const before = this.#tracker.missing;
    const arrival = this.#tracker.take(number);
    if (arrival === "next") {
      const skipped = this.#tracker.missing - before;
      return skipped === 0 ? undefined : { kind: "gap", from: number - skipped, to: number - 1 };
    }
    if (arrival === "late") this.#reordered += 1;
    else this.#duplicated += 1;
    return { kind: arrival === "late" ? "reordered" : "duplicate", number };
  }
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}
