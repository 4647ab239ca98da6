import { RowNumbers } from "../../src/capture/row-numbers.ts";
import type { NumberedEvent } from "../../src/rows.ts";
import type { Event } from "../../src/transport/events.ts";

/** The events with their numbers, as a dump lists them. */
export function numbered(events: readonly Event[]): NumberedEvent[] {
  const numbers = new RowNumbers();
  const all: NumberedEvent[] = [];
  for (const event of events) numbers.push(event, (one) => all.push(one));
  return [...all, ...numbers.end()];
}
