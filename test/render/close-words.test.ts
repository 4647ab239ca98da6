import { describe, expect, it } from "vitest";
import { type ClosedConnection, closeLines } from "../../src/render/close-words.ts";
import { Tally } from "../../src/render/tally.ts";
import { createTheme } from "../../src/render/theme.ts";
import type { CloseEvent } from "../../src/transport/events.ts";
import { frameEvents } from "../helpers/frame-events.ts";

const look = { theme: createTheme(0), columns: 80 };
const close: CloseEvent = {
  type: "close",
  conn: "1",
  at: { epochUs: 0, ns: 21_000_000_000n },
  code: 1001,
  reason: "bye",
  initiator: "peer",
  clean: true,
};

function lines(fields: Partial<CloseEvent>, connection?: ClosedConnection, columns = 80) {
  return closeLines({ ...close, ...fields }, connection, { ...look, columns });
}

describe("the end of a connection", () => {
  it.each([
    [{ code: 1000, reason: "" }, "○ closed by the peer: 1000 Normal Closure, clean"],
    [{ code: 1005, reason: "" }, "○ closed by the peer: no code, clean"],
    [{ initiator: "local" }, '○ closed by us: 1001 Going Away "bye", clean'],
    [{ clean: false }, '○ closed by the peer: 1001 Going Away "bye", not clean'],
    [{ durationMs: 1.25 }, '○ closed by the peer: 1001 Going Away "bye", clean in 1.3 ms'],
    [{ code: 1006, clean: false }, "○ closed by the peer without a Close frame (1006)"],
  ] satisfies [Partial<CloseEvent>, string][])("%j", (fields, line) => {
    expect(lines(fields)).toEqual([line]);
  });

  it.each([
    [1008, "1008: a message breaks the endpoint's policy"],
    [1013, "1013: the service is overloaded"],
    [4321, "4321: means what both applications agreed on"],
  ])("tells what %d means", (code, meaning) => {
    expect(lines({ code })[1]).toBe(`         ${meaning}`);
  });

  it("tells how long it was, and what has passed", () => {
    const tally = new Tally();
    for (const frame of frameEvents([
      { opcode: 1, maskKey: 1, payload: "hello" },
      { opcode: 2, payload: new Uint8Array(2048) },
    ])) {
      tally.frame(frame);
    }
    expect(lines({}, { openedAt: 0n, tally })).toEqual([
      '○ closed by the peer: 1001 Going Away "bye", clean, after 21 s',
      "         1 sent, 5 B · 1 received, 2.0 KiB",
    ]);
    expect(lines({}, { openedAt: undefined, tally: new Tally() })).toEqual([
      '○ closed by the peer: 1001 Going Away "bye", clean',
      "         0 sent · 0 received",
    ]);
  });

  it("fits the screen, and loses no word of the reason", () => {
    const reason = "the quick brown fox jumps over the lazy dog ".repeat(2).trim();
    for (const columns of [40, 60, 80, 120]) {
      const shown = lines({ code: 4000, reason }, { openedAt: 0n, tally: new Tally() }, columns);
      for (const line of shown) expect(line.length).toBeLessThanOrEqual(columns);
      expect(shown.map((line) => line.trim()).join(" ")).toContain(
        `"${reason}", clean, after 21 s`,
      );
    }
    expect(lines({ reason }, undefined, Number.POSITIVE_INFINITY)).toHaveLength(1);
  });

  it("escapes the reason", () => {
    expect(lines({ code: 4000, reason: "\x1b[2J" })[0]).toContain('"\\x1b[2J", clean');
  });

  it("is red where it was not meant", () => {
    const first = (fields: Partial<CloseEvent>) =>
      closeLines({ ...close, ...fields }, undefined, { ...look, theme: createTheme(1) })[0];
    expect(first({ code: 1011 })).toMatch(/^\x1b\[31m○ closed by the peer: 1011.*clean\x1b\[39m$/);
    expect(first({ code: 1006 })).toContain("\x1b[31m");
    expect(first({ code: 4000, initiator: "local" })).not.toContain("\x1b[31m");
    expect(first({})).not.toContain("\x1b[31m");
  });
});
