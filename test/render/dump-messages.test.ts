import { describe, expect, it } from "vitest";
import { contentPreview, createDumpMessages } from "../../src/render/dump-messages.ts";
import { createTheme } from "../../src/render/theme.ts";
import { hex, utf8 } from "../helpers/bytes.ts";
import { messageAt } from "../helpers/connect-events.ts";
import { deflated, framesAt } from "../helpers/dump-events.ts";
import { DUMP_LOOKS, expectDumpGolden, linesOf } from "../helpers/dump-golden.ts";

describe("a line for each message", () => {
  it.each(DUMP_LOOKS)("%s", (...look) => expectDumpGolden("messages", look, createDumpMessages));

  it("says exactly how long a message is of which a number could not", () => {
    const [event] = framesAt("1", [{ ms: 0, opcode: 2, payload: "a" }]);
    const { frame, message } = event!;
    const header = { ...frame.header, length: 2 ** 63 - 1024, lengthForm: 64 as const };
    const headerBytes = hex("82 7f 7f ff ff ff ff ff ff ff");
    const cut = {
      ...event!,
      frame: { ...frame, header, headerBytes, payloadCut: true },
      message: { ...message!, wireLength: header.length, cut: true },
    };
    const view = createDumpMessages({ theme: createTheme(0), columns: 90, timestamps: "off" });
    expect(linesOf(view, [cut]).join("")).toContain(" 9,223,372,036,854,775,807 B  not whole");
  });

  it("says where a message is not whole", () => {
    const [event] = framesAt("1", [{ ms: 0, opcode: 1, rsv1: true, payload: deflated("hello") }]);
    const cut = { ...event!, message: { ...event!.message!, data: utf8("\x1b?"), cut: true } };
    const long = { ...messageAt(1, "out", "hel"), conn: "2", omitted: 1000 };
    const view = createDumpMessages({ theme: createTheme(0), columns: 90, timestamps: "off" });
    expect(linesOf(view, [cut, long])).toEqual([
      "   1         #1 ← text        7 B  not inflated  1b3f…",
      "   2 +1.00ms #2 → text    1,003 B  not whole  hel…",
    ]);
  });
});

describe("the beginning of a message", () => {
  const text = (data: string) =>
    ({ data: utf8(data), kind: "text", compressed: false, cut: false }) as const;

  it.each([
    ["hello", 5, 99, "hello"],
    ["hello", 4, 99, "hel…"],
    ["hello", 9, 3, "hel…"],
    ["hello", 0, 99, ""],
    ["hello", -5, 99, ""],
    ["", 9, 99, ""],
    ["日本語", 5, 99, "日本…"],
  ])("%s in %d columns and %d bytes: %s", (data, columns, maxPrint, expected) => {
    expect(contentPreview(text(data), columns, maxPrint)).toBe(expected);
  });
});
