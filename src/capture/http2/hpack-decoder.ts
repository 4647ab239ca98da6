import { HpackFault, HpackReader } from "./hpack-reader.ts";
import { type Field, fieldSize, HpackTables } from "./hpack-tables.ts";

/** The largest table that is kept, whatever the two agree on. Browsers ask for 64 KiB. */
export const MAX_TABLE_SIZE = 1024 * 1024;
/** The longest list of fields that is told. */
const MAX_LIST_SIZE = 256 * 1024;

/** A header block decoded. */
export interface FieldList {
  readonly fields: readonly Field[];
  /** There are more fields than are told. */
  readonly cut: boolean;
}

/**
 * Decodes the header blocks of one direction (RFC 7541), each of which may refer to what was in those
 * before. A few octets may stand for large fields any number of times: what is too much is left out
 * of the list, but not out of the table.
 */
export class HpackDecoder {
  /** What the receiver's SETTINGS_HEADER_TABLE_SIZE allows the sender to use. */
  allowed = MAX_TABLE_SIZE;
  readonly #tables = new HpackTables();

  /** Octets that the table counts. */
  get size(): number {
    return this.#tables.size;
  }

  /** The fields, or what is wrong: then no later block can be decoded either. */
  decode(block: Uint8Array): FieldList | string {
    try {
      return this.#read(new HpackReader(block));
    } catch (thrown) {
      if (thrown instanceof HpackFault) return thrown.message;
      throw thrown;
    }
  }

  #read(reader: HpackReader): FieldList {
    const fields: Field[] = [];
    let size = 0;
    let begun = false;
    while (!reader.atEnd) {
      if (reader.peek() >> 5 === 1) {
        if (begun) throw new HpackFault("the table changes its size after a field");
        this.#resize(reader.integer(5));
        continue;
      }
      begun = true;
      const field = this.#field(reader);
      size += fieldSize(field);
      if (size <= MAX_LIST_SIZE) fields.push(field);
    }
    return { fields, cut: size > MAX_LIST_SIZE };
  }

  /** One of the representations of section 6. */
  #field(reader: HpackReader): Field {
    const first = reader.peek();
    if (first >= 0x80) return this.#indexed(reader.integer(7));
    const kept = first >= 0x40;
    const index = reader.integer(kept ? 6 : 4);
    const name = index === 0 ? reader.text() : this.#indexed(index)[0];
    const field: Field = [name, reader.text()];
    if (kept) this.#tables.add(field);
    return field;
  }

  #indexed(index: number): Field {
    const field = this.#tables.at(index);
    if (!field) throw new HpackFault(`no field has the index ${index}`);
    return field;
  }

  #resize(capacity: number): void {
    if (capacity > Math.min(this.allowed, MAX_TABLE_SIZE)) {
      throw new HpackFault(`a table of ${capacity} octets is more than may be used`);
    }
    this.#tables.resize(capacity);
  }
}
