import { describe, expect, it } from "vitest";
import { violation } from "../../src/protocol/rules.ts";
import { createTheme } from "../../src/render/theme.ts";
import { violationLines } from "../../src/render/violation-lines.ts";

const theme = createTheme(0);

describe("violationLines", () => {
  it("names the rule, where it is written, and the close code", () => {
    expect(violationLines(violation("server-frame-masked"), theme, 200)).toEqual([
      "! A server must not mask any frame. (server-frame-masked, RFC 6455 §5.1, close 1002)",
    ]);
  });

  it("names another RFC, and leaves out a code that there is not", () => {
    expect(violationLines(violation("deflate-corrupt"), theme, 200)[0]).toContain(
      "RFC 7692 §7.2.2",
    );
    expect(violationLines(violation("response-status"), theme, 200)[0]).toMatch(/§4\.1\)$/);
  });

  it("wraps between words, and never within the name of a section", () => {
    for (let columns = 24; columns < 90; columns++) {
      const lines = violationLines(violation("server-frame-masked"), theme, columns);
      expect(lines.join("\n")).toContain("RFC 6455 §5.1");
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  it("escapes what it quotes", () => {
    const lines = violationLines(violation("request-host", "Host: \x1b[2J"), theme, 200);
    expect(lines.join("")).toContain("\\x1b[2J");
  });

  it.each([
    ["error", "bad"],
    ["warn", "warn"],
    ["info", "dim"],
  ] as const)("styles an %s as %s", (severity, style) => {
    const styled = { ...theme, [style]: (text: string) => `<${text}>` };
    const lines = violationLines({ ...violation("text-utf8"), severity }, styled, 200);
    expect(lines[0]).toMatch(/^<.*>$/);
  });
});
