import type { Event } from "../transport/events.ts";
import type { FramePredicate } from "./event-filter.ts";

/** How many lines a pause holds back; what comes beyond is counted. */
const MAX_HELD = 1000;

/** What of a session is shown: all of it, what passes a filter, or nothing for a while. */
export class Display {
  readonly #render: (event: Event) => readonly string[];
  readonly #print: (lines: readonly string[]) => void;
  #filter: FramePredicate | undefined;
  #paused = false;
  #held: string[] = [];
  #left = 0;
  /** Frames that the filter kept from the screen. */
  #hidden = 0;

  constructor(
    render: (event: Event) => readonly string[],
    print: (lines: readonly string[]) => void,
  ) {
    this.#render = render;
    this.#print = print;
  }

  show(event: Event): void {
    // Rendered even if it is hidden: what is shown later builds on it.
    const lines = this.#render(event);
    if (event.type === "frame" && this.#filter && !this.#filter(event)) this.#hidden += 1;
    else if (this.#paused) this.#hold(lines);
    else this.#print(lines);
  }

  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#paused = true;
  }

  /** Shows what was held back. */
  resume(): readonly string[] {
    const left = this.#left > 0 ? [`… ${this.#left} lines more came; /last shows frames`] : [];
    const lines = [...this.#held, ...left];
    this.#held = [];
    this.#left = 0;
    this.#paused = false;
    return lines;
  }

  /** @returns how many frames the filter before has hidden */
  setFilter(filter: FramePredicate | undefined): number {
    const hidden = this.#hidden;
    this.#filter = filter;
    this.#hidden = 0;
    return hidden;
  }

  #hold(lines: readonly string[]): void {
    const room = Math.max(0, MAX_HELD - this.#held.length);
    this.#held.push(...lines.slice(0, room));
    this.#left += Math.max(0, lines.length - room);
  }
}
