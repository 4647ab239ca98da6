import type { SequenceCounts, SequenceFinding } from "../scenario/sequence.ts";
import { formatCount, formatPlural } from "./format.ts";
import type { Theme } from "./theme.ts";

/** What a message tells of its stream: a line below it. */
export function sequenceFindingLine(finding: SequenceFinding, theme: Theme): string {
  switch (finding.kind) {
    case "gap": {
      const { from, to } = finding;
      const range = from === to ? String(from) : `${from} to ${to}`;
      return theme.bad(`! gap: ${range} missing (${formatPlural(to - from + 1, "message")})`);
    }
    case "reordered":
      return theme.warn(`! out of order: ${finding.number} came late`);
    case "duplicate":
      return theme.warn(`! duplicate: ${finding.number} has come before`);
    case "end":
      return theme.dim("· end of the stream");
    default:
      return finding satisfies never;
  }
}

/** A stream in one line. */
export function sequenceSummaryLine(counts: SequenceCounts, theme: Theme): string {
  const { received, unnumbered, missing, duplicated, reordered, lowest, highest, ends } = counts;
  const range = lowest === undefined ? "" : ` from ${lowest} to ${highest ?? lowest}`;
  const flaws = [
    ...(missing > 0 ? [theme.bad(`${formatCount(missing)} missing`)] : []),
    ...(duplicated > 0 ? [theme.warn(formatPlural(duplicated, "duplicate"))] : []),
    ...(reordered > 0 ? [theme.warn(`${formatCount(reordered)} out of order`)] : []),
  ];
  const whole = received > 0 && flaws.length === 0 ? [theme.good("none missing")] : flaws;
  const end = ends === 0 ? [] : [ends === 1 ? "ended by its mark" : `${formatCount(ends)} ends`];
  const others = unnumbered > 0 ? [`${formatCount(unnumbered)} without a number`] : [];
  return [`sequence: ${formatCount(received)} received${range}`, ...whole, ...others, ...end].join(
    " · ",
  );
}
