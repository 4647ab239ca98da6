/** A header field: its name and value as Latin-1. */
export type Field = readonly [name: string, value: string];

/** RFC 7541, appendix A; the index of the first one is 1. */
const STATIC_TABLE: readonly Field[] = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ["accept-language", ""],
  ["accept-ranges", ""],
  ["accept", ""],
  ["access-control-allow-origin", ""],
  ["age", ""],
  ["allow", ""],
  ["authorization", ""],
  ["cache-control", ""],
  ["content-disposition", ""],
  ["content-encoding", ""],
  ["content-language", ""],
  ["content-length", ""],
  ["content-location", ""],
  ["content-range", ""],
  ["content-type", ""],
  ["cookie", ""],
  ["date", ""],
  ["etag", ""],
  ["expect", ""],
  ["expires", ""],
  ["from", ""],
  ["host", ""],
  ["if-match", ""],
  ["if-modified-since", ""],
  ["if-none-match", ""],
  ["if-range", ""],
  ["if-unmodified-since", ""],
  ["last-modified", ""],
  ["link", ""],
  ["location", ""],
  ["max-forwards", ""],
  ["proxy-authenticate", ""],
  ["proxy-authorization", ""],
  ["range", ""],
  ["referer", ""],
  ["refresh", ""],
  ["retry-after", ""],
  ["server", ""],
  ["set-cookie", ""],
  ["strict-transport-security", ""],
  ["transfer-encoding", ""],
  ["user-agent", ""],
  ["vary", ""],
  ["via", ""],
  ["www-authenticate", ""],
];

/** Capacity before anything else is agreed on (RFC 9113, section 6.5.2). */
export const DEFAULT_TABLE_SIZE = 4096;

/** What a field counts in a table or a list (RFC 7541, section 4.1; RFC 9113, section 10.5.1). */
export function fieldSize([name, value]: Field): number {
  return name.length + value.length + 32;
}

/** The fields that may be named by an index: the static ones, then those of late, newest first. */
export class HpackTables {
  /** Oldest first; those before `#oldest` are evicted. */
  #fields: Field[] = [];
  #oldest = 0;
  #capacity = DEFAULT_TABLE_SIZE;
  /** What the dynamic table counts. */
  size = 0;

  /** @param index from 1 on */
  at(index: number): Field | undefined {
    if (index <= STATIC_TABLE.length) return STATIC_TABLE[index - 1];
    const at = this.#fields.length - (index - STATIC_TABLE.length);
    return at < this.#oldest ? undefined : this.#fields[at];
  }

  /** A field larger than the table empties it (section 4.4). */
  add(field: Field): void {
    this.#fields.push(field);
    this.size += fieldSize(field);
    this.#evict();
  }

  /** Evicts what does not fit any more (section 4.3). */
  resize(capacity: number): void {
    this.#capacity = capacity;
    this.#evict();
  }

  #evict(): void {
    while (this.size > this.#capacity) {
      const field = this.#fields[this.#oldest++];
      if (!field) break;
      this.size -= fieldSize(field);
    }
    if (this.#oldest * 2 <= this.#fields.length) return;
    this.#fields = this.#fields.slice(this.#oldest);
    this.#oldest = 0;
  }
}
