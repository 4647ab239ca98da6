import { describe, expect, it } from "vitest";
import { RowReader } from "../../src/render/dump-row.ts";
import type { RowColumns } from "../../src/render/plain-row.ts";
import { styleSpans } from "../../src/render/span.ts";
import { factSpans, noteSpans } from "../../src/render/styled-row.ts";
import { createTheme } from "../../src/render/theme.ts";
import type { RowEvent } from "../../src/rows.ts";
import { messageAt } from "../helpers/connect-events.ts";
import { framesAt } from "../helpers/dump-events.ts";

const theme = createTheme(0);
const narrow = (): RowColumns => ({ masks: false, reserved: false, offset: 2 });

function facts(event: RowEvent, columns = narrow()): string {
  return styleSpans(factSpans(event, new RowReader().read(event), columns, theme));
}

const [plainFrame, maskedFrame, fragment] = framesAt("1", [
  { ms: 0, opcode: 1, payload: "abc" },
  { ms: 0, opcode: 2, rsv2: true, maskKey: 7, payload: "x".repeat(1000) },
  { ms: 0, opcode: 1, fin: false, payload: "abc" },
]);

describe("the facts of a row", () => {
  it("are those of the header", () => {
    expect(facts(plainFrame!)).toBe("← text       3 B FIN @0  ");
    expect(facts(maskedFrame!)).toBe("→ binary 1,000 B FIN RSV2 00000007 @0  ");
  });

  it("are fewer of a message", () => {
    expect(facts(messageAt(0, "in", "abc"))).toBe("← text       3 B  ");
  });

  it("have room for what was needed once", () => {
    const columns = narrow();
    facts(maskedFrame!, columns);
    expect(facts(plainFrame!, columns)).toBe("← text       3 B FIN               @0  ");
  });

  it("have the color of their direction", () => {
    const colors = createTheme(1);
    const [first] = factSpans(plainFrame!, new RowReader().read(plainFrame!), narrow(), colors);
    expect(first?.style).toBe(colors.in);
  });
});

describe("the notes of a row", () => {
  const notes = (event: RowEvent, room: number) => styleSpans(noteSpans(event, room, theme));

  it("are told as far as they leave room for the payload", () => {
    expect(notes(fragment!, Number.POSITIVE_INFINITY)).toBe("fragment 1  ");
    expect(notes(fragment!, 24)).toBe("fragment 1  ");
    expect(notes(fragment!, 23)).toBe("");
  });

  it("count what stands before them", () => {
    const event = { ...fragment!, rttMs: 5 };
    expect(notes(event, 100)).toBe("after 5.0 ms  fragment 1  ");
    expect(notes(event, 37)).toBe("after 5.0 ms  ");
  });

  it("are none where all is as usual", () => expect(notes(plainFrame!, 100)).toBe(""));
});
