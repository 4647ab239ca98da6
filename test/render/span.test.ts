import { describe, expect, it } from "vitest";
import { renderSpans, span, spansWidth, styleSpans, wrapSpans } from "../../src/render/span.ts";

const loud = (text: string) => `<${text}>`;

describe("spans", () => {
  it("are styled after they are measured", () => {
    const spans = [span("→ ", loud), span("日")];
    expect(spansWidth(spans)).toBe(4);
    expect(renderSpans(spans)).toBe("<→ >日");
  });

  it("leave no spaces at the end of a line, not even styled ones", () => {
    expect(renderSpans([span("FIN  ", loud), span("   ", loud), span("")])).toBe("<FIN>");
    expect(renderSpans([span("  ", loud)])).toBe("");
  });

  it("keep them where a line goes on", () => {
    expect(styleSpans([span("12:00 ", loud), span("#1  ")])).toBe("<12:00 >#1  ");
  });

  it("break at the edge and keep their styles", () => {
    const wrapped = (columns: number) =>
      wrapSpans([span("  "), span("abcdef", loud), span("xy")], columns).map(styleSpans);
    expect(wrapped(5)).toEqual(["  <abc>", "<def>xy"]);
    expect(wrapped(4)).toEqual(["  <ab>", "<cdef>", "xy"]);
    expect(wrapped(2)).toEqual(["  ", "<ab>", "<cd>", "<ef>", "xy"]);
    expect(wrapped(Number.POSITIVE_INFINITY)).toEqual(["  <abcdef>xy"]);
    expect(wrapSpans([], 5)).toEqual([[]]);
    expect(wrapSpans([span("日本語", loud)], 5).map(styleSpans)).toEqual(["<日本>", "<語>"]);
  });
});
