import { sizeOf, type Waiting } from "./waiting.ts";

/** How long a ping may wait for the end of the message that it came in. */
const PATIENCE_MS = 1000;

/** Pieces of bytes, and how much memory they take. */
export class Pieces {
  #pieces: Uint8Array[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get count(): number {
    return this.#pieces.length;
  }

  add(pieces: readonly Uint8Array[]): void {
    // One by one: there may be more of them than a call takes arguments.
    for (const piece of pieces) this.#pieces.push(piece);
    this.#size += sizeOf(pieces);
  }

  take(): readonly Uint8Array[] {
    const taken = this.#pieces;
    this.#pieces = [];
    this.#size = 0;
    return taken;
  }
}

/** A ping or pong that came between the fragments of a message. */
export interface Between {
  readonly unit: Waiting;
  /** How many pieces of the message came before it. */
  readonly after: number;
}

/** What of a message has come, and what came between its fragments. */
export interface Gathered {
  readonly pieces: readonly Uint8Array[];
  readonly between: readonly Between[];
}

/** Takes the frames of a message until it is whole, with the pings and pongs that stand in it. */
export class Gathering {
  /** RSV1 of its first frame. */
  compressed = false;
  readonly #pieces = new Pieces();
  readonly #onLate: (between: readonly Between[]) => void;
  #between: Between[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param onLate takes the pings and pongs that have waited too long for the end of the message */
  constructor(onLate: (between: readonly Between[]) => void) {
    this.#onLate = onLate;
  }

  get size(): number {
    return this.#between.reduce((sum, { unit }) => sum + unit.size, this.#pieces.size);
  }

  /** Nothing of a message has come. */
  get isEmpty(): boolean {
    return this.#pieces.count === 0;
  }

  add(pieces: readonly Uint8Array[]): void {
    this.#pieces.add(pieces);
  }

  interleave(unit: Waiting): void {
    this.#between.push({ unit, after: this.#pieces.count });
    this.#timer ??= setTimeout(() => this.#onLate(this.#takeBetween()), PATIENCE_MS);
  }

  take(): Gathered {
    return { pieces: this.#pieces.take(), between: this.#takeBetween() };
  }

  #takeBetween(): readonly Between[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const taken = this.#between;
    this.#between = [];
    return taken;
  }
}
