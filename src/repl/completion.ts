import type { Event } from "../transport/events.ts";
import type { Completion } from "./editor/completion.ts";

const MAX_KEYS = 500;
/** Longer messages are not searched for keys: that would hold up the typing. */
const MAX_LENGTH = 64 * 1024;
/** Without control characters: what a peer sends must not reach the terminal by the way of the line. */
const KEY = /"((?:[^"\\\p{C}]|\\[^\p{C}]){1,64})"\s*:/gu;

/** The names of JSON members that were sent or received lately. */
export class KeyMemory {
  readonly #keys = new Set<string>();

  learn(event: Event): void {
    if (event.type !== "message" || event.kind !== "text" || event.data.length > MAX_LENGTH) return;
    const text = Buffer.from(event.data).toString("utf8");
    if (!/^\s*[[{]/.test(text)) return;
    for (const [, key = ""] of text.matchAll(KEY)) this.#remember(key);
  }

  /** The latest first. */
  startingWith(prefix: string): string[] {
    return [...this.#keys].toReversed().filter((key) => key.startsWith(prefix));
  }

  #remember(key: string): void {
    this.#keys.delete(key);
    this.#keys.add(key);
    const [oldest] = this.#keys;
    if (this.#keys.size > MAX_KEYS && oldest !== undefined) this.#keys.delete(oldest);
  }
}

/** Completes the name of a slash command, and the key of a member in JSON that is being typed. */
export function complete(
  before: string,
  commands: readonly string[],
  keys: KeyMemory,
): Completion | undefined {
  if (/^\/[\w-]*$/.test(before)) {
    const candidates = commands.map((name) => `/${name}`).filter((name) => name.startsWith(before));
    return { from: 0, candidates: candidates.map((name) => `${name} `) };
  }
  const [, prefix] = /[{,]\s*"([^"]*)$/.exec(before) ?? [];
  if (prefix === undefined) return undefined;
  const candidates = keys.startingWith(prefix).map((key) => `${key}": `);
  return { from: before.length - prefix.length, candidates };
}
