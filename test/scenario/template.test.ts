import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileTemplate, type TemplateContext } from "../../src/scenario/template.ts";
import { seededRandom } from "../helpers/seeded-random.ts";

const CONTEXT: TemplateContext = {
  seq: 12,
  socket: 3,
  row: ['a "b"\n', "7", ""],
  random: () => 0.5,
  nowMs: () => 1_700_000_000_123.25,
};
const COLUMNS = ["name", "user id", "empty"];

function fill(text: string, context: Partial<TemplateContext> = {}): string {
  const { fill: filled } = compileTemplate(text, "--payload", COLUMNS);
  return filled({ ...CONTEXT, ...context });
}

describe("compileTemplate", () => {
  it.each([
    ["", ""],
    ["hello", "hello"],
    ["{{seq}}", "12"],
    ["a{{seq}}b{{socket}}c", "a12b3c"],
    ["{{ seq }}{{socket}}", "123"],
    ["{{uuid}}", "80000000-8000-4000-8000-000080000000"],
    ["{{now}}", "2023-11-14T22:13:20.123Z"],
    ["{{now ms}}", "1700000000123"],
    ["{{now  ns}}", "1700000000123250000"],
    ["{{random 1 6}}", "4"],
    ["{{random -3 -3}}", "-3"],
    ["{{row.name}}|{{csv.user id}}|{{row.empty}}|", 'a "b"\n|7||'],
    ["{{json row.name}}", '"a \\"b\\"\\n"'],
    ["{{json seq}} {{ json  random 1 6 }}", '"12" "4"'],
    ['{"n":{{seq}}}', '{"n":12}'],
    ['{"a":{"b":{"n":{{seq}}}}}', '{"a":{"b":{"n":12}}}'],
    ["{{{{seq}}", "{{seq}}"],
    ["{{{{{{seq}}", "{{12"],
    ["{{{seq}}}", "{12}"],
    ["{ } {} }} }{", "{ } {} }} }{"],
    ["line 1\n{{seq}}\r\n", "line 1\n12\r\n"],
    ["ä{{seq}}🙂", "ä12🙂"],
    ["$& $1 {{seq}} \\{{seq}}", "$& $1 12 \\12"],
  ])("%j fills to %j", (text, filled) => expect(fill(text)).toBe(filled));

  it("tells the time of each message", () => {
    const times = [0.5, 0.9, 1, 1, 0, 86_400_000];
    expect(times.map((ms) => fill("{{now}}", { nowMs: () => ms }))).toEqual([
      "1970-01-01T00:00:00.000Z",
      "1970-01-01T00:00:00.000Z",
      "1970-01-01T00:00:00.001Z",
      "1970-01-01T00:00:00.001Z",
      "1970-01-01T00:00:00.000Z",
      "1970-01-02T00:00:00.000Z",
    ]);
  });

  it("pads the nanoseconds", () => {
    expect(fill("{{now ns}}", { nowMs: () => 1_700_000_000_123 })).toBe("1700000000123000000");
    expect(fill("{{now ns}}", { nowMs: () => 5 + 2 ** -12 })).toBe("5000244");
  });

  it("inserts a value as it is, whatever it holds", () => {
    expect(fill("<{{row.name}}>", { row: ["{{seq}} $& {{{{"] })).toBe("<{{seq}} $& {{{{>");
  });

  it("makes any value safe for JSON", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const filled = fill('{"v":{{json row.name}}}', { row: [value] });
        expect(JSON.parse(filled)).toEqual({ v: value });
      }),
    );
  });

  it("leaves text without double braces alone", () => {
    const anyText = fc.string().filter((text) => !text.includes("{{"));
    fc.assert(
      fc.property(anyText, (text) => {
        expect(compileTemplate(text, "--payload").isConstant).toBe(true);
        expect(fill(text)).toBe(text);
      }),
    );
  });

  it("gives back any text whose double braces are escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("{", "}", "a") }), (text) => {
        const escaped = text.replaceAll("{{", "{{{{");
        // Where three braces come together, the escape's own rule decides which are meant.
        fc.pre(!text.includes("{{{"));
        expect(fill(escaped)).toBe(text);
      }),
    );
  });

  it("draws every number of a range alike", () => {
    const random = seededRandom(6);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const drawn = fill("{{random 1 6}}", { random });
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted((a, b) => Number(a) - Number(b)).join("")).toBe("123456");
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it.each<[string, readonly string[], boolean]>([
    ["hello {{{{", [], true],
    ["{{seq}}{{seq}}", ["seq"], false],
    ["{{socket}}", ["socket"], false],
    ["{{uuid}}{{random 1 2}}", ["random"], false],
    ["{{now}} {{now ms}} {{now ns}}", ["nowMs"], false],
    ["{{json row.name}}{{seq}}", ["row", "seq"], false],
  ])("tells what %j uses", (text, uses, isConstant) => {
    const template = compileTemplate(text, "--payload", COLUMNS);
    expect([...template.uses]).toEqual(uses);
    expect(template.isConstant).toBe(isConstant);
  });

  it.each([
    ["{{foo}}", "--payload, line 1, column 1: {{foo}} is no placeholder"],
    ["ab\ncd {{ x }}", "--payload, line 2, column 4: {{ x }} is no placeholder"],
    ["{{}}", "column 1: {{}} is no placeholder"],
    ["{{seq 1}}", "{{seq 1}} is no placeholder"],
    ["{{now s}}", "{{now s}} is no placeholder"],
    ["{{json}}", "{{json}} is no placeholder"],
    ["{{json foo}}", "{{json foo}} is no placeholder"],
    ["{{row.}}", "{{row.}} is no placeholder"],
    ["{{constructor}}", "{{constructor}} is no placeholder"],
    ["a {{seq", "column 3: {{seq has no end"],
    ["{{seq}", "column 1: {{seq has no end"],
    ["{{seq {{socket}}", "column 1: {{seq  has no end"],
    ["{{random}}", "{{random}} needs two whole numbers, the smaller one first"],
    ["{{random 1}}", "{{random 1}} needs two whole numbers"],
    ["{{random 6 1}}", "{{random 6 1}} needs two whole numbers"],
    ["{{random 1 1.5}}", "{{random 1 1.5}} needs two whole numbers"],
    ["{{random 1 2 3}}", "{{random 1 2 3}} needs two whole numbers"],
    ["{{random 0 9007199254740992}}", "has numbers beyond 2^53"],
    ["{{row.Name}}", "{{row.Name}} is no column of the data file, which has name, user id, empty"],
  ])("refuses %j", (text, message) => {
    expect(() => fill(text)).toThrow(
      expect.objectContaining({
        code: "usage",
        message: expect.stringContaining(message),
        hint: expect.stringMatching(/^Placeholders are \{\{seq\}\}/),
      }),
    );
  });

  it("refuses a column where there is no data file", () => {
    expect(() => compileTemplate("{{csv.token}}", "--header")).toThrow(
      "--header, line 1, column 1: {{csv.token}} needs a data file",
    );
  });
});
