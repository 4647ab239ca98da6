import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileShape } from "../../src/scenario/message-shape.ts";

const NAMES = ["id", "type"];

describe("a message shape", () => {
  it.each([
    ['{"op":"{{type}}","ref":{{id}}}', '{"op":"a\\"b","ref":7}'],
    ["{{json type}}{{ id }}", '"a\\\\\\"b"7'],
    ["{{id}}{{id}} {{type}}", '77 a\\"b'],
    ["{{{{id}} {{id}} {{type}}", '{{id}} 7 a\\"b'],
    ['{"n":{{id}}}{{type}}', '{"n":7}a\\"b'],
  ])("%s", (text, filled) => {
    expect(compileShape(text, "--rpc", NAMES)({ id: "7", type: 'a\\"b' })).toBe(filled);
  });

  it("puts in what looks like a placeholder or a replacement as it is", () => {
    const fill = compileShape("{{id}} {{type}}", "--rpc", NAMES);
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("$&", "$1", "{{id}}", "{{{{", "$$"), (id, type) => {
        expect(fill({ id, type })).toBe(`${id} ${type}`);
      }),
    );
  });

  it("may do without what is optional", () => {
    expect(compileShape("{{id}}", "--rpc", NAMES, ["type"])({ id: "7", type: "a" })).toBe("7");
  });

  it.each([
    ["{{id}}", "--rpc needs {{type}}"],
    ["{{type}} {{id", "--rpc, character 10: {{id has no end"],
    ["x{{what}}", "--rpc, character 2: {{what}} is no placeholder"],
    ["{{}}", "--rpc, character 1: {{}} is no placeholder"],
    ["{{{{id}}{{{{type}}", "--rpc needs {{id}}"],
  ])("%j is none", (text, message) => {
    expect(() => compileShape(text, "--rpc", NAMES)).toThrow(
      expect.objectContaining({ code: "usage", message }),
    );
  });
});
