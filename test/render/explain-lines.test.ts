import { expect, it } from "vitest";
import { termLines, termList } from "../../src/render/explain-lines.ts";
import { createTheme } from "../../src/render/theme.ts";

const theme = createTheme(0);
const TERM = {
  topic: "header",
  name: "Sec-WebSocket-Key",
  keys: [],
  meaning: "of the request: the base64 form of 16 random bytes",
  source: "RFC 6455, section 11.3.1",
};

it("a term has its name, its kind, its section and its meaning", () => {
  expect(termLines(TERM, { theme })).toEqual([
    "Sec-WebSocket-Key  header · RFC 6455, section 11.3.1",
    "  of the request: the base64 form of 16 random bytes",
  ]);
});

it("a narrow screen has them below each other", () => {
  expect(termLines(TERM, { theme, columns: 30 })).toEqual([
    "Sec-WebSocket-Key",
    "  header · RFC 6455, section",
    "  11.3.1",
    "  of the request: the base64",
    "  form of 16 random bytes",
  ]);
});

it("a word of our own has no section", () => {
  const { source: _, ...own } = TERM;
  expect(termLines(own, { theme })[0]).toBe("Sec-WebSocket-Key  header");
});

it("all terms stand by kind, names unbroken", () => {
  const terms = ["FIN", "masking key", "Host"].map((name, i) => ({
    ...TERM,
    name,
    topic: i < 2 ? "part of a frame" : "header",
  }));
  expect(termList(terms, { theme, columns: 15 })).toEqual([
    "part of a frame",
    "  FIN,",
    "  masking key",
    "",
    "header",
    "  Host",
  ]);
});
