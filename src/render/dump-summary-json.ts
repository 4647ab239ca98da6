import type { ByDirection, DumpSummary } from "../capture/dump-statistics.ts";
import type { HistogramSummary } from "../log-histogram.ts";
import { describeCloseCode } from "../protocol/close-codes.ts";
import { describeOpcode } from "../protocol/opcodes.ts";
import { jsonLine } from "./json-line.ts";
import { formatIso } from "./timestamps.ts";

const MEAN_DIGITS = 3;

/** A capture in numbers as one line of JSON: `src/schema/dump-summary.schema.json`. */
export function dumpSummaryJson(summary: DumpSummary): string {
  const { startUs, durationMs, connections, messages, sizeClasses, deflated, cut } = summary;
  const { opened, refused, begun } = connections;
  return jsonLine({
    v: "framecat.dump-summary/1",
    ...(startUs !== undefined && { start: formatIso(startUs) }),
    durationMs,
    connections: { opened, refused, withoutHandshake: begun },
    frames: summary.opcodes.map(([opcode, passed]) => {
      return { opcode, name: describeOpcode(opcode).name, ...passed };
    }),
    messages,
    sizes: roundedSpreads(summary.sizes, 0),
    sizeClasses,
    deflated,
    roundTripsMs: roundedSpreads(summary.roundTripsMs, 3),
    gapsMs: roundedSpreads(summary.gapsMs, 3),
    closeCodes: summary.closeCodes.map(([code, count]) => {
      return { code, name: describeCloseCode(code).name, count };
    }),
    violations: summary.violations.map(([rule, count]) => ({ rule, count })),
    cut,
  });
}

/** What nothing is known of is left out. */
function roundedSpreads(spreads: ByDirection<HistogramSummary | undefined>, digits: number) {
  return { out: rounded(spreads.out, digits), in: rounded(spreads.in, digits) };
}

/** Sizes are whole, and of milliseconds more than microseconds would tell nothing. */
function rounded(spread: HistogramSummary | undefined, digits: number) {
  if (!spread) return undefined;
  const entries = Object.entries(spread).map(([name, value]) => {
    return [name, Number(value.toFixed(name === "mean" ? MEAN_DIGITS : digits))];
  });
  return Object.fromEntries(entries) as HistogramSummary;
}
