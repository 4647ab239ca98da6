/**
 * When the messages that wait for their reply were sent, oldest first. Messages that left together
 * are one run: a moment and a count. So there are never more runs than messages in flight, and mostly
 * far fewer. Nothing is allocated once the ring has its size.
 */
export class SendTimes {
  /** Moment and count by turns; a ring, its length a power of two. */
  #runs: number[] = [0, 0];
  #first = 0;
  #size = 0;
  #waiting = 0;

  /** Messages that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** When the oldest one was sent. Only while there is one. */
  get oldestAt(): number {
    return this.#runs[this.#first] ?? 0;
  }

  sent(at: number, count: number): void {
    if (this.#size === this.#runs.length) this.#grow();
    const i = (this.#first + this.#size) & (this.#runs.length - 1);
    this.#runs[i] = at;
    this.#runs[i + 1] = count;
    this.#size += 2;
    this.#waiting += count;
  }

  /** Takes up to `count` messages off the oldest run; gives how many it had. */
  take(count: number): number {
    if (this.#size === 0) return 0;
    const held = this.#runs[this.#first + 1] ?? 0;
    const taken = Math.min(held, count);
    this.#waiting -= taken;
    if (taken < held) {
      this.#runs[this.#first + 1] = held - taken;
    } else {
      this.#first = (this.#first + 2) & (this.#runs.length - 1);
      this.#size -= 2;
    }
    return taken;
  }

  /** Messages that wait and were sent at `moment` or later. */
  waitingSince(moment: number): number {
    let count = 0;
    for (let i = 0; i < this.#size; i += 2) {
      const at = (this.#first + i) & (this.#runs.length - 1);
      if ((this.#runs[at] ?? 0) >= moment) count += this.#runs[at + 1] ?? 0;
    }
    return count;
  }

  #grow(): void {
    const { length } = this.#runs;
    this.#runs = Array.from({ length: length * 2 }, (_, i) =>
      i < length ? (this.#runs[(this.#first + i) & (length - 1)] ?? 0) : 0,
    );
    this.#first = 0;
  }
}
