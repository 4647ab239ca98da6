import type { RowEvent } from "../rows.ts";
import { type RowFacts, rowNotes } from "./dump-row.ts";
import {
  FIN_COLUMNS,
  LENGTH_COLUMNS,
  MASK_COLUMNS,
  OPCODE_COLUMNS,
  RESERVED_COLUMNS,
  type RowColumns,
} from "./plain-row.ts";
import { type Span, span } from "./span.ts";
import type { Theme } from "./theme.ts";

/** Notes leave so much for the payload. */
const WANTED_PREVIEW = 12;

/** Direction, opcode, length, and of a frame what else its header tells: as `writeFacts`, in color. */
export function factSpans(
  event: RowEvent,
  facts: RowFacts,
  columns: RowColumns,
  theme: Theme,
): Span[] {
  const arrow = event.dir === "out" ? "→" : "←";
  const direction = event.dir === "out" ? theme.out : theme.in;
  return [
    span(`${arrow} ${facts.opcode.padEnd(OPCODE_COLUMNS)} `, direction),
    span(`${`${facts.length} B`.padStart(LENGTH_COLUMNS)} `),
    ...(event.type === "frame" ? headerSpans(facts, columns, theme) : []),
    span(" "),
  ];
}

/** What only the header of a frame tells. */
function headerSpans(facts: RowFacts, columns: RowColumns, { dim }: Theme): Span[] {
  const offset = `@${facts.offset}`;
  columns.masks ||= facts.mask !== "";
  columns.reserved ||= facts.reserved !== "";
  columns.offset = Math.max(columns.offset, offset.length);
  return [
    span(`${facts.fin.padEnd(FIN_COLUMNS)} `, dim),
    ...(columns.reserved ? [span(`${facts.reserved.padEnd(RESERVED_COLUMNS)} `)] : []),
    ...(columns.masks ? [span(`${facts.mask.padEnd(MASK_COLUMNS)} `, dim)] : []),
    span(`${offset.padEnd(columns.offset)} `, dim),
  ];
}

/** What is not as usual, as far as it leaves room for the payload. */
export function noteSpans(event: RowEvent, room: number, { dim }: Theme): Span[] {
  const notes: Span[] = [];
  let left = room;
  for (const note of rowNotes(event)) {
    const text = `${note}  `;
    if (text.length + WANTED_PREVIEW > left) continue;
    notes.push(span(text, dim));
    left -= text.length;
  }
  return notes;
}
