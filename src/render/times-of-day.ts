import { formatTime } from "./format.ts";
import { type TextBytes, ZERO } from "./text-bytes.ts";

/** Local times of day, as `12:04:31.207`: those of the same second, as most are, share the work. */
export class TimesOfDay {
  #second: number | undefined;
  /** Up to the point before the milliseconds. */
  #text = "";

  format(epochUs: number): string {
    const ms = this.#begin(epochUs);
    return this.#text + String(ms).padStart(3, "0");
  }

  write(epochUs: number, out: TextBytes): void {
    const ms = this.#begin(epochUs);
    out.text(this.#text);
    out.number(ms, 3, ZERO);
  }

  /** Turns to the second of the time; gives its milliseconds. */
  #begin(epochUs: number): number {
    const ms = Math.floor(epochUs / 1000);
    const second = Math.floor(ms / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = formatTime(second * 1e6).slice(0, -3);
    }
    return ms - second * 1000;
  }
}
