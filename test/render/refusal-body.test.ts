import { describe, expect, it } from "vitest";
import { refusalBodyLines } from "../../src/render/refusal-body.ts";
import { createTheme } from "../../src/render/theme.ts";
import { hex, utf8 } from "../helpers/bytes.ts";

function lines(body: Uint8Array | undefined, type?: string): string[] {
  const headers = type === undefined ? [] : [["content-type", type] as const];
  const event = { response: { startLine: "", headers }, ...(body && { body }) };
  return refusalBodyLines(event, { theme: createTheme(0), columns: 40 });
}

describe("the body of a refusal", () => {
  it("is text by its lines", () => {
    expect(lines(utf8("no\r\nway\n\n"))).toEqual(["no", "way"]);
    expect(lines(utf8("x".repeat(50)))).toEqual(["x".repeat(40), "x".repeat(10)]);
  });

  it("is told in part where it is long", () => {
    const shown = lines(utf8("line\n".repeat(1000)));
    expect(shown).toEqual([...Array(8).fill("line"), "… of 5,000 bytes"]);
  });

  it("is bytes where it is no text", () => {
    const [line] = lines(hex("1f8b08ff"), "text/html");
    expect(line).toMatch(/^1f 8b 08 ff {2,}\.{4}$/);
    expect(line!.length).toBeLessThanOrEqual(80 - 9);
  });

  it("is what a person would read of a web page", () => {
    const page = "<title>Not here</title><p>Try the <a href=/>start</a>.";
    expect(lines(utf8(page), "text/html")).toEqual([
      "Not here",
      "Try the start.",
      "from a web page of 54 bytes",
    ]);
  });

  it("is escaped, entities too", () => {
    expect(lines(utf8("<html>&#27;[2J\x9b"))).toContain("\\x1b[2J\\u009b");
    expect(lines(utf8("\x1b[2J"))).toEqual(["\\x1b[2J"]);
  });

  it("of nothing is nothing", () => {
    expect([...lines(undefined), ...lines(utf8(""))]).toEqual([]);
  });
});
