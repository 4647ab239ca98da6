import type { Event, FrameEvent, HandshakeEvent } from "../transport/events.ts";

export interface PastLimits {
  readonly maxEvents: number;
  /** Bytes of payload in all. */
  readonly maxBytes: number;
}

const LIMITS: PastLimits = { maxEvents: 20_000, maxBytes: 64 * 1024 * 1024 };
/** What an event costs beside its payload. */
const EVENT_COST = 256;

/** The latest events of a session, as many as fit the limits. */
export class PastEvents {
  readonly #limits: PastLimits;
  #events: (Event | undefined)[] = [];
  #first = 0;
  #bytes = 0;
  #forgotten = 0;
  #handshake: HandshakeEvent | undefined;

  constructor(limits: PastLimits = LIMITS) {
    this.#limits = limits;
  }

  push(event: Event): void {
    if (event.type === "handshake") this.#handshake = event;
    this.#events.push(event);
    this.#bytes += costOf(event);
    while (this.#count > this.#limits.maxEvents || this.#bytes > this.#limits.maxBytes) {
      this.#forget();
    }
  }

  get events(): readonly Event[] {
    return this.#events.slice(this.#first).filter((event) => event !== undefined);
  }

  /** How many events are kept no more. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** The opening handshake of the latest connection, however long ago it was. */
  get handshake(): HandshakeEvent | undefined {
    return this.#handshake;
  }

  /** The latest frames, the oldest of them first. */
  lastFrames(count: number): readonly FrameEvent[] {
    return this.events.filter((event) => event.type === "frame").slice(-count);
  }

  get #count(): number {
    return this.#events.length - this.#first;
  }

  #forget(): void {
    const oldest = this.#events[this.#first];
    if (oldest) this.#bytes -= costOf(oldest);
    this.#events[this.#first] = undefined;
    this.#first += 1;
    this.#forgotten += 1;
    // The array is cut only now and then: to cut it each time would move all that is behind.
    if (this.#first < this.#limits.maxEvents) return;
    this.#events = this.#events.slice(this.#first);
    this.#first = 0;
  }
}

function costOf(event: Event): number {
  switch (event.type) {
    case "frame":
      return EVENT_COST + event.frame.payload.length + (event.message?.data.length ?? 0);
    case "message":
    case "ping":
    case "pong":
      return EVENT_COST + event.data.length;
    default:
      return EVENT_COST;
  }
}
