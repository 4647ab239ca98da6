import { describe, expect, it } from "vitest";
import { KeySample } from "../../src/protocol/key-sample.ts";
import { seededRandom } from "../helpers/seeded-random.ts";

/** After how many keys a sample is told to be no chance; undefined for never. */
function toldAt(sampled: readonly number[]): number | undefined {
  const sample = new KeySample();
  const at = sampled.findIndex((key) => sample.push(key));
  return at === -1 ? undefined : at + 1;
}

function keys(count: number, make: (random: () => number) => number, seed = 1): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => make(random) >>> 0);
}

const octets = (random: () => number, from: number, count: number) =>
  [24, 16, 8, 0].reduce((key, at) => key | ((from + Math.floor(random() * count)) << at), 0);

describe("a sample of masking keys", () => {
  it.each<[string, number, readonly number[]]>([
    ["numbers of one octet", 4, keys(64, (random) => random() * 256)],
    ["numbers of two octets", 4, keys(64, (random) => random() * 65_536)],
    ["numbers of three octets", 8, keys(64, (random) => random() * 2 ** 24)],
    ["one octet four times", 4, keys(64, (random) => Math.floor(random() * 256) * 0x01010101)],
    ["digits", 8, keys(64, (random) => octets(random, 48, 10))],
    ["letters", 16, keys(64, (random) => octets(random, 97, 26))],
    ["ASCII", 64, keys(64, (random) => octets(random, 0, 100))],
  ])("%s are told at the latest at key %d", (_name, latest, sample) => {
    expect(toldAt(sample)).toBeLessThanOrEqual(latest);
  });

  it("of random keys never tells, however many there are", () => {
    for (let seed = 0; seed < 100; seed++) {
      expect(toldAt(keys(200, (random) => random() * 2 ** 32, seed))).toBeUndefined();
    }
  });

  it("begins anew, so that a client that changes its ways is told as well", () => {
    const good = keys(1024, (random) => random() * 2 ** 32);
    expect(toldAt([...good, 1, 2, 3, 4])).toBe(1028);
  });
});
