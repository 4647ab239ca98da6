import { describe, expect, it } from "vitest";
import { readResult, readResults } from "../../src/bench/read-result.ts";
import { benchResult, openModelResult } from "../helpers/bench-result.ts";

const [first, second] = [benchResult(), openModelResult({ url: "ws://other/" })];
const [one, two] = [JSON.stringify(first), JSON.stringify(second)];

describe("a saved result", () => {
  it.each([
    ["on one line", one],
    ["over many lines", JSON.stringify(first, null, 2)],
    ["with what editors add", `\ufeff${one}\r\n\n`],
    ["after empty lines", `\n\n${one}`],
  ])("is read %s", (_, content) => {
    expect(readResult(content, "a.json")).toEqual(first);
    expect(readResults(content, "a.json")).toEqual([first]);
  });

  it.each([
    ["", "a.json is empty"],
    [" \n\ufeff", "a.json is empty"],
    ["{", "a.json: no JSON: "],
    ["[]", "a.json: must be an object, not a list"],
    ["null", "a.json: must be an object, not null"],
    ["{}", "a.json: v is missing"],
    [JSON.stringify({ ...first, url: 5 }), "a.json: url must be a text, not 5"],
    [one.slice(0, -9), "a.json: "],
    ["[".repeat(100_000), "a.json: "],
    [`${one}\n${two}`, "a.json holds 2 results, not one"],
  ])("%# is refused", (content, words) => {
    let message = "read";
    try {
      readResult(content, "a.json");
    } catch (thrown) {
      message = (thrown as Error).message;
      expect(thrown).toMatchObject({ code: "usage" });
    }
    expect(message.startsWith(words)).toBe(true);
  });
});

describe("several results in one file", () => {
  it("are read line by line", () => {
    expect(readResults(`${one}\n\n${two}\r\n`, "all.ndjson")).toEqual([first, second]);
  });

  it.each([
    [`${one}\n${two.slice(0, 50)}`, "all.ndjson, line 2: "],
    [`${one}\n\n{}`, "all.ndjson, line 3: v is missing"],
    [`${one}\n${JSON.stringify({ ...second, ending: "!" })}`, "all.ndjson, line 2: ending must be"],
  ])("%# name the line that is wrong", (content, words) => {
    expect(() => readResults(content, "all.ndjson")).toThrow(words);
  });
});
