import type { Assembled, Inflate } from "../../protocol/assembler.ts";
import type { DeflateParams } from "../../protocol/deflate.ts";
import { deflateContext } from "../../protocol/deflate-context.ts";
import type { Violation } from "../../protocol/rules.ts";
import type { Direction } from "../../transport/events.ts";
import { createInflate, type InflateOptions } from "../../transport/inflater.ts";
import type { WindowHolder, WindowMemory } from "./window-memory.ts";

/** permessage-deflate on a connection: agreed on, or not; not known; or only said to be agreed on. */
export type Compression = DeflateParams | "none" | "unknown" | "assumed";

/**
 * Inflates the messages of one direction of a capture, in which some may be missing.
 *
 * A message may refer to earlier ones. Once one of them was not inflated the later ones start from
 * an empty window: those that need what is missing do not inflate, and nobody is to blame; the
 * others do, and rightly, because references count backwards.
 */
export class Inflation implements WindowHolder {
  /** Absent where nothing can be inflated. */
  readonly inflate: Inflate | undefined;
  readonly #options: InflateOptions | undefined;
  readonly #unknown: boolean;
  readonly #windows: WindowMemory;
  #inflater: Inflate | undefined;
  /** All that a message may refer to was inflated. */
  #complete: boolean;
  /** What they refer to was inflated, and given up for others. */
  #forgotten = false;

  constructor(compression: Compression, dir: Direction, windows: WindowMemory) {
    this.#windows = windows;
    this.#unknown = compression === "unknown";
    this.#options = optionsOf(compression, dir);
    this.#complete = compression !== "assumed";
    const options = this.#options;
    if (!options) return;
    this.inflate = (payload, maxLength) => {
      this.#inflater ??= createInflate(options);
      const inflated = this.#inflater(payload, maxLength);
      if (inflated.ok) this.#keep(inflated.data.length, options);
      return inflated;
    };
  }

  /** Nothing more is inflated. */
  end(): void {
    this.#inflater = undefined;
    this.#windows.drop(this);
  }

  forgetWindow(): void {
    this.#forgotten = true;
    this.lose();
  }

  #keep(length: number, { noContextTakeover = false, windowBits = 15 }: InflateOptions): void {
    if (!noContextTakeover) this.#windows.grow(this, length, 2 ** windowBits);
  }

  /** Messages are missing. */
  lose(): void {
    this.end();
    if (this.#options?.noContextTakeover !== true) this.#complete = false;
  }

  /** Takes out what is to be blamed on what is missing. */
  judge(assembled: Assembled): Assembled {
    const { message, violations } = assembled;
    if (!message?.compressed || !message.cut) {
      if (violations.some(isInterruption)) this.lose();
      return assembled;
    }
    if (violations.length > 0 && !this.#complete) {
      return { ...assembled, violations: violations.filter((found) => !isCorruption(found)) };
    }
    if (!violations.some(isCorruption)) this.lose();
    return assembled;
  }

  /** Why a message was not inflated; undefined where that is no fault of the capture. */
  get excuse(): string | undefined {
    if (this.#unknown) {
      return "messages are compressed; the handshake that agreed on it is not in the capture";
    }
    if (this.#complete) return undefined;
    if (this.#forgotten) {
      return "messages that refer to earlier ones are shown as they are: too many connections compress at once";
    }
    return "messages that refer to compressed ones which are not all there are shown as they are";
  }
}

function optionsOf(compression: Compression, dir: Direction): InflateOptions | undefined {
  if (compression === "none" || compression === "unknown") return undefined;
  if (compression === "assumed") return {};
  return deflateContext(compression, dir === "out" ? "client" : "server");
}

function isInterruption({ rule }: Violation): boolean {
  return rule === "message-interrupted";
}

function isCorruption({ rule }: Violation): boolean {
  return rule === "deflate-corrupt";
}
