import type { NumberedEvent } from "../rows.ts";
import type { Event } from "../transport/events.ts";
import { jsonLine } from "./json-line.ts";

/** Pieces of text that are one JSON document together. */
export interface JsonDocument {
  push(numbered: NumberedEvent): string;
  /** What closes the document. */
  end(): string;
}

export interface JsonDocumentOptions {
  /** The object of an event, as NDJSON has it: `eventToJson` of the transport. */
  readonly toJson: (event: Event) => Record<string, unknown>;
}

/**
 * All events as one JSON document, written piece by piece: the array holds what NDJSON has in its
 * lines, a line each, and frames and messages their number in the capture.
 */
export function createJsonDocument({ toJson }: JsonDocumentOptions): JsonDocument {
  let separator = '{"v":"framecat.dump/1","events":[\n';
  return {
    push({ event, number }) {
      const numbers = number > 0 ? { number } : {};
      const line = jsonLine({ ...withoutUnknown(event, toJson(event)), ...numbers });
      const text = separator + line.trimEnd();
      separator = NEXT;
      return text;
    },
    end() {
      return separator === NEXT ? "\n]}\n" : `${separator}]}\n`;
    },
  };
}

const NEXT = ",\n";

/** The document tells its version once, and raw bytes tell no time. */
function withoutUnknown({ at }: Event, all: Record<string, unknown>): Record<string, unknown> {
  const { v: _v, t, ns, ...fields } = all;
  return at.epochUs === 0 ? fields : { t, ns, ...fields };
}
