import { describe, expect, it } from "vitest";
import { renderSpans, span, spansWidth, styleSpans } from "../../src/render/span.ts";

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
});
