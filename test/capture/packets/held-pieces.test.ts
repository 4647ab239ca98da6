import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HeldPiece, HeldPieces } from "../../../src/capture/packets/held-pieces.ts";
import { utf8 } from "../../helpers/bytes.ts";

function piece(start: number, text: string): HeldPiece {
  const bytes = utf8(text);
  const end = start + bytes.length;
  return { start, end, bytes, seconds: start, nanoseconds: 0, packetNumber: start };
}

function unseen(start: number, end: number): HeldPiece {
  return { ...piece(start, ""), end, bytes: undefined };
}

function take(held: HeldPieces, position: number): string[] {
  return Array.from(held.takeFrom(position), ({ start, end, bytes }) =>
    bytes ? `${start}${Buffer.from(bytes).toString()}` : `${start}-${end}`,
  );
}

describe("pieces", () => {
  it("are held in order, and taken from the front as far as there is no hole", () => {
    const held = new HeldPieces();
    for (const one of [piece(6, "gh"), piece(2, "cd"), piece(4, "ef"), piece(9, "j")])
      held.add(one);
    expect([held.count, held.covered, held.first?.start, held.last?.end]).toEqual([4, 7, 2, 10]);
    expect(take(held, 1)).toEqual([]);
    expect(take(held, 3)).toEqual(["3d", "4ef", "6gh"]);
    expect([held.count, held.covered]).toEqual([1, 1]);
    expect(take(held, 20)).toEqual([]);
    expect([held.count, held.covered, held.memory, held.first]).toEqual([0, 0, 0, undefined]);
  });

  it("overlap so that the first wins, and differing bytes are counted", () => {
    const held = new HeldPieces();
    expect(held.add(piece(2, "cd"))).toBe(0);
    expect(held.add(piece(6, "gh"))).toBe(0);
    expect(held.add(piece(0, "abXdefgYij"))).toBe(2);
    expect(take(held, 0)).toEqual(["0ab", "2cd", "4ef", "6gh", "8ij"]);
  });

  it("of an octet that came alone give way to longer ones, not to another octet", () => {
    const held = new HeldPieces();
    const octet = (start: number, text: string): HeldPiece => ({
      ...piece(start, text),
      alone: "data",
    });
    held.add(octet(3, "X"));
    expect(held.add(octet(3, "Y"))).toBe(1);
    held.add(octet(8, "Z"));
    expect(held.add(piece(2, "cd"))).toBe(1);
    expect(held.add(unseen(8, 10))).toBe(0);
    expect(take(held, 2)).toEqual(["2cd"]);
    expect(take(held, 8)).toEqual(["8-10"]);
    expect([held.count, held.covered, held.memory]).toEqual([0, 0, 0]);
  });

  it("may stand for bytes that were not captured", () => {
    const held = new HeldPieces();
    held.add(unseen(2, 5));
    held.add(piece(0, "abcdef"));
    expect(take(held, 0)).toEqual(["0ab", "2-5", "5f"]);
  });

  it("are copies", () => {
    const held = new HeldPieces();
    const one = piece(0, "ab");
    held.add(one);
    one.bytes?.fill(0);
    expect(take(held, 0)).toEqual(["0ab"]);
  });

  it("are what a map of first bytes is, for any pieces", () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), bytes), { maxLength: 25 }), (pieces) => {
        const held = new HeldPieces();
        const first = new Map<number, number>();
        for (const [start, octets] of pieces) {
          let differing = 0;
          octets.forEach((octet, i) => {
            const known = first.get(start + i);
            if (known === undefined) first.set(start + i, octet);
            else if (known !== octet) differing += 1;
          });
          const added = { ...piece(start, ""), end: start + octets.length, bytes: octets };
          expect(held.add(added)).toBe(differing);
        }
        expect(held.covered).toBe(first.size);
        while (held.first) {
          for (const { start, bytes: octets } of held.takeFrom(held.first.start)) {
            octets?.forEach((octet, i) => {
              expect(first.get(start + i)).toBe(octet);
              first.delete(start + i);
            });
          }
        }
        expect([first.size, held.memory]).toEqual([0, 0]);
      }),
    );
  });
});
