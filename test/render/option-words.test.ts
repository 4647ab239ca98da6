import { describe, expect, it } from "vitest";
import { explainOption, longFlag, valueWords } from "../../src/render/option-words.ts";
import { option } from "../helpers/a-command.ts";

describe("a flag in words", () => {
  it("is named as it is typed", () => {
    expect(longFlag(option("quick"))).toBe("--quick");
    expect(longFlag(option("quick", { onByDefault: true }))).toBe("--no-quick");
  });

  it.each([
    ["no value", {}, ""],
    ["a value", { value: "TIME" }, " TIME"],
    ["few choices", { value: "FORM", choices: ["x", "y"] }, " x|y"],
    [
      "many choices",
      { value: "FORM", choices: ["0123456789", "0123456789", "0123456789"] },
      " FORM",
    ],
  ])("tells %s", (_, more, words) => {
    expect(valueWords(option("quick", more))).toBe(words);
  });

  it("is explained with its default", () => {
    expect(explainOption(option("quick"))).toBe("do quick");
    expect(explainOption(option("quick", { default: "10s" }))).toBe("do quick (default 10s)");
  });
});
