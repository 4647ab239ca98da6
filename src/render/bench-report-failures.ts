import type { FailureCount } from "../bench/failures.ts";
import type { BenchResult } from "../bench/result.ts";
import { padStart } from "../width.ts";
import { field, type FieldOptions, type Piece, piece, words } from "./fields.ts";
import { formatCount } from "./format.ts";

/** All that failed, by kind. */
export function failureSection(result: BenchResult, options: FieldOptions): string[] {
  const { refusals, breaks, discrepancies, client } = result;
  const { bad } = options.theme;
  const lines = [
    ...failureLines("did not open", refusals, options),
    ...failureLines("broke off", breaks, options),
    ...client.deaths.flatMap((how) => field("worker died", words(how, bad), options)),
    ...discrepancies.flatMap((text) => field("miscounted", words(text, bad), options)),
  ];
  return lines.length === 0 ? [] : ["", ...lines];
}

function failureLines(
  label: string,
  failures: readonly FailureCount[],
  options: FieldOptions,
): string[] {
  const widest = Math.max(0, ...failures.map(({ count }) => formatCount(count).length));
  return failures.flatMap(({ count, message }, i) => {
    const times: Piece = piece(`${padStart(formatCount(count), widest)} ×`, options.theme.bad);
    return field(i === 0 ? label : "", [times, ...words(message, undefined, " ")], options);
  });
}
