import { Gather } from "../protocol/gather.ts";
import type { MessageEvent } from "./events.ts";

/** Of a message sent in fragments no more than this is held in order to tell it as a whole. */
const KEEP = 16 * 1024 * 1024;

type Sent = Pick<MessageEvent, "kind" | "data" | "omitted">;

/** Joins the fragments that are sent into messages, so that each is told once. */
export class OutgoingMessage {
  readonly #fragments = new Gather();
  #kind: MessageEvent["kind"] | undefined;
  #length = 0;

  /** True while further fragments are to come. */
  get isOpen(): boolean {
    return this.#kind !== undefined;
  }

  /** Takes the next fragment; gives the message that it completes. */
  push(bytes: Uint8Array, kind: MessageEvent["kind"], fin: boolean): Sent | undefined {
    if (fin && this.#kind === undefined) return { kind, data: bytes };
    this.#kind ??= kind;
    this.#length += bytes.length;
    this.#fragments.append(bytes.subarray(0, KEEP - this.#fragments.length));
    return fin ? this.#finish(this.#kind) : undefined;
  }

  #finish(kind: MessageEvent["kind"]): Sent {
    const data = this.#fragments.take();
    const omitted = this.#length - data.length;
    this.#length = 0;
    this.#kind = undefined;
    return { kind, data, ...(omitted > 0 && { omitted }) };
  }
}
