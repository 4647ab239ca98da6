import { describeOpcode } from "../../protocol/opcodes.ts";
import type { Unit } from "./lane.ts";
import type { Held, Passing } from "./passing.ts";

/** A message, or a control frame, that has come whole. */
export interface Whole {
  readonly passing: Passing;
  /** As it was on the wire. */
  readonly pieces: readonly Uint8Array[];
  readonly compressed: boolean;
}

export interface WaitingHooks {
  readonly go: (waiting: Waiting) => void;
  /** Something may go now. */
  readonly pump: () => void;
}

/** One of them that waits for its turn, and for whatever holds it back. */
export class Waiting implements Unit {
  whole: Whole;
  readonly size: number;
  blocks = 0;
  dropped = false;
  /** It goes ahead of what came before it. */
  overtakes = false;
  /** Takes the place of the payload. */
  data: Uint8Array | undefined;
  readonly #hooks: WaitingHooks;
  readonly #timers: NodeJS.Timeout[] = [];
  #isGone = false;
  #onGone: (() => void)[] = [];

  constructor(whole: Whole, hooks: WaitingHooks) {
    const { passing, pieces, compressed } = whole;
    this.whole = whole;
    this.size = sizeOf(pieces) + (compressed ? (passing.data?.length ?? 0) : 0);
    this.#hooks = hooks;
  }

  readonly go = (): void => this.#hooks.go(this);

  readonly gone = (): void => {
    this.#isGone = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const tell of this.#onGone.splice(0)) tell();
  };

  delay(ms: number): void {
    this.#block();
    this.#timers.push(setTimeout(() => this.#unblock(), ms));
  }

  hold(): Held {
    this.#block();
    let isHeld = true;
    const letGo = (change: () => void): void => {
      if (!isHeld || this.#isGone) return;
      isHeld = false;
      change();
      this.#unblock();
    };
    return {
      passing: this.whole.passing,
      data: this.data,
      release: (data) => letGo(() => (this.data = data ?? this.data)),
      drop: () => letGo(() => (this.dropped = true)),
      onGone: (tell) => void this.#onGone.push(tell),
    };
  }

  #block(): void {
    this.blocks += 1;
    this.whole = { ...this.whole, pieces: this.whole.pieces.map(ownBytes) };
  }

  #unblock(): void {
    if (this.#isGone) return;
    this.blocks -= 1;
    this.#hooks.pump();
  }
}

/** A small piece of what was read at once would keep all of that in memory. */
function ownBytes(piece: Uint8Array): Uint8Array {
  return piece.length * 2 < piece.buffer.byteLength ? Uint8Array.from(piece) : piece;
}

/** What a piece costs beside its bytes. */
const OVERHEAD = 128;

/** How much memory pieces take. */
export function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length + OVERHEAD, 0);
}

/** `→ text of 5 B`, its payload inflated. */
export function passingWords({ dir, opcode, data, wireLength }: Passing): string {
  const length = data?.length ?? wireLength;
  return `${dir === "out" ? "→" : "←"} ${describeOpcode(opcode).name} of ${length} B`;
}
