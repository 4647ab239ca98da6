import { describe, expect, it } from "vitest";
import { compileJsonPath, endOfPath } from "../../src/scenario/json-path.ts";

const VALUE = {
  id: 7,
  none: null,
  a: { b: [{ c: "deep" }, { c: "second" }] },
  "odd name": { "a=b": true },
  list: [1, 2, 3],
};

describe("compileJsonPath", () => {
  it.each([
    ["$", VALUE],
    ["$.id", 7],
    ["$.none", null],
    ['$.a.b[0]["c"]', "deep"],
    ["$.a.b[-1].c", "second"],
    ["$['odd name']['a=b']", true],
    ["$.a.b[*].c", "deep"],
    ["$..c", "deep"],
    ["$.a.b[?@.c == 'second'].c", "second"],
    ["$.list[1:]", 2],
    ["$.gone", undefined],
    ["$.list[3]", undefined],
    ["$.list['0']", undefined],
    ["$.list.length", undefined],
    ["$.__proto__", undefined],
    ["$.constructor.name", undefined],
    ["$.id.x.y", undefined],
  ])("%s", async (expression, found) => {
    const path = await compileJsonPath(expression, "--match");
    expect(path(VALUE)).toEqual(found);
  });

  it.each([undefined, null, 5, "text", true, []])("finds nothing in %j", async (value) => {
    const path = await compileJsonPath("$.id", "--match");
    expect(path(value)).toBeUndefined();
  });

  it("searches deep, yet not without end", async () => {
    const path = await compileJsonPath("$..id", "--match");
    const nest = (depth: number) =>
      JSON.parse(`${'{"a":'.repeat(depth)}{"id":1}${"}".repeat(depth)}`) as unknown;
    expect(path(nest(900))).toBe(1);
    expect(path(nest(100_000))).toBeUndefined();
  });

  it.each([
    ["", ""],
    ["id", ": expected '$'"],
    ["$.", ""],
    ["$[", ": unclosed bracketed selection"],
    ["$.a b", ": expected '.', '..' or a bracketed selection, found 'b'"],
    ["$[?foo(@)]", ": no such function 'foo'"],
  ])("%j is none", async (expression, reason) => {
    const told = `--match: ${JSON.stringify(expression)} is no JSONPath${reason}`;
    await expect(compileJsonPath(expression, "--match")).rejects.toMatchObject({
      code: "usage",
      message: reason === "" ? told : expect.stringContaining(told),
    });
  });
});

describe("endOfPath", () => {
  it.each([
    ["$.id", "$.id"],
    ["$.id=$.x", "$.id"],
    ["$.id!=5", "$.id"],
    ["$[?@.a==1].b=2", "$[?@.a==1].b"],
    [`$["a=b"]=c`, `$["a=b"]`],
    [`$["a\\"]="]=c`, `$["a\\"]="]`],
    ["$.a<1", "$.a"],
    ["=", ""],
  ])("of %j is %j", (text, path) => expect(text.slice(0, endOfPath(text, "=!<>"))).toBe(path));
});
