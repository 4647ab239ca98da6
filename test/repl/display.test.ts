import { describe, expect, it } from "vitest";
import { Display } from "../../src/repl/display.ts";
import { parseFilter } from "../../src/repl/event-filter.ts";
import { frameEvents } from "../helpers/frame-events.ts";

function show(texts: readonly string[], display: Display): void {
  for (const event of frameEvents(texts.map((payload) => ({ opcode: 1, payload })))) {
    display.show(event);
  }
}

function open() {
  const shown: string[] = [];
  const display = new Display(
    (event) => (event.type === "frame" ? [Buffer.from(event.frame.payload).toString()] : []),
    (lines) => shown.push(...lines),
  );
  return { shown, display };
}

describe("what of a session is shown", () => {
  it("is what passes the filter; what did not is counted", () => {
    const { shown, display } = open();
    expect(display.setFilter(parseFilter("yes"))).toBe(0);
    show(["yes", "no", "yes 2", "no"], display);
    expect(shown).toEqual(["yes", "yes 2"]);
    expect(display.setFilter(undefined)).toBe(2);
    show(["no"], display);
    expect(shown).toEqual(["yes", "yes 2", "no"]);
  });

  it("waits while it is paused, up to a bound", () => {
    const { shown, display } = open();
    display.pause();
    show(
      Array.from({ length: 1005 }, (_, at) => String(at)),
      display,
    );
    expect(shown).toEqual([]);
    const lines = display.resume();
    expect([lines[0], lines[999], lines.length]).toEqual(["0", "999", 1001]);
    expect(lines[1000]).toBe("… 5 lines more came; /last shows frames");
    show(["after"], display);
    expect(shown).toEqual(["after"]);
    expect(display.resume()).toEqual([]);
  });
});
