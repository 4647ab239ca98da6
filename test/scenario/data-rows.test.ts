import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRows, type Rows } from "../../src/scenario/data-rows.ts";

function allOf(rows: Rows): readonly (readonly string[])[] {
  return Array.from({ length: rows.count }, (_, i) => rows.at(i));
}

describe("parseRows", () => {
  it.each<[string, string, readonly string[], readonly (readonly string[])[]]>([
    [
      "plain",
      "id,token\n1,a\n2,b\n",
      ["id", "token"],
      [
        ["1", "a"],
        ["2", "b"],
      ],
    ],
    ["no last newline", "id\n1", ["id"], [["1"]]],
    ["CRLF and BOM", "\ufeffid,token\r\n1,a\r\n", ["id", "token"], [["1", "a"]]],
    [
      "mixed line endings",
      "a,b\r\n1,2\n3,4\r\n",
      ["a", "b"],
      [
        ["1", "2"],
        ["3", "4"],
      ],
    ],
    ["quotes", 'id,text\n1,"a ""b"", c\nd"\n', ["id", "text"], [["1", 'a "b", c\nd']]],
    ["quoted header", '"first name",b\nx,y\n', ["first name", "b"], [["x", "y"]]],
    ["blanks kept in values, not in names", " a , b\n x , y\n", ["a", "b"], [[" x ", " y"]]],
    ["empty values", "a,b\n,\n", ["a", "b"], [["", ""]]],
    ["empty lines", "\na,b\n\n1,2\n\n", ["a", "b"], [["1", "2"]]],
  ])("reads CSV: %s", async (_, text, columns, values) => {
    const rows = await parseRows(text, "users.csv");
    expect(rows.columns).toEqual(columns);
    expect(allOf(rows)).toEqual(values);
  });

  it("reads NDJSON: strings as they are, all else as JSON", async () => {
    const text =
      '\ufeff{"s":"a\\"b","n":1.5,"t":true,"z":null,"o":{"x":[1,"y"]},"__proto__":"p"}\r\n\r\n' +
      '{"n":2,"s":"","t":false,"z":null,"o":[],"__proto__":"q"}\n';
    const rows = await parseRows(text, "data");
    expect(rows.columns).toEqual(["s", "n", "t", "z", "o", "__proto__"]);
    expect(allOf(rows)).toEqual([
      ['a"b', "1.5", "true", "null", '{"x":[1,"y"]}', "p"],
      ["", "2", "false", "null", "[]", "q"],
    ]);
  });

  it.each([
    ["x.ndjson", '  {"a":1}', ["a"]],
    ["x.JSONL", '{"a":1}', ["a"]],
    ["stdin", '\n {"a":1}', ["a"]],
    ["x.json", '{"a":1}', ["a"]],
    ["x.csv", "{a},b\n1,2", ["{a}", "b"]],
    ["stdin", "a,b\n1,2", ["a", "b"]],
    ["x.tsv", "a\tb,c\n1\t2", ["a", "b,c"]],
  ])("knows the format of %s beginning with %j", async (name, text, columns) => {
    expect((await parseRows(text, name)).columns).toEqual(columns);
  });

  it("begins anew after the last row", async () => {
    const rows = await parseRows("a\n1\n2\n3\n", "x.csv");
    expect([0, 2, 3, 7, 3_000_000_001].map((i) => rows.at(i)[0])).toEqual([
      "1",
      "3",
      "1",
      "2",
      "2",
    ]);
  });

  it.each([
    ["x.csv", "", "x.csv is empty"],
    ["x.csv", "\ufeff \r\n", "x.csv is empty"],
    ["x.csv", "a,b\n", "x.csv has a header and no rows"],
    ["x.csv", "a,\n1,2\n", "x.csv has a column without a name"],
    ["x.csv", "a,b,a\n1,2,3\n", 'x.csv has the column "a" twice'],
    ["x.csv", "a,b\n1,2\n3\n", "x.csv, line 3: Invalid Record Length: expect 2, got 1"],
    ["x.csv", 'a,b\n1,"2" \n', "x.csv, line 2: Invalid Closing Quote"],
    ["x.csv", 'a,b\n1,2"3"\n', "x.csv, line 2: Invalid Opening Quote"],
    ["x.csv", 'a,b\n1,"2\n', "x.csv, line 2: Quote Not Closed"],
    ["x.ndjson", "{}\n", "x.ndjson has no columns"],
    ["x.ndjson", '{"a":1}\n\n{"a":\n', "x.ndjson, line 3: "],
    ["x.ndjson", '{"a":1}\n[1]\n', "x.ndjson, line 2: not a JSON object"],
    ["x.ndjson", "null\n", "x.ndjson, line 1: not a JSON object"],
    ["x.ndjson", '{"a":1}\n{"b":1}\n', 'x.ndjson, line 2: "b" is new'],
    ["x.ndjson", '{"a":1,"b":1}\n{"b":1}\n', 'x.ndjson, line 2: "a" is missing'],
    ["x.json", '{\n "a": 1\n}\n', "x.json, line 1: "],
  ])("refuses %s: %j", async (name, text, message) => {
    await expect(parseRows(text, name)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(message),
    });
  });

  it("reads any table that was written as CSV or as NDJSON", async () => {
    const anyTable = fc.array(fc.tuple(fc.string(), fc.string({ unit: "binary" })), {
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(anyTable, async (table) => {
        const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const csv = [["a", "b"], ...table].map((row) => row.map(cell).join(",")).join("\r\n");
        expect(allOf(await parseRows(csv, "x.csv"))).toEqual(table);
        const ndjson = table.map(([a, b]) => JSON.stringify({ a, b })).join("\n");
        expect(allOf(await parseRows(ndjson, "x.ndjson"))).toEqual(table);
      }),
    );
  });
});
