import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DEFAULT_TABLE_SIZE,
  type Field,
  fieldSize,
  HpackTables,
} from "../../../src/capture/http2/hpack-tables.ts";

describe("the static table", () => {
  it.each<[number, Field]>([
    [1, [":authority", ""]],
    [2, [":method", "GET"]],
    [8, [":status", "200"]],
    [14, [":status", "500"]],
    [16, ["accept-encoding", "gzip, deflate"]],
    [32, ["cookie", ""]],
    [61, ["www-authenticate", ""]],
  ])("has at %i %j", (index, field) => {
    expect(new HpackTables().at(index)).toEqual(field);
  });

  it.each([-1, 0, 62, 1e9])("has nothing at %i", (index) => {
    expect(new HpackTables().at(index)).toBeUndefined();
  });
});

describe("the dynamic table", () => {
  it("has the newest first", () => {
    const tables = new HpackTables();
    tables.add(["a", "1"]);
    tables.add(["b", "2"]);
    expect([tables.at(62), tables.at(63), tables.at(64)]).toEqual([
      ["b", "2"],
      ["a", "1"],
      undefined,
    ]);
    expect(tables.size).toBe(68);
  });

  it("is emptied by a field larger than itself", () => {
    const tables = new HpackTables();
    tables.add(["a", "1"]);
    tables.add(["b", "x".repeat(DEFAULT_TABLE_SIZE)]);
    expect([tables.at(62), tables.size]).toEqual([undefined, 0]);
  });

  it("evicts the oldest: as a list that is cut to its capacity", () => {
    const value = fc.nat(200).map((length) => "v".repeat(length));
    const step = fc.oneof(value, fc.nat(600));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const tables = new HpackTables();
        let capacity = DEFAULT_TABLE_SIZE;
        let expected: Field[] = [];
        const total = () => expected.reduce((sum, field) => sum + fieldSize(field), 0);
        steps.forEach((taken, at) => {
          if (typeof taken === "number") tables.resize((capacity = taken));
          else {
            tables.add([`n${at}`, taken]);
            expected = [[`n${at}`, taken], ...expected];
          }
          while (total() > capacity) expected.pop();
          expect(expected.map((_, index) => tables.at(62 + index))).toEqual(expected);
          expect(tables.at(62 + expected.length)).toBeUndefined();
          expect(tables.size).toBe(total());
        });
      }),
    );
  });
});
