import type { BenchView } from "../bench/view.ts";
import { assertionSection } from "./bench-report-assertions.ts";
import { costSection } from "./bench-report-cost.ts";
import { countSection } from "./bench-report-counts.ts";
import { failureSection } from "./bench-report-failures.ts";
import { headSection } from "./bench-report-head.ts";
import { latencySection } from "./bench-report-latency.ts";
import { plotSection } from "./bench-report-plots.ts";
import { verdictSection } from "./bench-report-verdict.ts";
import type { FieldOptions } from "./fields.ts";

export interface ReportOptions extends FieldOptions {
  /** Default: true. */
  readonly plots?: boolean;
}

/** A finished run in words, tables and drawings; what decides stands in the first and last lines. */
export function benchReport(view: BenchView, options: ReportOptions): string[] {
  const { result } = view;
  return [
    ...headSection(result, options),
    "",
    ...countSection(result, options),
    ...costSection(result, options),
    ...latencySection(result, options),
    ...(options.plots === false ? [] : plotSection(view, options)),
    ...failureSection(result, options),
    ...assertionSection(result, options),
    ...verdictSection(result, options),
  ];
}
