import { elapsedMs } from "../clock.ts";

/** Pings that wait for their pong; older ones are forgotten, so that silence costs no memory. */
const MAX_OPEN = 64;

/** Pairs pongs with the pings they answer, by payload (RFC 6455, section 5.5.3). */
export class RoundTrips {
  /** Absent before the first ping: there may be many connections without any. */
  #open: Map<string, bigint> | undefined;

  pinged(payload: Uint8Array, ns: bigint): void {
    const open = (this.#open ??= new Map());
    open.set(keyOf(payload), ns);
    const [oldest] = open.keys();
    if (open.size > MAX_OPEN && oldest !== undefined) open.delete(oldest);
  }

  /** Milliseconds since the ping with this payload, or undefined for a pong nobody asked for. */
  ponged(payload: Uint8Array, ns: bigint): number | undefined {
    const key = keyOf(payload);
    const sentAt = this.#open?.get(key);
    this.#open?.delete(key);
    return sentAt === undefined ? undefined : elapsedMs(sentAt, ns);
  }
}

function keyOf(payload: Uint8Array): string {
  return Buffer.from(payload).toString("latin1");
}
