import type { Check } from "../scenario/checks.ts";
import type { ConnectResult } from "../scenario/smoke-result.ts";
import { displayWidth, padEnd, wrapWords } from "../width.ts";
import { escapeControl } from "./escape.ts";
import type { FieldOptions } from "./fields.ts";
import { formatDuration, formatLatency, formatPlural } from "./format.ts";

/** Columns of `FAIL  `. */
const INDENT = 6;
/** A longer name does not push the others' times to the right. */
const MAX_NAME_COLUMNS = 48;

interface Row {
  readonly passed: boolean;
  readonly name: string;
  /** What it took, or what came instead. */
  readonly detail: string;
}

/** The result of a smoke test: a line for the connection, one for each check, and the sum. */
export function smokeReportLines(result: ConnectResult, options: FieldOptions): string[] {
  const rows = [connectionRow(result), ...result.checks.map(checkRow), ...failureRows(result)];
  const widths = rows.map(({ name }) => displayWidth(name)).filter((w) => w <= MAX_NAME_COLUMNS);
  const nameColumns = Math.max(0, ...widths);
  return [...rows.flatMap((row) => rowLines(row, nameColumns, options)), sumLine(result, options)];
}

function connectionRow({ url, handshake, statistics, failure }: ConnectResult): Row {
  const { opened, meanConnectMs = 0 } = statistics;
  const passed = opened > 0;
  if (!passed) return { passed, name: url, detail: failure?.message ?? "it did not open" };
  const agreed =
    handshake?.subprotocol === undefined ? "" : `, subprotocol ${handshake.subprotocol}`;
  return { passed, name: url, detail: `${formatLatency(meanConnectMs)}${agreed}` };
}

function checkRow({ name, outcome, latencyMs, got = "" }: Check): Row {
  const passed = outcome === "passed";
  const took = latencyMs === undefined ? "" : formatLatency(latencyMs);
  return { passed, name: `expected ${name}`, detail: passed ? took : got };
}

/** What ended the run, where neither the connection's line nor a check tells it. */
function failureRows(result: ConnectResult): Row[] {
  const { failure, statistics } = result;
  if (!failure || isToldByChecks(result) || statistics.opened === 0) return [];
  return [{ passed: false, name: failure.message, detail: "" }];
}

/** True where what failed is what a check says of itself. */
export function isToldByChecks({ failure, checks }: ConnectResult): boolean {
  return failure?.code === "expectation" && checks.some(({ outcome }) => outcome !== "passed");
}

/** On one line where it fits, else what came on lines of its own. */
function rowLines(row: Row, nameColumns: number, { theme, columns }: FieldOptions): string[] {
  const mark = row.passed ? theme.good("ok    ") : theme.bad("FAIL  ");
  const style = row.passed ? theme.dim : theme.bold;
  const [name, detail] = [escapeControl(row.name), escapeControl(row.detail)];
  const left = padEnd(name, nameColumns);
  if (detail !== "" && INDENT + displayWidth(left) + 2 + displayWidth(detail) <= columns) {
    return [`${mark}${left}  ${style(detail)}`];
  }
  const [first = "", ...rest] = wrapWords(name, columns - INDENT);
  const below = detail === "" ? [] : wrapWords(detail, columns - INDENT).map((text) => style(text));
  return [`${mark}${first}`, ...[...rest, ...below].map((line) => " ".repeat(INDENT) + line)];
}

function sumLine({ outcome, checks, durationMs }: ConnectResult, { theme }: FieldOptions): string {
  const met = checks.filter((check) => check.outcome === "passed").length;
  const counted =
    checks.length === 0 ? "" : `, ${met} of ${formatPlural(checks.length, "check")} met`;
  const word = outcome === "passed" ? theme.good("passed") : theme.bad("failed");
  return `${word} in ${formatDuration(durationMs)}${counted}`;
}
