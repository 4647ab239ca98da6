import { describe, expect, it } from "vitest";
import { connectJunit } from "../../src/render/connect-junit.ts";
import type { ConnectResult } from "../../src/scenario/smoke-result.ts";
import { expectGolden } from "../helpers/golden.ts";
import { MISSED, PASSED, PLAIN, REFUSED, TIMED_OUT } from "../helpers/smoke-runs.ts";
import { parseXml } from "../helpers/xml.ts";

/** The cases by name, each with the message of its failure. */
function casesOf(result: ConnectResult): Record<string, string> {
  const [suite] = parseXml(connectJunit(result)).children;
  const cases = suite!.children.filter(({ name }) => name === "testcase");
  return Object.fromEntries(
    cases.map(({ attributes, children }) => [
      attributes.name!,
      children[0]?.attributes.message ?? "passed",
    ]),
  );
}

describe("a smoke test as JUnit XML", () => {
  it("where all went well", () => expectGolden("junit/connect.xml", connectJunit(PASSED)));

  it("where much went wrong", () => {
    expectGolden("junit/connect-missed.xml", connectJunit(MISSED));
  });

  it("has a case for the connection where nothing was to be", () => {
    expect(casesOf(PLAIN)).toEqual({ connection: "passed" });
  });

  it("does not hold the connection to what a check says", () => {
    expect(casesOf(MISSED).connection).toBe("passed");
  });

  it("holds the connection to what no check says", () => {
    expect(casesOf(TIMED_OUT)).toEqual({
      connection: "the time limit of 10 s has passed (exit 32)",
    });
    expect(casesOf(REFUSED)).toEqual({
      connection: "stream.example.net:443 refused the connection (exit 11)",
      'expected "pong"': 'expected "pong"; nothing came',
      'expected no "error"': 'expected no "error"; the connection did not open',
    });
    expect(connectJunit(REFUSED)).toContain("(exit 11)\nIs the server running?</failure>");
  });

  it("gives each case a name of its own", () => {
    const names = Object.keys(casesOf(PASSED));
    expect(names).toContain('expected "pong"');
    expect(names).toContain('expected "pong" (2)');
  });
});
