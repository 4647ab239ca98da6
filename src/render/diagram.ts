import { exactLength, lengthSum } from "../protocol/exact-length.ts";
import type { Frame, FrameHeader } from "../protocol/frame.ts";
import { applyMask, formatMaskKey } from "../protocol/mask.ts";
import { describeOpcode } from "../protocol/opcodes.ts";
import { center, truncate } from "../width.ts";
import { formatCount } from "./format.ts";
import { hexDigits, printable } from "./hexdump.ts";
import type { Theme } from "./theme.ts";

/**
 * The bit layout of RFC 6455, section 5.2, filled with the values of one frame.
 *
 * 1. The bits of the frame run through rows of 32. Each bit has two columns: its digit and the
 *    border or space after it, so that the digits stand below the numbers at the top.
 * 2. A field is a run of bits. It may go on in the next row, and then no border is between the two.
 * 3. Each row has the names of the fields that begin in it, the bits, and the values.
 * 4. Borders are found from what lies on both sides of them; a corner is drawn from the borders
 *    that meet in it.
 */
interface Field {
  readonly name: string;
  readonly bits: string;
  /** In words, or for each octet where the field has many. */
  readonly value: string | readonly string[];
}

/** The part of a field that lies in one row. */
interface Cell {
  readonly field: Field;
  /** Bits of the row: from `start` to before `end`. */
  readonly start: number;
  readonly end: number;
  /** Where the part begins in its field, in bits. */
  readonly offset: number;
}

type Row = readonly Cell[];

const ROW_BITS = 32;
/** Columns of a row with its borders. */
export const DIAGRAM_COLUMNS = 2 * ROW_BITS + 1;
/** Payload that is drawn in full rows; more would hide what the diagram is for. */
const PAYLOAD_BYTES = 8;

/** The numbers of the bits, then the frame, then how much payload is not drawn. */
export function frameDiagram(frame: Frame, theme: Theme): string[] {
  const payload = drawnPayload(frame);
  const fields = [...headerFields(frame), ...payloadFields(payload, frame.header)];
  const rows = layOut(fields);
  const left = lengthSum(exactLength(frame), -payload.length);
  const more = left > 0 ? [theme.dim(`… and ${formatCount(left)} B more of payload`)] : [];
  return [
    ...bitNumbers().map((line) => theme.dim(line)),
    ...rows.flatMap((row, i) => [theme.dim(borderLine(rows[i - 1], row)), ...rowLines(row, theme)]),
    theme.dim(borderLine(rows.at(-1), undefined)),
    ...more,
  ];
}

/** The payload's beginning, so that it ends with a row. */
function drawnPayload({ payload, header }: Frame): Uint8Array {
  return payload.subarray(0, PAYLOAD_BYTES + (header.headerLength % 4));
}

function headerFields(frame: Frame): Field[] {
  const bits = bitsOf(frame.headerBytes);
  const { lengthForm, masked, opcode, maskKey } = frame.header;
  let at = 0;
  const take = (name: string, count: number, value = ""): Field => {
    at += count;
    return { name, bits: bits.slice(at - count, at), value };
  };
  const { reserved, name } = describeOpcode(opcode);
  const length = formatCount(exactLength(frame));
  const fields = [take("F", 1), take("R", 1), take("R", 1), take("R", 1)];
  fields.push(take("opcode", 4, reserved ? "rsvd." : name.length > 7 ? "cont." : name));
  const marker = { 7: length, 16: "126: 16 bits", 64: "127: 64 bits" }[lengthForm];
  fields.push(take("M", 1), take("payload len", 7, marker));
  if (lengthForm > 7) fields.push(take("extended payload length", lengthForm, length));
  if (masked) fields.push(take("masking key", 32, formatMaskKey(maskKey)));
  return fields;
}

/** The payload as it was on the wire, and what each octet is once unmasked. */
function payloadFields(payload: Uint8Array, { masked, maskKey, rsv1 }: FrameHeader): Field[] {
  if (payload.length === 0) return [];
  const wire = payload.slice();
  applyMask(wire, maskKey);
  const value = Array.from(payload, (_, i) => {
    const plain = `${hexDigits(payload.subarray(i, i + 1))} ${printable(payload.subarray(i, i + 1))}`;
    return masked ? `${hexDigits(wire.subarray(i, i + 1))} → ${plain}` : plain;
  });
  const name = `payload${masked ? ", masked" : ""}${rsv1 ? ", compressed" : ""}`;
  return [{ name, bits: bitsOf(wire), value }];
}

