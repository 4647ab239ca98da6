import type { AssertionResult, BenchResult } from "../bench/result.ts";
import { displayWidth, padEnd } from "../width.ts";
import { latency, rate } from "./bench-report-words.ts";
import { escapeControl } from "./escape.ts";
import { field, type FieldOptions, piece, words } from "./fields.ts";
import { formatBytes, formatCount } from "./format.ts";

/** What was asked of the run, whether it held, and by how much it did not. */
export function assertionSection({ assertions }: BenchResult, options: FieldOptions): string[] {
  if (assertions.length === 0) return [];
  const texts = assertions.map(({ expression }) => escapeControl(expression));
  const widest = Math.max(...texts.map(displayWidth));
  const lines = assertions.flatMap((one, i) => {
    const expression = piece(padEnd(texts[i] ?? "", widest));
    return field(i === 0 ? "asserted" : "", [expression, ...outcome(one, options)], options);
  });
  return ["", ...lines];
}

function outcome(assertion: AssertionResult, { theme }: FieldOptions) {
  const { passed, actual } = assertion;
  const word = passed ? piece("held:", theme.good, "  ") : piece("failed:", theme.bad, "  ");
  const text = actual === undefined ? "nothing was measured" : measured(assertion, actual);
  return [word, ...words(text, passed ? undefined : theme.bad, " ")];
}

function measured(assertion: AssertionResult, actual: number): string {
  const { passed, unit } = assertion;
  const beyond = passed ? "" : difference(assertion, actual);
  return `${UNITS[unit](actual)}${beyond === "" ? "" : `, ${beyond}`}`;
}

/** `22 % over`, `1 under`; empty where there is no difference to tell. */
function difference({ bound, unit }: AssertionResult, actual: number): string {
  const by = Math.abs(actual - bound);
  const side = actual > bound ? "over" : "under";
  if (by === 0) return "just the bound";
  if (unit === "count") return `${formatCount(by)} ${side}`;
  if (bound === 0) return "";
  const ratio = by / Math.abs(bound);
  if (ratio >= 9) return `${formatCount(actual / bound)} times the bound`;
  return `${ratio < 0.01 ? "less than 1" : Math.round(ratio * 100)} % ${side}`;
}

const UNITS: Readonly<Record<AssertionResult["unit"], (value: number) => string>> = {
  ms: latency,
  percent: (value) => `${Number(value.toPrecision(3))} %`,
  "per-second": (value) => `${rate(value)}/s`,
  count: formatCount,
  bytes: formatBytes,
};
