import { describe, expect, it } from "vitest";
import { DumpStatistics } from "../../src/capture/dump-statistics.ts";
import { dumpSummaryLines } from "../../src/render/dump-summary.ts";
import { createTheme } from "../../src/render/theme.ts";
import { DUMP_LOOKS, expectDumpGolden } from "../helpers/dump-golden.ts";

describe("a capture in numbers", () => {
  it.each(DUMP_LOOKS)("%s", (...given) =>
    expectDumpGolden("summary", given, (look) => {
      const statistics = new DumpStatistics();
      return {
        push: (numbered) => {
          statistics.push(numbered);
          return [];
        },
        end: () => dumpSummaryLines(statistics.summary, look),
      };
    }),
  );

  it("of nothing is a line", () => {
    const { summary } = new DumpStatistics();
    expect(dumpSummaryLines(summary, { theme: createTheme(0) })).toEqual(["connections  none"]);
  });
});
