import { describe, expect, it } from "vitest";
import { Sightings } from "../../../src/capture/packets/sightings.ts";
import { TcpSegment } from "../../../src/capture/packets/tcp-segment.ts";
import { FIN, RST } from "../../helpers/packets.ts";

function segment(seq: number, length: number, flags = 0): TcpSegment {
  return Object.assign(new TcpSegment(), { seq, end: length, flags });
}

/** What was seen, in this order: `[seq, length, flags]` of this direction, or what the peer has. */
function seen(...all: readonly (readonly [number, number, number?] | number)[]): Sightings {
  const sightings = new Sightings();
  for (const one of all) {
    if (typeof one === "number") sightings.acknowledged(one);
    else sightings.sent(segment(...one));
  }
  return sightings;
}

const FAR_AWAY = 1000 + 2 ** 31 - 5;

describe("a direction begins with", () => {
  it.each([
    ["the first data", [[103, 2], [101, 2], 105], 101],
    ["the first data across the wrap", [[3, 2], [0xffff_fffe, 5], 5], 0xffff_fffe],
    ["a FIN without data", [[101, 0, FIN]], 101],
    ["data, not with an acknowledgement of its own", [[90, 0], 101, [101, 2]], 101],
    [
      "data, not with a RST",
      [
        [40, 0, RST],
        [101, 2],
      ],
      101,
    ],
    ["what the peer has where there is no data", [105, 103], 103],
    ["its own number where there is nothing else", [[90, 0]], 90],
    ["data, not with a keep-alive", [102, [101, 1], [102, 5]], 102],
    ["an octet that the peer has not got", [101, [101, 1], [102, 5]], 101],
    ["data near to what the peer has", [[FAR_AWAY, 9], 1000, [1000, 2]], 1000],
    ["what most of it is near to, whatever else the peer has", [1000, [1000, 2], FAR_AWAY], 1000],
    [
      "data near to most other data",
      [
        [FAR_AWAY, 9],
        [1000, 2],
        [1002, 3],
      ],
      1000,
    ],
  ] as const)("%s", (_, all, first) => {
    expect(seen(...all).beginning >>> 0).toBe(first);
  });

  it("what the answer to its SYN says, unless there is data before that", () => {
    const sightings = seen([300, 2]);
    sightings.answered(101);
    expect(sightings.beginning).toBe(101);
    sightings.sent(segment(90, 5));
    expect(sightings.beginning).toBe(90);
    expect(sightings.lastAcknowledged).toBe(101);
  });
});

it("a SYN belongs to it that is a little before anything that was seen", () => {
  const sightings = seen([FAR_AWAY, 9], [200, 5], 300);
  expect([199, 100, 299].map((syn) => sightings.isBehindSyn(syn))).toEqual([true, true, true]);
  expect(sightings.isBehindSyn(0xffff_0000)).toBe(false);
  expect(sightings.isBehindSyn(300)).toBe(false);
});

it("numbers of another connection are far from all of them", () => {
  const sightings = seen([0x2000_0000, 5], 0x2000_0005);
  expect(sightings.isFar(0x2000_0000 + 2 ** 20)).toBe(false);
  expect(sightings.isFar(0x2000_0000 + 2 ** 21)).toBe(true);
  expect(sightings.isFar(0x2000_0000 - 70_000)).toBe(true);
  // One that was seen alone may be of that one, too.
  sightings.acknowledged(0x7000_0000);
  expect(sightings.isFar(0x7000_0010)).toBe(true);
});

it("knows whether there was anything, and does not grow without end", () => {
  const sightings = new Sightings();
  expect([sightings.isEmpty, sightings.lastAcknowledged]).toEqual([true, undefined]);
  for (let i = 0; i < 10_000; i++) sightings.answered(i);
  expect([sightings.isEmpty, sightings.lastAcknowledged]).toEqual([false, 63]);
});
