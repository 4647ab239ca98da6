import { usageError } from "../errors.ts";
import { Gather } from "../protocol/gather.ts";

/** The bytes of one entry, and where they begin in the file. */
export interface EntryBytes {
  readonly bytes: Uint8Array;
  readonly offset: number;
}

const MIB = 2 ** 20;
/** An entry is read as a whole; a longer one would not fit a string either. */
const DEFAULT_MAX_ENTRY = 256 * MIB;
/** Names of members are looked at only this far. */
const MAX_NAME = 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** How deep in braces and brackets: the document, `log`, `entries`. */
const IN_DOCUMENT = 1;
const IN_LOG = 2;
const IN_ENTRIES = 3;

/**
 * Cuts the entries out of a HAR as its bytes come, so that memory is bounded by one entry however
 * long the file. What is around them is looked at no closer than that takes.
 */
export class HarEntries {
  readonly #name: string;
  readonly #maxEntry: number;
  readonly #entry = new Gather();
  /** Where the entry begins that has not ended yet. */
  #entryAt: number | undefined;
  #position = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The beginning of the last string outside of entries. */
  #word = "";
  #inLog = false;
  #inEntries = false;
  #found = false;

  /** @param name of the file */
  constructor(name: string, { maxEntry = DEFAULT_MAX_ENTRY } = {}) {
    this.#name = name;
    this.#maxEntry = maxEntry;
  }

  /**
   * Takes the next bytes; gives the entries that they complete.
   * @throws FramecatError (usage) where it is no HAR, or an entry is too long
   */
  push(chunk: Uint8Array): EntryBytes[] {
    const entries: EntryBytes[] = [];
    let entryStart = 0;
    for (
      let at = this.#skipString(chunk, 0);
      at < chunk.length;
      at = this.#skipString(chunk, at + 1)
    ) {
      const began = this.#entryAt;
      this.#step(chunk[at] ?? 0, this.#position + at);
      if (began === undefined && this.#entryAt !== undefined) entryStart = at;
      if (began !== undefined && this.#entryAt === undefined) {
        this.#keep(chunk, entryStart, at + 1, began);
        entries.push({ bytes: this.#entry.take(), offset: began });
      }
    }
    if (this.#entryAt !== undefined) {
      this.#keep(chunk, entryStart, chunk.length, this.#entryAt);
    }
    this.#position += chunk.length;
    return entries;
  }

  /** @throws FramecatError (usage) where the file is cut, or is no HAR */
  end(): void {
    if (this.#position === 0) throw usageError(`${this.#name} is empty`);
    if (this.#depth > 0) {
      throw usageError(`${this.#name} is cut: it ends at byte ${this.#position} within the JSON`);
    }
    if (!this.#found) throw usageError(`${this.#name} is no HAR: it has no log.entries`);
  }

  #keep(chunk: Uint8Array, start: number, end: number, entryAt: number): void {
    this.#entry.append(chunk, undefined, start, end);
    if (this.#entry.length <= this.#maxEntry) return;
    const limit = `${this.#maxEntry / MIB} MiB`;
    throw usageError(`${this.#name}: the entry at byte ${entryAt} is longer than ${limit}`);
  }

  /** The index from `at` on of the first byte that is not within a string. */
  #skipString(chunk: Uint8Array, at: number): number {
    let escaped = this.#escaped;
    let index = at;
    while (this.#inString && index < chunk.length) {
      const octet = chunk[index++] ?? 0;
      if (!escaped && octet === QUOTE) this.#inString = false;
      escaped = !escaped && octet === BACKSLASH;
      if (this.#depth <= IN_LOG && this.#inString) this.#spell(octet);
    }
    this.#escaped = escaped;
    return index;
  }

  #spell(octet: number): void {
    if (this.#word.length < MAX_NAME) this.#word += String.fromCharCode(octet);
  }

  #step(octet: number, at: number): void {
    if (this.#depth === 0 && octet !== OPEN_BRACE) this.#refuseOutside(octet, at);
    else if (octet === QUOTE) this.#beginString();
    else if (octet === OPEN_BRACE || octet === OPEN_BRACKET) this.#open(octet, at);
    else if (octet === CLOSE_BRACE || octet === CLOSE_BRACKET) this.#close();
  }

  #beginString(): void {
    this.#inString = true;
    if (this.#depth <= IN_LOG) this.#word = "";
  }

  #open(octet: number, at: number): void {
    const isObject = octet === OPEN_BRACE;
    if (this.#depth === IN_DOCUMENT) this.#inLog = isObject && this.#word === "log";
    if (this.#depth === IN_LOG && this.#inLog && !isObject && this.#word === "entries") {
      this.#inEntries = true;
      this.#found = true;
    }
    if (this.#depth === IN_ENTRIES && this.#inEntries) this.#entryAt = at;
    this.#depth += 1;
  }

  #close(): void {
    this.#depth -= 1;
    if (this.#depth === IN_ENTRIES) this.#entryAt = undefined;
    if (this.#depth === IN_LOG) this.#inEntries = false;
  }

  /** Before and after the document there is room for blanks alone, and for a byte order mark. */
  #refuseOutside(octet: number, at: number): void {
    if (octet <= 0x20 || octet === BYTE_ORDER_MARK[at]) return;
    throw usageError(`${this.#name} is no JSON at byte ${at}`);
  }
}
