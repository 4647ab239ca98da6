/** Bits of a braille character by column and row, from the top left. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const BRAILLE = 0x2800;

/** Dots that one column and one row of text have. */
export const DOTS_ACROSS = 2;
export const DOTS_DOWN = 4;

export interface Cell {
  readonly text: string;
  /** Who drew in it first; undefined where nobody did. */
  readonly owner: number | undefined;
}

/** A drawing in dots, eight to a character. (0, 0) is at the bottom left; dots outside are dropped. */
export class BrailleCanvas {
  readonly #columns: number;
  readonly #rows: number;
  readonly #bits: Uint8Array;
  readonly #owners: (number | undefined)[];

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
    this.#bits = new Uint8Array(columns * rows);
    this.#owners = Array.from({ length: columns * rows }, () => undefined);
  }

  dot(x: number, y: number, owner: number): void {
    const column = Math.floor(x / DOTS_ACROSS);
    const row = this.#rows - 1 - Math.floor(y / DOTS_DOWN);
    if (column < 0 || column >= this.#columns || row < 0 || row >= this.#rows) return;
    const cell = row * this.#columns + column;
    const bit = DOTS[x % DOTS_ACROSS]?.[DOTS_DOWN - 1 - (y % DOTS_DOWN)] ?? 0;
    this.#bits[cell] = (this.#bits[cell] ?? 0) | bit;
    this.#owners[cell] ??= owner;
  }

  /** The cells of a row of text, the topmost first. */
  row(row: number): Cell[] {
    return Array.from({ length: this.#columns }, (_, column) => {
      const cell = row * this.#columns + column;
      const bits = this.#bits[cell] ?? 0;
      const text = bits === 0 ? " " : String.fromCodePoint(BRAILLE + bits);
      return { text, owner: this.#owners[cell] };
    });
  }
}
