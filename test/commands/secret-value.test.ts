import { describe, expect, it } from "vitest";
import { readSecret } from "../../src/commands/secret-value.ts";
import { FramecatError } from "../../src/errors.ts";
import { file } from "../helpers/temp-files.ts";

const env = { TOKEN: "hunter2", _a1: "x", EMPTY: "" };
const read = (text: string) => readSecret(text, "--bearer", env);

describe("a value that may be a secret", () => {
  it.each([
    ["hunter2", "hunter2"],
    ["", ""],
    ["user@host", "user@host"],
    ["env:TOKEN", "hunter2"],
    ["env:_a1", "x"],
    ["env: TOKEN", "env: TOKEN"],
    ["env:a-b", "env:a-b"],
    ["ENV:TOKEN", "ENV:TOKEN"],
  ])("%j is %j", (text, value) => expect(read(text)).toBe(value));

  it.each([
    ["hunter2", "hunter2"],
    ["hunter2\n", "hunter2"],
    ["hunter2\r\n", "hunter2"],
    ["two\nlines\n\n", "two\nlines\n"],
    ["\uFEFFä", "ä"],
    ["env:TOKEN", "env:TOKEN"],
  ])("a file with %j holds %j", (content, value) => {
    expect(read(`@${file(content)}`)).toBe(value);
  });

  it.each(["env:MISSING", "env:EMPTY", "env:constructor"])("%s is not set", (text) => {
    const message = `--bearer: the environment variable ${text.slice(4)} is not set`;
    expect(() => read(text)).toThrow(new FramecatError("usage", message));
  });

  it("that begins with @ by mistake is not repeated", () => {
    expect(() => read("@hunter2")).toThrow(/^--bearer: the file after @: no such file$/);
  });
});
