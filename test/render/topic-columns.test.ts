import { expect, it } from "vitest";
import { createTheme } from "../../src/render/theme.ts";
import { columnsUnder } from "../../src/render/topic-columns.ts";

const look = { theme: createTheme(0), columns: 40 };

it("stands rows below each other, long meanings wrapped beside their names", () => {
  const rows = [
    ["/ping", "send a ping; its pong shows the round trip"],
    ["/x", "short"],
    ["/frame OPCODE [nofin] [rsv1] [PAYLOAD]", "send one frame"],
  ] as const;
  expect(columnsUnder("Frames", rows, look)).toEqual([
    "Frames",
    "  /ping  send a ping; its pong shows the",
    "         round trip",
    "  /x     short",
    "  /frame OPCODE [nofin] [rsv1] [PAYLOAD]",
    "         send one frame",
  ]);
});

it("wraps a name between its words where it is wider than all there is", () => {
  const rows = [["/filter off|[in|out] [text|binary|ping] [>SIZE|<SIZE]", "show"]] as const;
  expect(columnsUnder("", rows, look)).toEqual([
    "  /filter off|[in|out]",
    "    [text|binary|ping] [>SIZE|<SIZE]",
    "    show",
  ]);
});

it("needs no heading", () => {
  expect(columnsUnder("", [["a", "b"]], look)).toEqual(["  a  b"]);
});
