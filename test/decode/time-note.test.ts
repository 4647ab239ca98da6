import { expect, it } from "vitest";
import { timeNote } from "../../src/decode/time-note.ts";

it.each([
  [0, "1970-01-01T00:00:00.000Z"],
  [-0.5, "1970-01-01T00:00:00.000Z"],
  [8.64e15, "+275760-09-13T00:00:00.000Z"],
  [8.65e15, undefined],
  [Number.NaN, undefined],
  [Number.NEGATIVE_INFINITY, undefined],
])("%s ms is %s", (ms, note) => expect(timeNote(ms)).toBe(note));
