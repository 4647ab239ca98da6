import { describe, expect, it } from "vitest";
import { readFlagFile } from "../../src/commands/flag-file.ts";
import { file, folder } from "../helpers/temp-files.ts";

describe("the file of a flag", () => {
  it.each([0, 1, 65_536, 200_000])("of %d bytes is read whole", (length) => {
    const bytes = Buffer.alloc(length, "abc");
    expect(readFlagFile(file(bytes), "--ca").equals(bytes)).toBe(true);
  });

  it.each([
    ["/does/not/exist", /^--ca: no such file$/],
    ["", /^--ca: no such file$/],
    ["a\0b", /^--ca: no such file$/],
    ["/dev/zero", /^--ca: it is over 4194304 bytes$/],
  ])("%j is a usage error that does not repeat the path", (path, message) => {
    expect(() => readFlagFile(path, "--ca")).toThrow(message);
  });

  it("is none where that is a folder", () => {
    expect(() => readFlagFile(folder(), "--ca")).toThrow(/^--ca: it is a folder$/);
  });
});
