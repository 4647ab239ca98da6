import { headerList, type Headers } from "../../protocol/http-head.ts";

/**
 * Finds requests that a relay has sent onward itself and that lead back to it, directly or through
 * others: each would bring another one, until there are no files left.
 *
 * 1. A request goes onward with the key of its client. In a ring it comes back with that key while the
 *    server is still being asked for the first one.
 * 2. That is no proof, for there are clients whose key is always the same. So where a key comes twice
 *    at a time, and only there, the later request gets a mark on its way: a Via header that names this
 *    relay (RFC 9110, section 7.6.3).
 * 3. What comes with the mark of this relay is a loop.
 */
export class LoopWatch {
  readonly #mark: string;
  /** How often the server is being asked with a key. */
  readonly #asked = new Map<string, number>();

  constructor(random: (length: number) => Uint8Array) {
    this.#mark = `1.1 framecat-${Buffer.from(random(8)).toString("hex")}`;
  }

  isLoop(headers: Headers): boolean {
    return headerList(headers, "Via").includes(this.#mark);
  }

  /** The server is asked with a key until `leave`. @returns the headers that the request needs more */
  enter(key: string): Headers {
    const before = this.#asked.get(key) ?? 0;
    this.#asked.set(key, before + 1);
    return before === 0 ? [] : [["Via", this.#mark]];
  }

  leave(key: string): void {
    const left = (this.#asked.get(key) ?? 1) - 1;
    if (left === 0) this.#asked.delete(key);
    else this.#asked.set(key, left);
  }
}
