import type { Epoch } from "./epoch.ts";
import type { TlsRecord } from "./record.ts";

/** A record that has verified. */
export interface Opened {
  readonly content: Uint8Array;
  /**
   * Records before it that are missing and may have been application data; undefined where their
   * number is not known.
   */
  readonly missing: number | undefined;
}

/** Work spent on records that do not verify, until one does, as bytes decrypted in that time. */
const SEARCH_ALLOWANCE = 256 * 1024 * 1024;
/** So many of the records that were counted as missing may have been none. */
const OVERCOUNTED = 256;
/** 0-RTT data is rarely more than 16 KiB, and so is a server's encrypted handshake. */
const MAX_PASSED_OVER = 1024 * 1024;

/**
 * Counts the records of one direction through its epochs, and opens them.
 *
 * 1. Each record has the number after the last one's. One that does not verify may have another:
 *    something is missing before it. Its number is looked for, in this epoch and in the next.
 * 2. Records in front of the first that is encrypted with known keys are passed over: 0-RTT data,
 *    or a handshake of which the log has no secret.
 * 3. Searching in vain is limited.
 */
export class RecordOpener {
  #epoch: Epoch;
  /** Number of the next record, as far as is known; and what it is at least. */
  #expected = 0;
  #least = 0;
  #allowance = SEARCH_ALLOWANCE;
  #passing: boolean;
  /** Bytes of records in front of the first that has verified. */
  passedOver = 0;
  #verified = false;

  /** @param passOver there may be records in front that the epoch's keys do not fit */
  constructor(epoch: Epoch, { passOver = false } = {}) {
    this.#epoch = epoch;
    this.#passing = passOver;
  }

  get epoch(): Epoch {
    return this.#epoch;
  }

  /** At least one record has verified: the keys are those of the connection. */
  get verified(): boolean {
    return this.#verified;
  }

  /** So much did not verify that it is no use to go on. */
  get exhausted(): boolean {
    return this.#allowance <= 0;
  }

  /** Undefined where it does not verify; "passed-over" where that was to be expected. */
  open(record: TlsRecord): Opened | "passed-over" | undefined {
    const content = this.#epoch.cipher.open(record, this.#expected);
    if (content) return this.#accept(this.#epoch, this.#expected, content);
    if (this.#passing) return this.#passOver(record);
    return this.#search(record);
  }

  /** A record is missing, or the last one was damaged. */
  skip(): void {
    this.#expected += 1;
  }

  /** Something is missing that nothing is known of. */
  lose(): void {
    this.#passing = false;
  }

  /** The sender has changed its keys; false where those are not known, yet. */
  advance(): boolean {
    const next = this.#epoch.next();
    if (!next) return false;
    this.#enter(next);
    return true;
  }

  #enter(epoch: Epoch): void {
    this.#epoch = epoch;
    this.#expected = 0;
    this.#least = 0;
  }

  #accept(epoch: Epoch, number: number, content: Uint8Array): Opened {
    const missing = this.#missingBefore(epoch, number);
    if (epoch !== this.#epoch) this.#enter(epoch);
    this.#expected = number + 1;
    this.#least = number + 1;
    this.#allowance = SEARCH_ALLOWANCE;
    this.#passing = false;
    this.#verified = true;
    return { content, missing };
  }

  #missingBefore(epoch: Epoch, number: number): number | undefined {
    if (epoch.kind === "handshake") return 0;
    if (epoch === this.#epoch) return Math.max(0, number - Math.max(this.#least, epoch.firstData));
    return this.#epoch.kind === "handshake" ? number : undefined;
  }

  #passOver({ body }: TlsRecord): "passed-over" {
    this.passedOver += body.length;
    if (this.passedOver > MAX_PASSED_OVER) this.#passing = false;
    return "passed-over";
  }

  #search(record: TlsRecord): Opened | undefined {
    const from = Math.max(this.#least, this.#expected - OVERCOUNTED);
    return this.#searchIn(this.#epoch, record, from) ?? this.#searchInNext(record);
  }

  #searchInNext(record: TlsRecord): Opened | undefined {
    const next = this.#epoch.next();
    return next && this.#searchIn(next, record, 0);
  }

  #searchIn(epoch: Epoch, record: TlsRecord, from: number): Opened | undefined {
    if (this.exhausted) return undefined;
    const number = epoch.cipher.findSequence(record, from);
    if (number === undefined) {
      this.#allowance -= epoch.cipher.searchCost(record.body.length);
      return undefined;
    }
    const content = epoch.cipher.open(record, number);
    return content && this.#accept(epoch, number, content);
  }
}
