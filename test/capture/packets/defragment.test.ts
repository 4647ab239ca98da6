import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Defragmenter, type DefragmenterLimits } from "../../../src/capture/packets/defragment.ts";
import { IpHeader } from "../../../src/capture/packets/ip.ts";
import { filler, toHex } from "../../helpers/bytes.ts";
import { ipv4 } from "../../helpers/packets.ts";

interface Fragment {
  readonly at: number;
  readonly payload: Uint8Array;
  readonly more: boolean;
  readonly id?: number;
  readonly missing?: number;
  readonly seconds?: number;
}

function defragment(fragments: readonly Fragment[], limits?: DefragmenterLimits) {
  const defragmenter = new Defragmenter(limits);
  const whole: string[] = [];
  for (const { at, payload, more, id = 1, missing = 0, seconds = 0 } of fragments) {
    const packet = ipv4(payload, {
      identification: id,
      fragment: (at / 8) | (more ? 0x2000 : 0),
      totalLength: 20 + payload.length + missing,
    });
    const ip = new IpHeader();
    ip.decode(packet, 0, packet.length, missing);
    const found = defragmenter.push(ip, seconds);
    packet.fill(0);
    if (found) whole.push(toHex(found.bytes) + (found.missing > 0 ? `+${found.missing}` : ""));
  }
  return { whole, defragmenter };
}

const WHOLE = filler(100);
const first = { at: 0, payload: WHOLE.subarray(0, 48), more: true };
const middle = { at: 48, payload: WHOLE.subarray(48, 80), more: true };
const last = { at: 80, payload: WHOLE.subarray(80), more: false };

describe("fragments", () => {
  it.each([
    ["in order", [first, middle, last]],
    ["backwards", [last, middle, first]],
    ["repeated", [middle, middle, last, last, first]],
  ])("%s", (_, fragments) => {
    const { whole, defragmenter } = defragment(fragments);
    expect(whole).toEqual([toHex(WHOLE)]);
    expect([defragmenter.waiting, defragmenter.dropped]).toEqual([0, 0]);
  });

  it("of a whole packet that come again are none that wait", () => {
    const { whole, defragmenter } = defragment([first, middle, last, middle, last]);
    expect([whole.length, defragmenter.waiting]).toEqual([1, 0]);
    const late = { ...first, id: 2, seconds: 100 };
    const { defragmenter: after } = defragment([first, middle, last, middle, late]);
    expect([after.waiting, after.dropped]).toEqual([1, 0]);
  });

  it("of several packets, interleaved", () => {
    const other = [first, middle, last].map((fragment) => ({ ...fragment, id: 2 }));
    const { whole } = defragment([first, other[2]!, middle, other[0]!, last, other[1]!]);
    expect(whole).toEqual([toHex(WHOLE), toHex(WHOLE)]);
  });

  it("overlap so that the first wins", () => {
    const evil = { at: 40, payload: new Uint8Array(40).fill(0xee), more: true };
    expect(defragment([first, middle, evil, last]).whole).toEqual([toHex(WHOLE)]);
    const expected = Uint8Array.from(WHOLE).fill(0xee, 48, 80);
    expect(defragment([first, evil, middle, last]).whole).toEqual([toHex(expected)]);
  });

  it("captured in part give the packet up to there", () => {
    const cut = { ...middle, payload: middle.payload.subarray(0, 10), missing: 22 };
    expect(defragment([first, cut, last]).whole).toEqual([`${toHex(WHOLE.subarray(0, 58))}+42`]);
  });

  it("behind the last one make the packet invalid", () => {
    const beyond = { at: 104, payload: filler(8), more: true };
    expect(defragment([first, beyond, last]).defragmenter.dropped).toBe(1);
    expect(defragment([last, beyond, first]).defragmenter.dropped).toBe(1);
  });

  it("longer than any packet are not held", () => {
    const { defragmenter } = defragment([{ at: 65_528, payload: filler(16), more: true }]);
    expect([defragmenter.waiting, defragmenter.dropped]).toEqual([0, 0]);
  });

  it("are dropped after a while", () => {
    const late = { ...last, seconds: 31 };
    const { whole, defragmenter } = defragment([first, middle, late]);
    expect(whole).toEqual([]);
    expect([defragmenter.waiting, defragmenter.dropped]).toEqual([1, 1]);
  });

  it("are limited in number and memory, the oldest going first", () => {
    const many = Array.from({ length: 5 }, (_, id) => ({ ...first, id }));
    const { defragmenter } = defragment(many, { maxPackets: 3 });
    expect([defragmenter.waiting, defragmenter.dropped]).toEqual([3, 2]);
    const held = defragment(many, { maxMemory: 2200 }).defragmenter;
    expect([held.waiting, held.dropped]).toEqual([2, 3]);
  });
});

it("any cut of a packet in any order is the packet", () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 49 }), { maxLength: 10 });
  fc.assert(
    fc.property(cuts, fc.infiniteStream(fc.nat()), (points, order) => {
      const payload = filler(400 - 3);
      const at = [0, ...points.toSorted((a, b) => a - b).map((point) => point * 8)];
      const fragments = at.map((start, i) => ({
        at: start,
        payload: payload.subarray(start, at[i + 1] ?? payload.length),
        more: i < at.length - 1,
        key: order.next().value as number,
      }));
      fc.pre(fragments.length > 1);
      const mixed = fragments.toSorted((a, b) => a.key - b.key);
      expect(defragment(mixed).whole).toEqual([toHex(payload)]);
    }),
  );
});
