import { expect, it } from "vitest";
import { sequenceFindingLine, sequenceSummaryLine } from "../../src/render/sequence-lines.ts";
import { createTheme } from "../../src/render/theme.ts";
import type { SequenceCounts, SequenceFinding } from "../../src/scenario/sequence.ts";

const PLAIN = createTheme(0);
const NONE: SequenceCounts = {
  received: 0,
  unnumbered: 0,
  missing: 0,
  duplicated: 0,
  reordered: 0,
  ends: 0,
};

it.each<[SequenceFinding, string]>([
  [{ kind: "gap", from: 5, to: 5 }, "! gap: 5 missing (1 message)"],
  [{ kind: "gap", from: 5, to: 1204 }, "! gap: 5 to 1204 missing (1,200 messages)"],
  [{ kind: "reordered", number: 7 }, "! out of order: 7 came late"],
  [{ kind: "duplicate", number: 7 }, "! duplicate: 7 has come before"],
  [{ kind: "end" }, "· end of the stream"],
])("a finding in a line: %j", (finding, line) => {
  expect(sequenceFindingLine(finding, PLAIN)).toBe(line);
});

it.each<[Partial<SequenceCounts>, string]>([
  [{}, "sequence: 0 received"],
  [{ unnumbered: 3 }, "sequence: 0 received · 3 without a number"],
  [
    { received: 1000, lowest: 1, highest: 1000, ends: 1 },
    "sequence: 1,000 received from 1 to 1000 · none missing · ended by its mark",
  ],
  [
    { received: 9, lowest: 0, highest: 12, missing: 4, duplicated: 1, reordered: 2, ends: 2 },
    "sequence: 9 received from 0 to 12 · 4 missing · 1 duplicate · 2 out of order · 2 ends",
  ],
])("a stream in a line: %j", (counts, line) => {
  expect(sequenceSummaryLine({ ...NONE, ...counts }, PLAIN)).toBe(line);
});

it("is red where something is missing", () => {
  const line = sequenceFindingLine({ kind: "gap", from: 1, to: 2 }, createTheme(1));
  expect(line).toBe("\x1b[31m! gap: 1 to 2 missing (2 messages)\x1b[39m");
});
