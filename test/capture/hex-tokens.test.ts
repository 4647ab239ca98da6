import { describe, expect, it } from "vitest";
import { parseHex } from "../../src/capture/hex.ts";
import { parseTokens } from "../../src/capture/hex-tokens.ts";

function expectError(text: string, line: number, column: number, message: string) {
  expect(parseTokens(text)).toEqual({ ok: false, error: { line, column, message } });
}

describe("the place of an error", () => {
  it.each([
    ["a word", "81 zz", 1, 4, '"zz" is not hex'],
    ["a word on a later line", "81\n05 6\n\n  hi", 2, 4, '"6" has one digit, but a byte has two'],
    ["an odd count", "81 056 68", 1, 4, '"056" has 3 digits, but a byte has two'],
    ["digits that turn into none", "81 05g", 1, 6, '"g" is not hex'],
    ["after a comment, which keeps its place", "/* a\n b */ 81 !", 2, 10, '"!" is not hex'],
    ["a half escape", "\\x81 \\x5", 1, 6, '"\\\\x5" is not hex'],
    ["an escape that is no hex", "\\x81\\n", 1, 5, '"\\\\n" is not hex'],
    ["a prefix without digits", "0x", 1, 1, '"0" has one digit, but a byte has two'],
    [
      "a Buffer that Node has cut short",
      "<Buffer 81 05 ... 9 more bytes>",
      1,
      15,
      '"... 9 more bytes" were left out when this was printed',
    ],
    ["a comment without end", "81 /* 05", 1, 4, '"/*" is not hex'],
    ["a very long word", `81 ${"x".repeat(50)}`, 1, 4, `"${"x".repeat(20)}" is not hex`],
    [
      "very many digits",
      "8".repeat(99),
      1,
      1,
      `"${"8".repeat(20)}…" has 99 digits, but a byte has two`,
    ],
  ])("%s", (_, text, line, column, message) => expectError(text, line, column, message));
});

describe("very long texts", () => {
  const long = "81".repeat(8_000_000);

  it.each([
    ["digits", long],
    ["digits in quotes", `"${long}"`],
    ["an array", `{${"0x81,".repeat(500_000)}}`],
    ["very many arrays", "x{81}".repeat(200_000)],
    ["very many comments", "/* */ 81 // 05\n".repeat(50_000)],
  ])("%s need no deep stack", (_, text) => {
    expect(parseHex(text).ok).toBe(true);
  });
});

it("comments without end need no more time than others", () => {
  expect(parseTokens("/* ".repeat(500_000)).ok).toBe(false);
});

describe("lines of digits", () => {
  it("join within a byte only where nothing else stands between", () => {
    expect(parseTokens("8\n1")).toMatchObject({ ok: true });
    expectError("8\n10 5", 1, 1, '"810" has 3 digits, but a byte has two');
    expectError("8 \n1", 1, 1, '"8" has one digit, but a byte has two');
  });
});
