import type { HttpHead } from "../protocol/http-head.ts";

/** What a field takes beside its text. */
const FIELD_COST = 96;

/** Memory that a head takes, about, in bytes: many empty fields take much. */
export function headCost({ startLine, headers }: HttpHead): number {
  return headers.reduce(
    (sum, [name, value]) => sum + FIELD_COST + name.length + value.length,
    startLine.length,
  );
}
