import { describe, expect, it } from "vitest";
import { createDumpTable } from "../../src/render/dump-table.ts";
import { createTheme } from "../../src/render/theme.ts";
import { DUMP_LOOKS, expectDumpGolden, linesOf } from "../helpers/dump-golden.ts";
import { framesAt } from "../helpers/dump-events.ts";

const theme = createTheme(0);

describe("a table", () => {
  it.each(DUMP_LOOKS)("%s", (...look) => expectDumpGolden("table", look, createDumpTable));

  it("of nothing has no heading", () => {
    expect(linesOf(createDumpTable({ theme }), [])).toEqual([]);
  });

  it("holds back no more rows than it is told to", () => {
    const frames = framesAt("1", [
      { ms: 0, opcode: 1, payload: "a" },
      { ms: 1, opcode: 1, payload: "b" },
      { ms: 2, opcode: 1, maskKey: 7, payload: "c".repeat(1000) },
    ]);
    const view = createDumpTable({ theme, columns: 80, holdRows: 2 });
    const told = frames.map((event, i) => view.push({ event, number: i + 1 }).length);
    expect([...told, view.end().length]).toEqual([0, 3, 1, 0]);
    const live = createDumpTable({ theme, columns: 80, holdRows: 0 });
    expect(live.push({ event: frames[0]!, number: 1 })).toHaveLength(2);
  });
});
