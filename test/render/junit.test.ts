import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeControl } from "../../src/render/escape.ts";
import { type JunitCase, type JunitSuite, junitXml } from "../../src/render/junit.ts";
import { expectGolden } from "../helpers/golden.ts";
import { parseXml } from "../helpers/xml.ts";

function suite(given: Partial<JunitSuite> = {}): JunitSuite {
  const timestamp = "2026-01-01T00:00:00.123Z";
  return { name: "checks", timestamp, seconds: 1.5, cases: [], ...given };
}

const passed: JunitCase = { name: "greets", classname: "chat", seconds: 0.25 };
const failed: JunitCase = {
  ...passed,
  failure: { message: 'expected "a" & got <b>', text: "expected\n  a\ngot\n  <b>" },
};

/** What text is made of that XML has trouble with. */
const UNITS = ["&", "<", ">", '"', "'", "\t", "\n", "\r", "\0", "\x1b", "]]>", "&amp;", "\ud83d"];

describe("JUnit XML", () => {
  it("of a suite with properties, where a case failed", () => {
    const xml = junitXml(suite({ properties: { url: "ws://x/?a&b" }, cases: [passed, failed] }));
    expectGolden("junit/suite.xml", xml);
  });

  it("of a suite without cases", () => {
    const [only, ...rest] = parseXml(junitXml(suite())).children;
    expect(rest).toEqual([]);
    expect(only).toMatchObject({
      name: "testsuite",
      attributes: { name: "checks", tests: "0", failures: "0", time: "1.500" },
      children: [],
    });
  });

  it("counts what failed", () => {
    const xml = junitXml(suite({ cases: [passed, failed, failed] }));
    const [only] = parseXml(xml).children;
    expect(only?.attributes).toMatchObject({ tests: "3", failures: "2" });
    expect(only?.children.map(({ children }) => children.length)).toEqual([0, 1, 1]);
  });

  it("keeps the lines of a text, and makes one of a message", () => {
    const text = "a\tb\r\n\x1b[2Jc\u0000]]>";
    const failure = { message: text, text };
    const xml = junitXml(suite({ cases: [{ ...passed, failure }] }));
    const told = parseXml(xml).children[0]?.children[0]?.children[0];
    expect(told?.attributes.message).toBe("a\\tb\\r\\n\\x1b[2Jc\\x00]]>");
    expect(told?.text).toBe("a\\tb\\r\n\\x1b[2Jc\\x00]]>");
  });

  it("is well-formed and says the same, whatever the text", () => {
    const any = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(...UNITS) }),
    );
    fc.assert(
      fc.property(any, any, (text, other) => {
        const failure = { message: other, text };
        const cases = [{ name: text, classname: other, seconds: 0, failure }];
        const properties = { [text]: other };
        const root = parseXml(junitXml(suite({ name: text, properties, cases })));
        const [shown, shownOther] = [escapeControl(text), escapeControl(other)];
        const [told] = root.children;
        expect(told?.attributes.name).toBe(shown);
        const [property, testcase] = [told?.children[0]?.children[0], told?.children[1]];
        expect(property?.attributes).toEqual({ name: shown, value: shownOther });
        expect(testcase?.attributes).toMatchObject({ name: shown, classname: shownOther });
        expect(testcase?.children[0]?.attributes.message).toBe(shownOther);
        expect(escapeControl(testcase?.children[0]?.text ?? "")).toBe(shown);
      }),
    );
  });
});
