import { crc32 } from "node:zlib";
import type { Key } from "../scenario/matcher.ts";

/** A message that waits for its reply. */
export interface Sent {
  readonly key: Key;
  readonly dueAt: number;
  readonly sentAt: number;
  /** Number of the message on its socket. */
  readonly seq: number;
  /** Kept where replies are compared with it. */
  readonly payload: Uint8Array | undefined;
  /** Replies that are still to come. */
  replies: number;
}

/** What is remembered of a message that is settled. */
export interface Settled {
  readonly dueAt: number;
  /** Of what was sent, where that was kept. */
  readonly checksum: number | undefined;
  /** Nobody waited for its reply any more. */
  readonly expired: boolean;
}

/** So many settled keys are remembered, to tell a duplicate from what was never asked for. */
const REMEMBERED = 256;

/**
 * The messages of a socket that wait for their replies, by key. Several have the same key where their
 * author gave it to them: then the oldest one is found, and the others queue up behind it.
 */
export class Flight {
  // Maps are made when they are first needed, so that a socket that is mostly idle costs little.
  #byKey: Map<Key, Sent> | undefined;
  #queues: Map<Key, Sent[]> | undefined;
  /** The latest that were settled. */
  #settled: Map<Key, Settled> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The oldest one, where each has a key of its own. */
  get oldest(): Sent | undefined {
    return this.#byKey?.values().next().value;
  }

  /** The oldest one of a key. */
  find(key: Key): Sent | undefined {
    return this.#byKey?.get(key);
  }

  /** The one whose payload differs in the fewest bytes; undefined where no payloads are kept. */
  nearest(payload: Uint8Array): Sent | undefined {
    let nearest: Sent | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const sent of this) {
      const distance = sent.payload ? differences(sent.payload, payload, least) : least;
      if (distance < least) [nearest, least] = [sent, distance];
    }
    return nearest;
  }

  add(sent: Sent): void {
    const { key } = sent;
    const byKey = (this.#byKey ??= new Map());
    this.#size += 1;
    if (!byKey.has(key)) return void byKey.set(key, sent);
    this.#queues ??= new Map();
    const queue = this.#queues.get(key);
    if (queue) queue.push(sent);
    else this.#queues.set(key, [sent]);
  }

  /** Takes a message out that waits here. */
  remove(sent: Sent): void {
    const { key } = sent;
    const queue = this.#queues?.get(key);
    this.#size -= 1;
    if (!queue) return void this.#byKey?.delete(key);
    if (this.#byKey?.get(key) === sent) this.#byKey.set(key, queue.shift() ?? sent);
    else queue.splice(queue.indexOf(sent), 1);
    if (queue.length === 0) this.#queues?.delete(key);
  }

  /** Remembers a message that is settled. */
  remember({ key, payload, dueAt }: Sent, { expired = false } = {}): void {
    const settled = (this.#settled ??= new Map());
    settled.delete(key);
    settled.set(key, { dueAt, checksum: payload && crc32(payload), expired });
    if (settled.size <= REMEMBERED) return;
    for (const oldest of settled.keys()) return void settled.delete(oldest);
  }

  /** The settled message that a reply is a further one to, unless it is another's with its key altered. */
  settled(key: Key, reply: Uint8Array): Settled | undefined {
    const settled = this.#settled?.get(key);
    if (settled?.checksum === undefined || settled.checksum === crc32(reply)) return settled;
    return undefined;
  }

  *[Symbol.iterator](): Generator<Sent> {
    yield* this.#byKey?.values() ?? [];
    for (const queue of this.#queues?.values() ?? []) yield* queue;
  }

  /** Takes all out. */
  clear(): Sent[] {
    const all = [...this];
    this.#byKey = undefined;
    this.#queues = undefined;
    this.#size = 0;
    return all;
  }
}

/** Bytes in which two payloads differ; counted up to `enough`. */
function differences(a: Uint8Array, b: Uint8Array, enough: number): number {
  let count = Math.abs(a.length - b.length);
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length && count < enough; i++) if (a[i] !== b[i]) count += 1;
  return count;
}
