import { afterEach, describe, expect, it, vi } from "vitest";
import type { Passing } from "../../../src/transport/relay/passing.ts";
import { passingWords, sizeOf, Waiting } from "../../../src/transport/relay/waiting.ts";
import { hex, utf8 } from "../../helpers/bytes.ts";

const passing: Passing = { conn: "1", dir: "in", opcode: 1, data: utf8("hello"), wireLength: 5 };

function waiting() {
  const told: string[] = [];
  const hooks = { go: () => told.push("go"), pump: () => told.push("pump") };
  const pieces = [hex("81 05", utf8("hello"))];
  return { told, unit: new Waiting({ passing, pieces, compressed: false }, hooks) };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("Waiting", () => {
  it("is blocked by each delay and each hold", () => {
    vi.useFakeTimers();
    const { told, unit } = waiting();
    const held = unit.hold();
    unit.delay(10);
    expect(unit.blocks).toBe(2);
    vi.advanceTimersByTime(10);
    expect(unit.blocks).toBe(1);
    held.release(utf8("new"));
    held.drop();
    expect([unit.blocks, unit.dropped, unit.data, told]).toEqual([
      0,
      false,
      utf8("new"),
      ["pump", "pump"],
    ]);
  });

  it("cannot be changed any more when it has gone", () => {
    vi.useFakeTimers();
    const { told, unit } = waiting();
    const held = unit.hold();
    unit.delay(10);
    held.onGone(() => told.push("gone"));
    unit.gone();
    unit.gone();
    held.drop();
    vi.advanceTimersByTime(10);
    expect([unit.dropped, told]).toEqual([false, ["gone"]]);
  });

  it("keeps its own bytes, not the read that they came in", () => {
    const read = new Uint8Array(64 * 1024);
    const piece = read.subarray(0, 4);
    const hooks = { go: () => undefined, pump: () => undefined };
    const unit = new Waiting({ passing, pieces: [piece], compressed: false }, hooks);
    unit.hold();
    expect(unit.whole.pieces[0]!.buffer.byteLength).toBe(4);
  });
});

it("says what something is", () => {
  expect(passingWords(passing)).toBe("← text of 5 B");
  expect(passingWords({ ...passing, dir: "out", data: undefined, opcode: 9 })).toBe(
    "→ ping of 5 B",
  );
});

it("counts what pieces cost beside their bytes", () => {
  expect(sizeOf([])).toBe(0);
  expect(sizeOf([hex("01"), hex("02")])).toBeGreaterThan(2);
});
