import { afterEach, describe, expect, it, vi } from "vitest";
import { type Between, Gathering, Pieces } from "../../../src/transport/relay/gathering.ts";
import { Waiting } from "../../../src/transport/relay/waiting.ts";
import { hex } from "../../helpers/bytes.ts";

function ping(): Waiting {
  const passing = { conn: "1", dir: "in", opcode: 9, data: hex(""), wireLength: 0 } as const;
  const hooks = { go: () => undefined, pump: () => undefined };
  return new Waiting({ passing, pieces: [hex("89 00")], compressed: false }, hooks);
}

afterEach(() => {
  vi.useRealTimers();
});

describe("Gathering", () => {
  it("keeps pings in their places, and gives all of it back at once", () => {
    vi.useFakeTimers();
    const gathering = new Gathering(() => undefined);
    expect([gathering.isEmpty, gathering.size]).toEqual([true, 0]);
    const [one, other] = [ping(), ping()];
    gathering.add([hex("01"), hex("01 61")]);
    gathering.interleave(one);
    const before = gathering.size;
    gathering.add([hex("00 01 62")]);
    gathering.interleave(other);
    expect(gathering.size - before).toBeGreaterThan(3 + other.size);
    expect(gathering.take()).toEqual({
      pieces: [hex("01"), hex("01 61"), hex("00 01 62")],
      between: [
        { unit: one, after: 2 },
        { unit: other, after: 3 },
      ],
    });
    expect([gathering.isEmpty, gathering.size, vi.getTimerCount()]).toEqual([true, 0, 0]);
  });

  it("gives pings up that wait too long, the message stays", () => {
    vi.useFakeTimers();
    const late: Between[][] = [];
    const gathering = new Gathering((between) => late.push([...between]));
    gathering.add([hex("01 00")]);
    const unit = ping();
    gathering.interleave(unit);
    vi.advanceTimersByTime(1000);
    expect(late).toEqual([[{ unit, after: 1 }]]);
    expect(gathering.take()).toEqual({ pieces: [hex("01 00")], between: [] });
  });
});

it("pieces count what they take, beside their bytes too", () => {
  const pieces = new Pieces();
  pieces.add([hex("01 02")]);
  pieces.add([hex("")]);
  expect(pieces.count).toBe(2);
  expect(pieces.size).toBeGreaterThan(2);
  expect(pieces.take()).toEqual([hex("01 02"), hex("")]);
  expect([pieces.count, pieces.size]).toEqual([0, 0]);
});
