import { expect, it } from "vitest";
import type { BenchResult } from "../../src/bench/result.ts";
import { failureSection } from "../../src/render/bench-report-failures.ts";
import { createTheme } from "../../src/render/theme.ts";
import { resultOf } from "../helpers/bench-reports.ts";

function lines(given: Partial<BenchResult>, columns = 80): string[] {
  return failureSection(resultOf(given), { theme: createTheme(0), columns });
}

it("says nothing where nothing failed", () => {
  expect(lines({})).toEqual([]);
});

it("counts failures by kind, aligned", () => {
  const refusals = [
    { kind: "refused", code: "unreachable", message: "x refused the connection", count: 1200 },
    { kind: "tls", code: "tls", message: "its certificate has expired", count: 3 },
  ] as const;
  expect(lines({ refusals })).toEqual([
    "",
    "did not open 1,200 × x refused the connection",
    "                 3 × its certificate has expired",
  ]);
});

it("breaks long reasons between words", () => {
  const message = "the peer broke the protocol in a way that takes many words";
  const breaks = [{ kind: "protocol", code: "protocol", message, count: 1 }] as const;
  expect(lines({ breaks }, 50)).toEqual([
    "",
    "broke off    1 × the peer broke the protocol in a",
    "             way that takes many words",
  ]);
});

it("tells what failed on our side", () => {
  const client = { ...resultOf().client, deaths: ["SIGKILL", "exit code 1"] };
  expect(lines({ client, discrepancies: ["1 is not 2"] })).toEqual([
    "",
    "worker died  SIGKILL",
    "worker died  exit code 1",
    "miscounted   1 is not 2",
  ]);
});
