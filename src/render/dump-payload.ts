import { isRow, type NumberedEvent, rowMessage } from "../rows.ts";

/** What becomes of a capture where only the payloads of messages are wanted. */
export interface PayloadWriter {
  /** The payload of the message that the event completes, put together and inflated. */
  push(numbered: NumberedEvent): Uint8Array | undefined;
  /** Messages that were left out, because not all of them is there. */
  readonly incomplete: number;
}

/** Nothing is added and nothing is cut: of a message that is not whole nothing is given. */
export function createPayloadWriter(): PayloadWriter {
  let incomplete = 0;
  return {
    push({ event }) {
      const message = isRow(event) ? rowMessage(event)?.message : undefined;
      if (message?.cut) incomplete += 1;
      return message?.cut ? undefined : message?.data;
    },
    get incomplete() {
      return incomplete;
    },
  };
}