function bitsOf(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(2).padStart(8, "0")).join("");
}

/** Cuts the fields at the ends of the rows. */
function layOut(fields: readonly Field[]): Row[] {
  const rows: Cell[][] = [[]];
  for (const field of fields) {
    for (let offset = 0; offset < field.bits.length;) {
      if (rows.at(-1)?.at(-1)?.end === ROW_BITS) rows.push([]);
      const row = rows.at(-1) ?? [];
      const start = row.at(-1)?.end ?? 0;
      const end = Math.min(ROW_BITS, start + field.bits.length - offset);
      row.push({ field, start, end, offset });
      offset += end - start;
    }
  }
  return rows;
}

function bitNumbers(): string[] {
  const numbers = Array.from({ length: ROW_BITS }, (_, bit) => bit);
  const tens = numbers.map((bit) => (bit % 10 === 0 ? ` ${bit / 10}` : "  ")).join("");
  return [tens.trimEnd(), numbers.map((bit) => ` ${bit % 10}`).join("")];
}

function rowLines(row: Row, theme: Theme): string[] {
  const border = theme.dim("│");
  const line = (content: (cell: Cell, i: number) => string): string =>
    border + row.map((cell, i) => content(cell, i) + border).join("");
  const names = row.map(nameText);
  const bits = line(({ field, start, end, offset }) =>
    Array.from(field.bits.slice(offset, offset + end - start)).join(" "),
  );
  const values = row.map(valueText);
  return [
    ...(isBlank(names) ? [] : [line((_, i) => theme.dim(names[i] ?? ""))]),
    bits,
    ...(isBlank(values) ? [] : [line((_, i) => theme.bold(values[i] ?? ""))]),
  ];
}

function isBlank(texts: readonly string[]): boolean {
  return texts.every((text) => text.trim() === "");
}

function columnsOf({ start, end }: Cell): number {
  return 2 * (end - start) - 1;
}

/** A part that hangs below its field's beginning needs no name of its own. */
function nameText(cell: Cell): string {
  const { field, start, end, offset } = cell;
  const columns = columnsOf(cell);
  if (offset === 0) return center(truncate(field.name, columns), columns);
  const begin = ROW_BITS - offset;
  const hangs = offset >= ROW_BITS || end > begin || start > begin;
  return center(hangs ? "" : `${field.name.split(",")[0] ?? ""} (cont.)`, columns);
}

function valueText(cell: Cell): string {
  const { field, start, end, offset } = cell;
  const columns = columnsOf(cell);
  if (typeof field.value === "string") return center(offset === 0 ? field.value : "", columns);
  const octets = field.value.slice(offset / 8, (offset + end - start) / 8);
  return octets.map((octet) => center(octet, 15)).join(" ");
}

/** The field that a bit of a row belongs to; none outside of the frame. */
function fieldAt(row: Row | undefined, bit: number): Field | undefined {
  return row?.find(({ start, end }) => start <= bit && bit < end)?.field;
}

/** The line between two rows; the first has none above, the last none below. */
function borderLine(above: Row | undefined, below: Row | undefined): string {
  const parts = (bit: number): boolean => fieldAt(above, bit) !== fieldAt(below, bit);
  const crosses = (row: Row | undefined, bit: number): boolean =>
    fieldAt(row, bit - 1) !== fieldAt(row, bit);
  let line = "";
  for (let bit = 0; bit <= ROW_BITS; bit++) {
    const arms =
      (crosses(above, bit) ? UP : 0) |
      (crosses(below, bit) ? DOWN : 0) |
      (parts(bit - 1) ? LEFT : 0) |
      (parts(bit) ? RIGHT : 0);
    line += (CORNERS[arms] ?? " ") + (parts(bit) ? "─" : " ");
  }
  return line.trimEnd();
}

const [UP, DOWN, LEFT, RIGHT] = [1, 2, 4, 8];
/** By the sum of the arms. */
const CORNERS = " ╵╷│╴┘┐┤╶└┌├─┴┬┼";
