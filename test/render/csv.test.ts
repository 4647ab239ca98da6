import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvText } from "../../src/render/csv.ts";

describe("csvText", () => {
  it.each([
    [["a", "b"], "a,b\n"],
    [["a,b", 'say "a"', "x\ny", "x\ry", " "], '"a,b","say ""a""","x\ny","x\ry", \n'],
    [[0, -1.5, true, false], "0,-1.5,true,false\n"],
    [[undefined, "", 1], ",,1\n"],
  ])("writes %j", (cells, line) => {
    expect(csvText([cells])).toBe(line);
  });

  it("writes nothing where there is no row", () => {
    expect(csvText([])).toBe("");
  });

  it("is read back as it was, whatever stands in the cells", () => {
    // Two cells at least: a row of one empty cell is an empty line.
    const columns = fc.integer({ min: 2, max: 5 });
    const cell = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom('"', ",", "\n", "\r\n"));
    const table = columns.chain((n) =>
      fc.array(fc.array(cell, { minLength: n, maxLength: n }), { minLength: 1 }),
    );
    fc.assert(
      fc.property(table, (rows) => {
        expect(parse(csvText(rows), { record_delimiter: "\n" })).toEqual(rows);
      }),
    );
  });
});
