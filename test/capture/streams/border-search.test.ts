import { describe, expect, it } from "vitest";
import { BorderSearch } from "../../../src/capture/streams/border-search.ts";
import { MemoryBudget } from "../../../src/capture/streams/memory-budget.ts";
import { concat, filler, utf8 } from "../../helpers/bytes.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";
import { fromServer } from "../../helpers/talk.ts";

const NOW = { seconds: 0, nanoseconds: 0 };

function search(...pieces: readonly Uint8Array[]) {
  const found = new BorderSearch({ masked: false, compressed: false }, new MemoryBudget());
  const places = pieces.map((piece) => found.push(piece, 0, piece.length, NOW));
  return { found, places };
}

describe("a border", () => {
  const hello = fromServer("hello");

  it("right behind the gap: a short text in a packet of its own will do", () => {
    expect(search(hello).places).toEqual([0]);
  });

  it("behind the rest of a payload", () => {
    const rest = utf8("the end of a long text. ");
    const frames = [hello, fromServer("a further message"), fromServer("and one more")];
    expect(search(concat([rest, ...frames])).places).toEqual([rest.length]);
  });

  it("is not that of bytes which only lead to it", () => {
    const frames = ["one", "two", "three"].map((text) => fromServer(`message ${text}`));
    const { places } = search(concat([utf8("end of text"), Uint8Array.of(0x89, 0)]), ...frames);
    expect(places.find((place) => place !== undefined)).toBe(13);
  });

  it("is certain once enough has come", () => {
    const frames = [1, 2, 3, 4].map((i) => fromServer(utf8(`message ${i}`), { opcode: 2 }));
    const { found, places } = search(
      filler(40).map((octet) => octet | 0x30),
      ...frames,
    );
    expect(places[0]).toBeUndefined();
    expect([...places, found.search()].find((place) => place !== undefined)).toBe(40);
  });

  it("is not believed because of packets that are so short that all are borders", () => {
    const noise = filler(200).map((octet) => octet | 0x30);
    const ping = fromServer("ab", { opcode: 9 });
    const bytes = concat([noise, ping, fromServer("cd", { opcode: 10 })]);
    const pieces = Array.from({ length: bytes.length / 2 }, (_, i) =>
      bytes.subarray(2 * i, 2 * i + 2),
    );
    const { found, places } = search(...pieces);
    expect([...places, found.search()].find((place) => place !== undefined)).toBeUndefined();
  });

  it("is not believed right behind a gap where there was none behind the gap before", () => {
    const pieces = [
      fromServer(filler(83), { opcode: 0 }),
      fromServer("a text that goes on".repeat(40)),
    ];
    const [first, second] = pieces.map((piece) => piece.subarray(0, 300));
    const places = (["frames", "loss"] as const).map((after) => {
      const budget = new MemoryBudget();
      const found = new BorderSearch({ masked: false, compressed: false }, budget, { after });
      const pushed = [first!, second!].map((piece) => found.push(piece, 0, piece.length, NOW));
      return [...pushed, found.search()].find((place) => place !== undefined);
    });
    expect(places).toEqual([0, undefined]);
  });

  it("is not found in numbers, whose zeros look like headers of small frames", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed);
      const whole = (below: number): number => Math.floor(random() * below);
      const numbers = new DataView(new ArrayBuffer(4 * (100 + whole(900))));
      for (let at = 0; at < numbers.byteLength; at += 4) numbers.setInt32(at, whole(12), true);
      const payload = new Uint8Array(numbers.buffer);
      const frames = Array.from({ length: 5 }, () => fromServer(payload, { opcode: 2 }));
      const bytes = concat(frames).subarray(5 + whole(60));
      const { found, places } = search(
        bytes.subarray(0, 150),
        bytes.subarray(150, 1450),
        bytes.subarray(1450),
      );
      const place = [...places, found.search()].find((one) => one !== undefined);
      const rest = place === undefined ? 0 : bytes.length - place;
      expect([seed, rest % frames[0]!.length]).toEqual([seed, 0]);
    }
  });

  it("is not found in zeros, nor in text", () => {
    const { found, places } = search(new Uint8Array(1000), utf8("lorem ipsum ".repeat(200)));
    expect(places).toEqual([undefined, undefined]);
    expect(found.search()).toBeUndefined();
  });
});

it("what is held is limited", () => {
  const budget = new MemoryBudget();
  const found = new BorderSearch({ masked: true, compressed: false }, budget);
  for (let i = 0; i < 40; i++) {
    found.push(new Uint8Array(16_384), 0, 16_384, NOW);
    expect(budget.held).toBeLessThanOrEqual(144 * 1024);
  }
  expect(found.givenUp + found.held.length).toBe(40 * 16_384);
});

it("less is held where all together hold too much", () => {
  const found = new BorderSearch({ masked: true, compressed: false }, new MemoryBudget(10));
  found.push(new Uint8Array(100), 0, 100, NOW);
  expect([found.held.length, found.givenUp]).toEqual([0, 100]);
});
