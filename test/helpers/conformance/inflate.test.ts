import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { filler, hex, utf8 } from "../bytes.ts";
import { seededRandom } from "../seeded-random.ts";
import { Inflater } from "./inflate.ts";

const TAIL_LENGTH = 4;

function compress(data: Uint8Array, options: object = {}): Buffer {
  const whole = deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH, ...options });
  return whole.subarray(0, -TAIL_LENGTH);
}

describe("inflates what zlib deflates", () => {
  const text = Buffer.from("the quick brown fox, ".repeat(3000));
  const noise = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * i * 7919) >> 5));
  it.each([
    ["nothing", Buffer.alloc(0)],
    ["text", text],
    ["a pattern", Buffer.from(filler(100_000))],
    ["noise", noise],
  ])("%s, by each strategy and level", (_, data) => {
    for (const level of [0, 1, 6, 9]) {
      expect(new Inflater().message(compress(data, { level })).equals(data)).toBe(true);
    }
    const fixed = compress(data, { strategy: constants.Z_FIXED });
    expect(new Inflater().message(fixed).equals(data)).toBe(true);
  });

  it("messages that refer to earlier ones", () => {
    const inflater = new Inflater();
    inflater.message(compress(text));
    const next = compress(text, { dictionary: text.subarray(-32_768) });
    expect(next.length).toBeLessThan(compress(text).length);
    expect(inflater.message(next).equals(text)).toBe(true);
    inflater.reset();
    expect(() => inflater.message(next)).toThrow("beyond all that was sent");
  });
});

it.each([
  ["RFC 7692, 7.2.3.1", "f2 48 cd c9 c9 07 00", "Hello"],
  ["7.2.3.3, a stored block", "00 05 00 fa ff 48 65 6c 6c 6f 00", "Hello"],
  ["7.2.3.4, BFINAL", "f3 48 cd c9 c9 07 00 00", "Hello"],
  ["7.2.3.5, two blocks", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00", "Hello"],
])("inflates the sample of %s", (_, compressed, plain) => {
  expect(new Inflater().message(hex(compressed)).toString()).toBe(plain);
});

it.each([8, 9, 12, 14])("knows a distance beyond a window of 2^%i", (windowBits) => {
  const size = 2 ** windowBits;
  const random = seededRandom(windowBits);
  const once = Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
  const twice = Buffer.concat([once, utf8("!"), once]);
  expect(() => new Inflater({ windowBits }).message(compress(twice))).toThrow("beyond the window");
  expect(new Inflater().message(compress(twice)).equals(twice)).toBe(true);
});

it.each([
  ["a block of the reserved type", "07"],
  ["a stored block whose length is damaged", "00 05 00 00 00 48 65 6c 6c 6f 00"],
  ["what ends within a block", "f2 48"],
])("refuses %s", (_, compressed) => {
  expect(() => new Inflater().message(hex(compressed))).toThrow(/a /);
});
