import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPainter } from "../../../src/repl/editor/painter.ts";
import { createScreen } from "../../../src/repl/editor/screen.ts";
import { tinyTerminal } from "../../helpers/tiny-terminal.ts";

const STYLES = {
  prompt: (text: string) => text,
  dim: (text: string) => text,
  match: (text: string) => text,
};
const SIZE = { columns: 20, rows: 10 };

function opened(size = SIZE) {
  const terminal = tinyTerminal(size.columns, size.rows);
  const screen = createScreen();
  const painter = createPainter(STYLES);
  const show = (text: string, cursor = text.length, above = "") => {
    const written = screen.show(painter.paint({ prompt: "› ", text, cursor }, size), above);
    terminal.write(written);
    return written;
  };
  return { terminal, screen, show };
}

describe("the screen", () => {
  it("shows a frame below what is printed, in its place again and again", () => {
    const { terminal, show } = opened();
    show("typed");
    show("typed on and on and on", 3, "a frame\nand another\n");
    expect(terminal.lines()).toEqual(["a frame", "and another", "› typed on and on a", "  nd on"]);
    expect(terminal.cursor()).toEqual({ row: 2, column: 5 });
    show("", 0, "x\n");
    expect(terminal.lines()).toEqual(["a frame", "and another", "x", "›"]);
  });

  it("prints long lines whole, as the terminal wraps them", () => {
    const { terminal, show } = opened();
    show("typed", 5, `${"0123456789".repeat(4)}\nnext\n`);
    expect(terminal.lines()).toEqual([
      "01234567890123456789",
      "01234567890123456789",
      "next",
      "› typed",
    ]);
  });

  it("only moves the cursor where nothing else changed", () => {
    const { terminal, show } = opened();
    show("one\ntwo");
    const written = show("one\ntwo", 1);
    expect(written.length).toBeLessThan(12);
    expect(terminal.cursor()).toEqual({ row: 0, column: 3 });
    show("one\ntwo", 5);
    expect(terminal.cursor()).toEqual({ row: 1, column: 3 });
  });

  it("takes the frame away to print alone", () => {
    const { terminal, screen, show } = opened();
    show("one\ntwo");
    terminal.write(screen.print("bye\n"));
    terminal.write(screen.print("end\n"));
    expect(terminal.lines()).toEqual(["bye", "end", ""]);
  });

  it("leaves the modes of the terminal as they were after each text", () => {
    const { terminal, show } = opened();
    show("one\ntwo", 0, "x\n");
    expect([...terminal.modes()]).toEqual(["?25", "?7"].toSorted().toReversed());
  });

  it("begins anew where what it showed is gone", () => {
    const { terminal, screen, show } = opened();
    show("one\ntwo");
    screen.forget();
    terminal.write("\u001b[H\u001b[2J");
    show("one\ntwo");
    expect(terminal.lines()).toEqual(["› one", "│ two"]);
  });
});

describe("a terminal that gets narrower", () => {
  it.each([
    ["wraps anew what stands above the cursor", true, 2],
    ["does not", false, 1],
  ])("%s", (_, reflows, up) => {
    const screen = createScreen(reflows);
    const painter = createPainter(STYLES);
    const text = "123456789012345678";
    screen.show(painter.paint({ prompt: "› ", text, cursor: 18 }, SIZE), "");
    screen.resize(10);
    const written = screen.show(
      painter.paint({ prompt: "› ", text, cursor: 18 }, { columns: 10, rows: 10 }),
      "",
    );
    expect(written.match(/\u001b\[A/g)).toHaveLength(up);
  });
});

it("keeps all that was printed, and the input below it, whatever came before", () => {
  const step = fc.record({
    text: fc.string({ unit: fc.constantFrom("a", "日", "😀", "\n", "e\u0301"), maxLength: 40 }),
    atEnd: fc.boolean(),
    above: fc.stringMatching(/^([a-z]{0,50}\n){0,3}$/),
  });
  const size = { columns: 20, rows: 100 };
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
      const { terminal, show } = opened(size);
      for (const { text, atEnd, above } of steps) show(text, atEnd ? text.length : 0, above);
      const last = steps.at(-1)!;
      const atOnce = opened(size);
      const printed = steps.map(({ above }) => above).join("");
      atOnce.show(last.text, last.atEnd ? last.text.length : 0, printed);
      expect(terminal.lines()).toEqual(atOnce.terminal.lines());
      expect(terminal.cursor()).toEqual(atOnce.terminal.cursor());
    }),
  );
});
