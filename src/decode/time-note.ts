/** The furthest moments that a Date holds. */
const MAX_MS = 8.64e15;

/** `2013-03-21T20:04:00.000Z`; undefined for a moment that no calendar of ours has. */
export function timeNote(epochMs: number): string | undefined {
  return Math.abs(epochMs) <= MAX_MS ? new Date(epochMs).toISOString() : undefined;
}
