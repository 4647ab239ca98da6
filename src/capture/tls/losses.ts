/** How much application data is missing. */
export interface Loss {
  readonly length: number;
  readonly exact: boolean;
}

/** Adds up what is missing since the last record that has verified. */
export class Losses {
  /** Records of which the header is there: how many, and their contents. */
  #records = 0;
  #contents = 0;
  #exact = true;
  /** Bytes on the wire in which records begin that nothing is known of. */
  #bytes = 0;

  get any(): boolean {
    return this.#records > 0 || this.#bytes > 0;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** @param options.exact nothing else can be in the content */
  addRecord(contentLength: number, { exact }: { readonly exact: boolean }): void {
    this.#records += 1;
    this.#contents += contentLength;
    this.#exact &&= exact;
  }

  /**
   * The loss, which starts anew then; undefined where nothing is missing.
   * @param missing records by their numbers, where it is known how many
   * @param recordOverhead bytes of a record on the wire beyond its content
   */
  take(missing: number | undefined, recordOverhead: number): Loss | undefined {
    const unseen = missing === undefined ? 1 : missing - this.#records;
    const among = unseen > 0 ? Math.max(0, this.#bytes - unseen * recordOverhead) : 0;
    const loss = { length: this.#contents + among, exact: this.#exact && unseen <= 0 };
    this.#records = 0;
    this.#contents = 0;
    this.#exact = true;
    this.#bytes = 0;
    return missing === 0 ? undefined : loss;
  }
}
