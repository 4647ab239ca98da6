import { usageError } from "../errors.ts";
import { Gather } from "../protocol/gather.ts";
import { isValidUtf8, Utf8Validator } from "../protocol/utf8.ts";

/** A message, or a fragment of one that is too long to be held: `fin` marks its end. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly fin: boolean;
  readonly binary: boolean;
}

/** Cuts an input into messages as it is read. Pieces may share the memory of what was pushed. */
export interface Cutter {
  push(chunk: Buffer): Iterable<Piece>;
  /** The input has ended. */
  end(): Iterable<Piece>;
  /** True while something was pushed that has not been given out, or not to its end. */
  readonly pending: boolean;
  /** Messages of the input that are not to be sent. */
  readonly skipped?: number;
}

export interface FragmentsOptions {
  readonly binary: boolean;
  /** Names the nth message of the input in an error, n from 1 on. */
  readonly where: (n: number) => string;
  /** A message longer than this comes in several pieces. */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 1024 * 1024;
export const NO_BYTES = new Uint8Array(0);

/**
 * Makes messages of what is cut for them: in one piece where that is short enough, else in pieces of
 * about the limit, none of them empty. What is text must be UTF-8, for no text message can carry
 * anything else.
 */
export class Fragments {
  readonly #binary: boolean;
  readonly #where: FragmentsOptions["where"];
  readonly #limit: number;
  readonly #pending = new Gather();
  #validator: Utf8Validator | undefined;
  #begun = false;
  #number = 1;

  constructor({ binary, where, limit = DEFAULT_LIMIT }: FragmentsOptions) {
    this.#binary = binary;
    this.#where = where;
    this.#limit = limit;
  }

  /** True within a message. */
  get isOpen(): boolean {
    return this.#begun || this.#pending.length > 0;
  }

  /**
   * More of the message; more still may follow. Gives the piece that it leaves no room for.
   * @throws FramecatError (usage) for text that is not UTF-8
   */
  push(bytes: Uint8Array): Piece | undefined {
    if (bytes.length === 0) return undefined;
    const full = this.#pending.length > 0 && this.#pending.length + bytes.length > this.#limit;
    const piece = full ? this.#give(this.#pending.take(), false) : undefined;
    this.#pending.append(bytes);
    return piece;
  }

  /**
   * The message ends with these bytes.
   * @throws FramecatError (usage) for text that is not UTF-8
   */
  end(bytes: Uint8Array = NO_BYTES): Piece {
    if (this.#pending.length === 0) return this.#give(bytes, true);
    this.#pending.append(bytes);
    return this.#give(this.#pending.take(), true);
  }

  #give(bytes: Uint8Array, fin: boolean): Piece {
    if (!this.#binary && !this.#isText(bytes, fin)) {
      throw usageError(`${this.#where(this.#number)} is not UTF-8`, "Send it with --binary.");
    }
    this.#begun = !fin;
    if (fin) this.#number += 1;
    return { bytes, fin, binary: this.#binary };
  }

  #isText(bytes: Uint8Array, fin: boolean): boolean {
    if (fin && !this.#begun) return isValidUtf8(bytes);
    if (!this.#begun) this.#validator = new Utf8Validator();
    const valid = this.#validator?.push(bytes) === true;
    return valid && (!fin || this.#validator?.end() === true);
  }
}
