import { describe, expect, it } from "vitest";
import { CAPACITY_OPTIONS } from "../../src/commands/bench-capacity-options.ts";
import { BENCH_OPTIONS } from "../../src/commands/bench-options.ts";

const NAMES = CAPACITY_OPTIONS.map(({ name }) => name);

describe("the flags of a search", () => {
  it("are each there once, as are their letters", () => {
    expect(new Set(NAMES).size).toBe(NAMES.length);
    const letters = CAPACITY_OPTIONS.flatMap(({ alias }) => alias ?? []);
    expect(new Set(letters).size).toBe(letters.length);
  });

  it("leave away what a search decides by itself, and what it has no result for", () => {
    const gone = BENCH_OPTIONS.map(({ name }) => name).filter((name) => !NAMES.includes(name));
    expect(gone).toContain("rate");
    expect(gone).toContain("duration");
    expect(gone).toContain("stages");
    expect(NAMES).toEqual(expect.arrayContaining(["size", "header", "server-pid", "json", "html"]));
  });

  it("fit the first screen of help", () => {
    expect(CAPACITY_OPTIONS.filter(({ common }) => common).length).toBeLessThan(14);
  });
});
