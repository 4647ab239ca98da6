import { CAPTURED_SIDES, type CloseSides } from "../render/close-words.ts";
import type { CloseEvent, Event } from "../transport/events.ts";

const CLOSED_BY_US: CloseSides = { ...CAPTURED_SIDES, local: "the relay" };

/** Who is on either side of the connections of a relay, and whether it was the relay that closed. */
export class RelaySides {
  readonly #closing = new Set<string>();

  /** Follows the events, each before it is shown. */
  take(event: Event): void {
    if (event.type === "state" && event.state === "CLOSING") this.#closing.add(event.conn);
  }

  readonly of = ({ conn, initiator }: CloseEvent): CloseSides => {
    const ours = this.#closing.delete(conn) && initiator === "local";
    return ours ? CLOSED_BY_US : CAPTURED_SIDES;
  };
}
