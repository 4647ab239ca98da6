/**
 * The messages of a socket that wait – to be sent, or for their reply –, oldest first, by when they
 * were due and when they were sent. Messages that share both are one run. So there are never more
 * runs than messages, and mostly far fewer. Nothing is allocated once the ring has its size.
 */
export class SendTimes {
  /** Due, sent, count by turns; a ring whose number of runs is a power of two. */
  #runs: number[] = [0, 0, 0];
  #capacity = 1;
  #first = 0;
  #size = 0;
  #waiting = 0;

  /** Messages that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** When the oldest one was due. Only while there is one. */
  get oldestDue(): number {
    return this.#runs[this.#first * 3] ?? 0;
  }

  /** When the oldest one was sent. Only while there is one. */
  get oldestSent(): number {
    return this.#runs[this.#first * 3 + 1] ?? 0;
  }

  /** How many messages share the moments of the oldest one. */
  get oldestCount(): number {
    return this.#size === 0 ? 0 : (this.#runs[this.#first * 3 + 2] ?? 0);
  }

  add(dueAt: number, sentAt: number, count: number): void {
    if (this.#size === this.#capacity) this.#grow();
    const i = ((this.#first + this.#size) & (this.#capacity - 1)) * 3;
    this.#runs[i] = dueAt;
    this.#runs[i + 1] = sentAt;
    this.#runs[i + 2] = count;
    this.#size += 1;
    this.#waiting += count;
  }

  /** Takes up to `count` messages off the oldest run; gives how many it had. */
  take(count: number): number {
    if (this.#size === 0) return 0;
    const at = this.#first * 3 + 2;
    const held = this.#runs[at] ?? 0;
    const taken = Math.min(held, count);
    this.#waiting -= taken;
    if (taken < held) {
      this.#runs[at] = held - taken;
    } else {
      this.#first = (this.#first + 1) & (this.#capacity - 1);
      this.#size -= 1;
    }
    return taken;
  }

  /** Messages that wait and were due at `moment` or later. */
  dueSince(moment: number): number {
    let count = 0;
    for (let i = 0; i < this.#size; i++) {
      const at = ((this.#first + i) & (this.#capacity - 1)) * 3;
      if ((this.#runs[at] ?? 0) >= moment) count += this.#runs[at + 2] ?? 0;
    }
    return count;
  }

  #grow(): void {
    const before = this.#runs;
    const { length } = before;
    const start = this.#first * 3;
    this.#runs = Array.from({ length: length * 2 }, (_, i) =>
      i < length ? (before[(start + i) % length] ?? 0) : 0,
    );
    this.#capacity *= 2;
    this.#first = 0;
  }
}
