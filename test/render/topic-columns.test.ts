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

it("needs no heading", () => {
  expect(columnsUnder("", [["a", "b"]], look)).toEqual(["  a  b"]);
});
