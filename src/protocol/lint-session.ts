import { Buffer } from "node:buffer";
import { ConnectionLint, type ConnectionLintOptions } from "./connection-lint.ts";

/** Some 7 MB at most. */
const REMEMBERED = 65_536;
/** A key has 24 characters; what a peer sends instead is remembered by its beginning. */
const KEY_LENGTH = 24;

/** Masking keys that all connections together remember: some 12 MB. */
const MASKING_KEYS = 2 ** 20;

/** The rules that take several connections: whether a key came before (section 4.1). */
export class LintSession {
  readonly #options: ConnectionLintOptions;
  readonly #remembered: number;
  readonly #keys = new Set<string>();
  readonly #keyRoom = { left: MASKING_KEYS };

  /** @param remembered how many keys are compared; the oldest are forgotten first */
  constructor(options: ConnectionLintOptions = {}, remembered = REMEMBERED) {
    this.#options = options;
    this.#remembered = remembered;
  }

  /** The lint of the next connection; `options` come before those of the session. */
  connection(options: ConnectionLintOptions = {}): ConnectionLint {
    return new ConnectionLint({
      ...this.#options,
      ...options,
      keyRoom: this.#keyRoom,
      isKeyReused: (key) => this.#isReused(beginningOf(key)),
    });
  }

  #isReused(key: string): boolean {
    if (this.#keys.has(key)) return true;
    if (this.#keys.size === this.#remembered) {
      const [oldest] = this.#keys;
      if (oldest !== undefined) this.#keys.delete(oldest);
    }
    this.#keys.add(key);
    return false;
  }
}

/** A copy: a part of a header would hold all of the head. */
function beginningOf(key: string): string {
  return Buffer.from(key.slice(0, KEY_LENGTH)).toString("latin1");
}
