import { describe, expect, it } from "vitest";
import { ByteReader, MAX_DEPTH, readAll, Stop } from "../../src/decode/byte-reader.ts";
import { wholeValue } from "../../src/decode/decoded.ts";
import { hex } from "../helpers/bytes.ts";

describe("numbers", () => {
  const reader = () => new ByteReader(hex("ff80010203040506"));

  it("in either order", () => {
    expect([reader().uint(2), reader().uint(2, true)]).toEqual([0xff80n, 0x80ffn]);
    expect([reader().int(2), reader().int(2, true)]).toEqual([-128n, -32513n]);
    expect([reader().uint(1), reader().int(1), reader().uint8()]).toEqual([255n, -1n, 255]);
    expect(reader().uint(8)).toBe(0xff80010203040506n);
  });

  it.each([
    ["0000", 0],
    ["8000", -0],
    ["3c00", 1],
    ["7bff", 65504],
    ["0001", 2 ** -24],
    ["03ff", 1023 * 2 ** -24],
    ["7c00", Number.POSITIVE_INFINITY],
    ["fc00", Number.NEGATIVE_INFINITY],
    ["7e00", Number.NaN],
  ])("the half %s is %s", (bytes, value) => {
    expect(new ByteReader(hex(bytes)).float(2)).toBe(value);
  });
});

it("reads until the bytes are used up, at least once", () => {
  const decode = (bytes: string) =>
    readAll(hex(bytes), (reader, emit) => emit(wholeValue(reader.uint(2))));
  expect(decode("00010002").values).toHaveLength(2);
  expect(decode("0001ff")).toEqual({
    values: [wholeValue(1)],
    stopped: {
      offset: 2,
      message: "a value of 2 bytes was to follow, and there are only 1",
    },
  });
  expect(decode("").stopped?.message).toBe("the bytes end here, and a value was to follow");
});

it("lets a defect through", () => {
  expect(() =>
    readAll(hex("00"), () => {
      throw new TypeError("a defect");
    }),
  ).toThrow("a defect");
});

it("keeps to a part", () => {
  const reader = new ByteReader(hex("010203"));
  reader.within(2, "part", () => {
    expect(reader.left).toBe(2);
    reader.take(1);
    expect(() => reader.take(2)).toThrow(Stop);
    reader.take(1);
  });
  expect([reader.offset, reader.left]).toEqual([2, 1]);
  expect(() => reader.within(2, "part", () => undefined)).toThrow("a part of 2 bytes");
});

it("bounds the depth", () => {
  const reader = new ByteReader(hex("00"));
  let depth = 0;
  const dive = (): void => {
    depth += 1;
    reader.inside(dive);
  };
  expect(dive).toThrow("nested over");
  expect(depth).toBe(MAX_DEPTH + 1);
});
