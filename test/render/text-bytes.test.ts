import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TextBytes, ZERO } from "../../src/render/text-bytes.ts";
import { writtenBy } from "../helpers/text-bytes.ts";

describe("text as bytes", () => {
  it.each<[string, (out: TextBytes) => void, string]>([
    ["text", (out) => out.text("short"), "short"],
    [
      "longer text",
      (out) => out.text("text of more than a few characters"),
      "text of more than a few characters",
    ],
    ["short text that is not ASCII", (out) => out.text("abc → grün"), "abc → grün"],
    ["an octet", (out) => out.octet(0x41), "A"],
    ["octets", (out) => out.octets(Buffer.from("→")), "→"],
    ["some of them", (out) => out.octets(Buffer.from("abcdef"), 2, 4), "cd"],
    ["a number", (out) => out.number(120), "120"],
    ["0 in columns", (out) => out.number(0, 3), "  0"],
    ["digits in columns", (out) => out.number(7, 3, ZERO), "007"],
    ["a number that is wider", (out) => out.number(12_345, 4), "12345"],
    ["a large number", (out) => out.number(Number.MAX_SAFE_INTEGER), "9007199254740991"],
    ["bits in hex", (out) => out.hex32(0x00fa213d), "00fa213d"],
    ["bits with the highest one", (out) => out.hex32(0xf00d0000), "f00d0000"],
    ["spaces", (out) => out.spaces(3), "   "],
  ])("%s", (_, write, text) => {
    expect(writtenBy(write).text).toBe(text);
  });

  it("is what was written, however much", () => {
    const part = fc.oneof(fc.string({ unit: "binary", maxLength: 60 }), fc.nat());
    fc.assert(
      fc.property(fc.array(part), fc.constantFrom(1, 300), (parts, times) => {
        const all = Array.from({ length: times }, () => parts).flat();
        const { text } = writtenBy((out) => {
          for (const one of all) {
            if (typeof one === "string") out.text(one);
            else out.number(one);
          }
        });
        expect(text).toBe(all.map((one) => Buffer.from(String(one)).toString()).join(""));
      }),
      { numRuns: 10 },
    );
  });

  it("is handed on in large pieces, of which none changes", () => {
    const line = "a line of text that is repeated\n";
    const { text, pieces } = writtenBy((out) => {
      for (let i = 0; i < 10_000; i++) out.text(line);
    });
    expect(text).toBe(line.repeat(10_000));
    expect(pieces.length).toBeLessThan(10);
  });

  it("is handed on when asked, and goes on behind it", () => {
    const { pieces } = writtenBy((out) => {
      out.text("one");
      out.flush();
      out.flush();
      out.text("two");
    });
    expect(pieces.map(String)).toEqual([String(Buffer.from("one")), String(Buffer.from("two"))]);
  });

  it("holds no copy of what is large by itself", () => {
    const large = Buffer.alloc(100_000, "x");
    const { pieces } = writtenBy((out) => {
      out.text("before");
      out.octets(large);
    });
    expect(pieces[1]).toBe(large);
  });

  it("takes back spaces at the end, and nothing else", () => {
    const { text } = writtenBy((out) => {
      out.text("a ");
      out.spaces(2);
      out.trimEnd();
      out.text("b");
      out.trimEnd();
    });
    expect(text).toBe("ab");
  });
});
