import { elapsedMs } from "../clock.ts";
import { parseMessage, type ReplyOutcome, type RequestShape } from "./request.ts";

/** A request that is over. */
export interface Settled {
  readonly id: number;
  readonly type: string;
  readonly tookMs: number;
}

export interface Answered extends Settled {
  readonly outcome: ReplyOutcome;
}

interface Waiting {
  readonly id: number;
  readonly type: string;
  readonly sentNs: bigint;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Requests that wait for their replies. Ids are compared as text, since some servers give back `"1"`
 * for `1`. What answers nothing that waits – a late reply, a second one – is no reply.
 */
export class Requests {
  readonly #shape: RequestShape;
  readonly #timeoutMs: number;
  /** By the text of the id, oldest first. */
  readonly #waiting = new Map<string, Waiting>();
  #lastId = 0;

  constructor(shape: RequestShape, timeoutMs: number = DEFAULT_TIMEOUT_MS) {
    this.#shape = shape;
    this.#timeoutMs = timeoutMs;
  }

  /** An id that no request of this session has had. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** When the oldest request will have waited for too long. */
  get deadlineNs(): bigint | undefined {
    const [oldest] = this.#waiting.values();
    return oldest && oldest.sentNs + BigInt(Math.round(this.#timeoutMs * 1e6));
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  sent(id: number, type: string, atNs: bigint): void {
    this.#waiting.set(String(id), { id, type, sentNs: atNs });
  }

  /** What the message answers; undefined where it answers nothing that waits. */
  received(payload: Uint8Array, atNs: bigint): Answered | undefined {
    if (this.#waiting.size === 0) return undefined;
    const reply = this.#shape.read(parseMessage(payload));
    const request = reply && this.#waiting.get(String(reply.id));
    if (!reply || !request) return undefined;
    this.#waiting.delete(String(reply.id));
    return { ...settled(request, atNs), outcome: reply.outcome };
  }

  /** Gives up, and tells, what has waited for too long. */
  expire(nowNs: bigint): Settled[] {
    const expired: Settled[] = [];
    for (const [key, request] of this.#waiting) {
      if (elapsedMs(request.sentNs, nowNs) < this.#timeoutMs) break;
      this.#waiting.delete(key);
      expired.push(settled(request, nowNs));
    }
    return expired;
  }

  /** Gives up, and tells, all that waits: as on a connection that is lost. */
  abandon(nowNs: bigint): Settled[] {
    const abandoned = [...this.#waiting.values()].map((request) => settled(request, nowNs));
    this.#waiting.clear();
    return abandoned;
  }
}

function settled({ id, type, sentNs }: Waiting, nowNs: bigint): Settled {
  return { id, type, tookMs: elapsedMs(sentNs, nowNs) };
}
