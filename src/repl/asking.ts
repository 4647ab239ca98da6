import { type Clock, elapsedMs } from "../clock.ts";
import type { Answered, Requests, Settled } from "../scenario/requests.ts";
import { encodeRequest, type RequestShape } from "../scenario/request.ts";
import { type Deferred, deferred } from "../transport/deferred.ts";
import type { Event } from "../transport/events.ts";

/** How a request ended: with its response, or without one. */
export type Outcome =
  | { readonly kind: "answered"; readonly answer: Answered }
  | { readonly kind: "late" | "lost"; readonly request: Settled };

/** Requests of a session, each with who waits for its response. */
export class Asking {
  readonly #shape: RequestShape;
  readonly #requests: Requests;
  readonly #clock: Clock;
  readonly #open = new Map<number, Deferred<Outcome>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(shape: RequestShape, requests: Requests, clock: Clock) {
    this.#shape = shape;
    this.#requests = requests;
    this.#clock = clock;
  }

  /**
   * Sends a request; resolves when its response has come, or will not.
   * @param params JSON, if any
   * @throws FramecatError (usage) where that is no JSON, and what `send` throws
   */
  async ask(
    type: string,
    params: string | undefined,
    send: (text: string) => Promise<void>,
  ): Promise<Outcome> {
    const id = this.#requests.nextId();
    const text = encodeRequest(this.#shape, { id, type, params });
    const outcome = deferred<Outcome>();
    this.#open.set(id, outcome);
    // The time runs from now, also while the message waits for a connection.
    this.#requests.sent(id, type, this.#clock.now().ns);
    this.#arm();
    try {
      await send(text);
    } catch (thrown) {
      this.#open.delete(id);
      throw thrown;
    }
    return outcome.promise;
  }

  take(event: Event): void {
    if (event.type === "message" && event.dir === "in") {
      const answer = this.#requests.received(event.data, event.at.ns);
      if (answer) this.#settle(answer.id, { kind: "answered", answer });
    }
    // Whoever asks on a connection gets no response on another.
    if (event.type === "close") {
      for (const request of this.#requests.abandon(event.at.ns)) {
        this.#settle(request.id, { kind: "lost", request });
      }
    }
  }

  #settle(id: number, outcome: Outcome): void {
    this.#open.get(id)?.resolve(outcome);
    this.#open.delete(id);
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const { deadlineNs } = this.#requests;
    if (deadlineNs === undefined) return;
    const waitMs = elapsedMs(this.#clock.now().ns, deadlineNs);
    this.#timer = setTimeout(() => this.#expire(), Math.max(0, Math.ceil(waitMs)));
  }

  #expire(): void {
    for (const request of this.#requests.expire(this.#clock.now().ns)) {
      this.#settle(request.id, { kind: "late", request });
    }
    this.#arm();
  }
}
