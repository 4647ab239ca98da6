import { formatTime } from "./format.ts";

/** Local times of day, as `12:04:31.207`: those of the same second, as most are, share the work. */
export class TimesOfDay {
  #second: number | undefined;
  /** Up to the point before the milliseconds. */
  #text = "";

  format(epochUs: number): string {
    const ms = Math.floor(epochUs / 1000);
    const second = Math.floor(ms / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = formatTime(second * 1e6).slice(0, -3);
    }
    return this.#text + String(ms - second * 1000).padStart(3, "0");
  }
}
