/**
 * Bytes that came before their turn, by position, disjoint and in order.
 *
 * What comes first wins: of a piece that overlaps held ones, only what fills the holes is added. But
 * an octet that came alone, as keep-alives have any (RFC 9293, section 3.8.4), gives way to a longer piece.
 * A piece may also tell that bytes were sent but not captured, by their number alone.
 */
export interface HeldPiece {
  readonly start: number;
  readonly end: number;
  /** Undefined where the bytes were not captured. */
  readonly bytes: Uint8Array | undefined;
  /** The segment has one octet; `probe` where the peer had that already, as with keep-alives. */
  readonly alone?: "data" | "probe";
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly packetNumber: number;
}

/** Memory of a piece beside its bytes, rather too much: it also limits how many there are. */
const PIECE_OVERHEAD = 1024;

export class HeldPieces {
  #pieces: HeldPiece[] = [];
  #memory = 0;
  #covered = 0;

  get count(): number {
    return this.#pieces.length;
  }

  /** Bytes of memory taken. */
  get memory(): number {
    return this.#memory;
  }

  get first(): HeldPiece | undefined {
    return this.#pieces[0];
  }

  get last(): HeldPiece | undefined {
    return this.#pieces.at(-1);
  }

  /** Positions that the pieces cover. */
  get covered(): number {
    return this.#covered;
  }

  /** Adds a copy of what is new in the piece. Gives how many bytes it has otherwise than held. */
  add(piece: HeldPiece): number {
    let index = this.#indexBehind(piece.start);
    let position = piece.start;
    let differing = 0;
    const fresh: HeldPiece[] = [];
    const from = index;
    while (position < piece.end) {
      const held = this.#pieces[index];
      if (held?.alone && held.start < piece.end && !piece.alone) {
        differing += countDiffering(held, piece);
        index += 1;
        continue;
      }
      const hole = Math.min(piece.end, held?.start ?? Infinity);
      if (position < hole) fresh.push(part(piece, position, hole));
      if (!held || held.start >= piece.end) break;
      differing += countDiffering(held, piece);
      fresh.push(held);
      position = held.end;
      index += 1;
    }
    this.#replace(from, index, fresh);
    return differing;
  }

  /** Takes out all pieces from the front that are in turn, from `position` on. */
  *takeFrom(position: number): Generator<HeldPiece> {
    let next = position;
    let count = 0;
    for (const piece of this.#pieces) {
      if (piece.start > next) break;
      count += 1;
      if (piece.end > next) next = piece.end;
    }
    const taken = this.#pieces.splice(0, count);
    next = position;
    for (const piece of taken) {
      this.#count(piece, -1);
      if (piece.end <= next) continue;
      yield piece.start < next ? view(piece, next, piece.end) : piece;
      next = piece.end;
    }
  }

  /** Index of the first piece that ends behind `position`; most come in order, at the end. */
  #indexBehind(position: number): number {
    let low = 0;
    let high = this.#pieces.length;
    if ((this.#pieces[high - 1]?.end ?? -Infinity) <= position) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pieces[middle]?.end ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The pieces of [from, to) are among the new ones. */
  #replace(from: number, to: number, pieces: readonly HeldPiece[]): void {
    const replaced = this.#pieces.splice(from, to - from, ...pieces);
    for (const piece of replaced) this.#count(piece, -1);
    for (const piece of pieces) this.#count(piece, 1);
  }

  #count(piece: HeldPiece, sign: 1 | -1): void {
    this.#covered += sign * (piece.end - piece.start);
    this.#memory += sign * (PIECE_OVERHEAD + (piece.bytes?.length ?? 0));
  }
}

function view(piece: HeldPiece, start: number, end: number): HeldPiece {
  const bytes = piece.bytes?.subarray(start - piece.start, end - piece.start);
  return { ...piece, start, end, bytes };
}

/** A part of a piece, with its own copy of the bytes. */
function part(piece: HeldPiece, start: number, end: number): HeldPiece {
  const { bytes } = view(piece, start, end);
  // Not slice(), which is a view where the bytes are a Buffer.
  return { ...piece, start, end, bytes: bytes && new Uint8Array(bytes) };
}

function countDiffering(held: HeldPiece, piece: HeldPiece): number {
  if (!held.bytes || !piece.bytes) return 0;
  const end = Math.min(held.end, piece.end);
  let differing = 0;
  for (let at = Math.max(held.start, piece.start); at < end; at++) {
    if (held.bytes[at - held.start] !== piece.bytes[at - piece.start]) differing += 1;
  }
  return differing;
}
