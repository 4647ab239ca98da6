import { describe, expect, it } from "vitest";
import { allCases, SMALL } from "./index.ts";
import { holds, tally, verdictTable } from "./report.ts";
import type { Result, Verdict } from "./run.ts";

const result = (id: string, verdict: Verdict = "OK"): Result => ({
  id,
  title: "a case",
  verdict,
  came: "close 1000",
});

describe("verdicts", () => {
  const direct = [result("1.1.1"), result("1.1.2"), result("12.1.1"), result("L.1")];
  const relayed = [
    result("1.1.1", "FAILED"),
    result("1.1.2", "NON-STRICT"),
    result("12.1.1", "UNIMPLEMENTED"),
  ];

  it("stand in a table", () => {
    const table = verdictTable([
      { server: "listen", results: direct },
      { server: "a relay", results: relayed, differing: relayed.slice(0, 1) },
    ]);
    expect(table).toBe(`\
                                  listen  a relay
1   lengths of messages           2 OK    1 NON-STRICT, 1 FAILED
12  compressed: kinds of content  1 OK    1 UNIMPLEMENTED
L   a limit of the length         1 OK    –
all                               4 OK    1 NON-STRICT, 1 UNIMPLEMENTED, 1 FAILED
otherwise than without the relay  –       1`);
  });

  it("of a server alone have no row for relays", () => {
    expect(verdictTable([{ server: "other", results: direct }])).not.toContain("relay");
  });

  it("hold unless a case failed, or ended otherwise through a relay", () => {
    const judged = { server: "a relay", results: relayed.slice(1) };
    expect(holds(judged)).toBe(true);
    expect(holds({ ...judged, differing: [] })).toBe(true);
    expect(holds({ ...judged, differing: relayed.slice(1, 2) })).toBe(false);
    expect(holds({ server: "listen", results: relayed })).toBe(false);
  });
});

it("each case is in a section of the table", () => {
  const results = allCases(SMALL).map(({ id }) => result(id));
  const rows = verdictTable([{ server: "listen", results }]).split("\n");
  const counts = rows.slice(1).map((row) => Number(/(\d+) OK$/.exec(row)![1]));
  const all = counts.pop();
  expect([all, counts.reduce((sum, count) => sum + count, 0)]).toEqual([
    results.length,
    results.length,
  ]);
  expect(tally(results)).toBe(`${results.length} OK`);
});
