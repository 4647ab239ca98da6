import { describe, expect, it } from "vitest";
import { createDumpTree } from "../../src/render/dump-tree.ts";
import { createTheme } from "../../src/render/theme.ts";
import type { Event } from "../../src/transport/events.ts";
import { closeAt, handshakeAt } from "../helpers/connect-events.ts";
import { framesAt } from "../helpers/dump-events.ts";
import { DUMP_LOOKS, expectDumpGolden, linesOf } from "../helpers/dump-golden.ts";

const theme = createTheme(0);

/** The tree without numbers and times. */
function tree(events: readonly Event[], maxHeldLines?: number): string[] {
  const limits = maxHeldLines === undefined ? {} : { maxHeldLines };
  const view = createDumpTree({ theme, columns: 80, ...limits });
  return linesOf(view, events).map((line) => line.replace(/ +\d+ +\d+\.\d{3}/, ""));
}

const text = (ms: number, payload: string) => ({ ms, opcode: 1, payload });

describe("a tree", () => {
  it.each(DUMP_LOOKS)("%s", (...look) => expectDumpGolden("tree", look, createDumpTree));

  it("shows messages that never end", () => {
    const events = framesAt("1", [
      { ms: 0, opcode: 1, fin: false, payload: "given up" },
      text(1, "another"),
      { ms: 2, opcode: 2, fin: false, maskKey: 1, payload: "cut" },
    ]);
    expect(tree(events)).toEqual([
      "#1",
      "├─ ← text        8 B  not complete",
      "│  └─ ← text        8 B  fragment 1  given up",
      "├─ ← text        7 B  another",
      "│  └─ ! message-interrupted: A new message must not begin before the one under …",
      "└─ → binary      3 B  not complete",
      "   └─ → binary      3 B  fragment 1  637574",
    ]);
  });

  it("shows a connection as soon as it ends, also where its name is used anew", () => {
    const view = createDumpTree({ theme, columns: 80 });
    const counts = [
      handshakeAt(0),
      ...framesAt("1", [text(1, "a")]),
      closeAt(2),
      handshakeAt(3),
      handshakeAt(4),
    ].map((event) => view.push({ event, number: 1 }).length);
    expect([...counts, view.end().length]).toEqual([0, 0, 3, 0, 2, 2]);
  });

  it("makes room seldom where it holds many small connections", () => {
    const view = createDumpTree({ theme, columns: 80, maxHeldLines: 100 });
    const events = Array.from({ length: 1000 }, (_, i) => framesAt(`${i}`, [text(i, "a")])).flat();
    const shown = events.map((event) =>
      view.push({ event, number: 1 }).filter((line) => line !== ""),
    );
    const lines = [...shown.flat(), ...view.end()];
    expect(lines.filter((line) => line.endsWith("  a"))).toHaveLength(1000);
    expect(shown.filter(({ length }) => length > 0).length).toBeLessThan(250);
  });

  it("does not hold more lines than it may", () => {
    const events = framesAt("1", [text(0, "a"), text(1, "b"), text(2, "c"), text(3, "d")]);
    expect(tree([...framesAt("2", [text(0, "x")]), ...events], 4)).toEqual([
      "#1",
      "├─ ← text        1 B  a",
      "└─ ← text        1 B  b",
      "",
      "#1 continued",
      "├─ ← text        1 B  c",
      "└─ ← text        1 B  d",
      "",
      "#2",
      "└─ ← text        1 B  x",
    ]);
  });

  it("does not list more frames of a message than a person reads", () => {
    const part = { ms: 1, opcode: 0, fin: false, payload: "b" };
    const parts = Array.from({ length: 1500 }, () => part);
    const lines = tree(
      framesAt("1", [{ ...part, opcode: 1 }, ...parts, { ...part, fin: true, payload: "c" }]),
    );
    expect(lines).toHaveLength(1003);
    expect(lines[1]).toMatch(/text {4}1,502 B {2}1,502 fragments {2}bbb/);
    expect(lines.at(-1)).toBe("   └─ … 502 more frames");
  });
});
