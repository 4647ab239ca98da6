import { describe, it } from "vitest";
import { createDumpLines, type DumpLinesOptions } from "../../src/render/dump-lines.ts";
import { DUMP_LOOKS, expectDumpGolden } from "../helpers/dump-golden.ts";

describe("a line for each frame", () => {
  it.each(DUMP_LOOKS)("%s", (...look) => expectDumpGolden("lines", look, createDumpLines));

  it.each<[string, Partial<DumpLinesOptions>]>([
    ["verbose", { verbosity: 1 }],
    ["hex", { hex: true, include: true }],
    ["pretty", { pretty: true, timestamps: "since" }],
  ])("in full: %s", (name, more) => {
    expectDumpGolden(`lines-${name}`, DUMP_LOOKS[0], (look) =>
      createDumpLines({ ...look, ...more }),
    );
  });
});
