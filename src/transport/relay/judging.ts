import type { Direction } from "../events.ts";
import type { Interception, Passing } from "./passing.ts";
import { passingWords, Waiting, type WaitingHooks, type Whole } from "./waiting.ts";

export interface JudgingOptions {
  readonly conn: string;
  readonly dir: Direction;
  /** The rules; they need frames that are watched. */
  readonly interception?: Interception | undefined;
  /** Messages of this direction may refer to earlier ones (RFC 7692, section 7.1.1). */
  readonly contextTakeover: boolean;
  readonly note: (message: string) => void;
  /** It cannot go on. */
  readonly onStuck: (message: string) => void;
}

/** Takes what leaves. */
export interface Outlet {
  /** Bytes as they came. */
  readonly write: (bytes: Uint8Array) => void;
  /** A frame of our own. */
  readonly make: (opcode: number, payload: Uint8Array) => void;
  /** Something that was held or delayed may go now. */
  readonly pump: () => void;
}

/** A message or a control frame, and the bytes that it came as. */
type Come = Omit<Passing, "conn" | "dir"> & Omit<Whole, "passing">;

const LOST =
  "a message was dropped or changed, and a later one that refers to it cannot be inflated";

/**
 * Puts what has come whole before the rules, and sends what they leave of it when it is its turn.
 *
 * Compressed messages may refer to those before them. When one is dropped or changed, the receiver
 * lacks what later ones refer to: from then on they are sent inflated, which needs no context.
 */
export class Judging {
  readonly #options: JudgingOptions;
  readonly #outlet: Outlet;
  readonly #hooks: WaitingHooks;
  /** The receiver lacks what compressed messages may refer to. */
  #diverged = false;

  constructor(options: JudgingOptions, outlet: Outlet) {
    this.#options = options;
    this.#outlet = outlet;
    this.#hooks = { go: (waiting) => this.#leave(waiting), pump: outlet.pump };
  }

  /** Whether messages have to be whole before they leave. */
  get isDue(): boolean {
    return this.#diverged || this.#isActive;
  }

  judge({ opcode, data, wireLength, pieces, compressed }: Come): Waiting {
    const { conn, dir, interception } = this.#options;
    const whole = { passing: { conn, dir, opcode, data, wireLength }, pieces, compressed };
    const verdict = this.#isActive ? interception?.judge(whole.passing) : undefined;
    const waiting = new Waiting(whole, this.#hooks);
    waiting.dropped = verdict?.drop ?? false;
    waiting.data = verdict?.data;
    if (verdict?.delayMs !== undefined) waiting.delay(verdict.delayMs);
    verdict?.hold?.(waiting.hold());
    return waiting;
  }

  /** It does not leave as the bytes that came. */
  isTouched({ whole: { compressed }, dropped, data }: Waiting): boolean {
    return dropped || data !== undefined || (this.#diverged && this.#refers(compressed));
  }

  /** A message that is not whole has its own bytes alone: true, and told, where they are of no use. */
  isLost(compressed: boolean): boolean {
    if (!compressed || !this.#diverged) return false;
    this.#options.onStuck(LOST);
    return true;
  }

  get #isActive(): boolean {
    const { dir, interception } = this.#options;
    return interception?.isActive(dir) === true;
  }

  #refers(compressed: boolean): boolean {
    return compressed && this.#options.contextTakeover;
  }

  #leave({ whole, dropped, data, overtakes }: Waiting): void {
    const { passing, pieces } = whole;
    const { note, onStuck } = this.#options;
    const { write, make } = this.#outlet;
    if (overtakes) note(`${passingWords(passing)} overtook what waits`);
    const refers = this.#refers(whole.compressed);
    if (dropped || data) this.#diverged ||= refers;
    if (dropped) return note(`dropped ${passingWords(passing)}`);
    if (data) {
      note(`changed ${passingWords(passing)}, to ${data.length} B`);
      return make(passing.opcode, data);
    }
    if (!refers || !this.#diverged) return pieces.forEach((piece) => write(piece));
    if (!passing.data) return onStuck(LOST);
    make(passing.opcode, passing.data);
  }
}
