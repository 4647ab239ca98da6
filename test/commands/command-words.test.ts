import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitCommand } from "../../src/commands/command-words.ts";

const split = (text: string) => splitCommand(text, "--exec");

it.each<readonly [text: string, words: readonly string[]]>([
  ["cat", ["cat"]],
  ["  python3   -u\tapp.py ", ["python3", "-u", "app.py"]],
  [`sh -c 'a | b > "$c"'`, ["sh", "-c", 'a | b > "$c"']],
  [`grep "a|b" x\\ y`, ["grep", "a|b", "x y"]],
  [`a 'b'"c"d''`, ["a", "bcd"]],
  [`a '' ""`, ["a", "", ""]],
  [String.raw`a "\"\\\$\n" \|`, ["a", String.raw`"\$\n`, "|"]],
  ["awk 'a\nb'", ["awk", "a\nb"]],
  ["jq .[0]* ~/x #y", ["jq", ".[0]*", "~/x", "#y"]],
])("%s", (text, words) => {
  expect(split(text)).toEqual(words);
});

it("has the words of what is quoted, whatever they hold", () => {
  const words = fc.array(fc.string(), { minLength: 1 }).filter(([first]) => first !== "");
  const quote = (word: string) => `'${word.replaceAll("'", String.raw`'\''`)}'`;
  fc.assert(
    fc.property(words, (list) => {
      expect(split(list.map(quote).join(" "))).toEqual(list);
    }),
    { numRuns: 200 },
  );
});

describe("what only a shell understands is refused", () => {
  it.each(["a | b", "a; b", "a && b", "a > b", "a < b", "a $HOME", "a `b`", "a (b", 'a "$HOME"'])(
    "%s",
    (text) => {
      expect(() => split(text)).toThrow(/--exec runs no shell, which \S would need/);
    },
  );

  it("with the same command for a shell, as it is to be typed", () => {
    const hintOf = (text: string): unknown => {
      try {
        return split(text);
      } catch (thrown) {
        return (thrown as { hint?: string }).hint;
      }
    };
    expect(hintOf('a "b" | c')).toBe(`Have one run it: --exec "sh -c 'a \\"b\\" | c'".`);
    expect(hintOf("a 'b' | c")).toBe("Write the command into a script, and give that.");
  });
});

it.each([
  ["", "--exec needs a command"],
  ["  ", "--exec needs a command"],
  ["'' a", "--exec needs a command"],
  ["a 'b", "--exec has a quote or a backslash without its end"],
  ['a "b', "--exec has a quote or a backslash without its end"],
  ["a \\", "--exec has a quote or a backslash without its end"],
])("refuses %j", (text, message) => {
  expect(() => split(text)).toThrow(message);
});
