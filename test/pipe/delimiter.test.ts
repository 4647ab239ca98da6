import { describe, expect, it } from "vitest";
import { parseDelimiter } from "../../src/pipe/delimiter.ts";
import { toHex } from "../helpers/bytes.ts";
import { expectUsage } from "../helpers/usage.ts";

describe("a delimiter is typed as", () => {
  it.each([
    ["\\n", "0a"],
    ["\\r\\n", "0d0a"],
    ["\\0", "00"],
    ["\\t|\\\\n", "097c5c6e"],
    ["\\x1e\\xFF", "1eff"],
    ["✓", "e29c93"],
    ["\n", "0a"],
    ["\\x410", "4130"],
  ])("%j", (text, bytes) => {
    expect(toHex(parseDelimiter(text, "--delimiter"))).toBe(bytes);
  });

  it.each([
    ["", /^--delimiter needs at least one character$/],
    ["\\", /^--delimiter: \\ is no escape$/],
    ["\\q", /^--delimiter: \\q is no escape$/],
    ["\\x4", /^--delimiter: \\x is no escape$/],
  ])("not as %j", async (text, message) => {
    const run = async () => parseDelimiter(text, "--delimiter");
    await expectUsage(run(), message);
  });
});
