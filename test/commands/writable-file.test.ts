import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkWritable } from "../../src/commands/writable-file.ts";

describe("a file that is to be written", () => {
  it("may be new", () => {
    expect(() => checkWritable(join(tmpdir(), "framecat-new.xml"), "junit")).not.toThrow();
  });

  it.each([
    [tmpdir(), "it is a folder"],
    ["/no/such/folder/x.xml", "no such file or directory$"],
  ])("cannot be %s", (path, reason) => {
    expect(() => checkWritable(path, "junit")).toThrow(
      expect.objectContaining({
        code: "usage",
        message: expect.stringMatching(new RegExp(`^--junit: cannot write .*: ${reason}`)),
      }),
    );
  });
});
