import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BIG_ENDIAN, LITTLE_ENDIAN } from "../../../src/capture/packets/octets.ts";
import { readInterface } from "../../../src/capture/packets/pcapng-interface.ts";
import { concat, hex, utf8 } from "../../helpers/bytes.ts";
import { fields, option } from "../../helpers/packets.ts";

describe.each([
  ["little", LITTLE_ENDIAN],
  ["big", BIG_ENDIAN],
] as const)("%s endian", (name, order) => {
  const body = (...options: readonly Uint8Array[]) =>
    concat([fields(name, [113, 2], [0, 2], [96, 4]), ...options]);
  const read = (bytes: Uint8Array) => {
    const found = readInterface(order, bytes, 0, bytes.length);
    const time = { seconds: 0, nanoseconds: 0 };
    found.times.set(time, 0, 5_000_000);
    return { ...found, times: [time.seconds, time.nanoseconds] };
  };

  it("has µs unless an option says otherwise", () => {
    expect(read(body())).toEqual({ linkType: 113, snapLength: 96, times: [5, 0] });
  });

  it("has if_tsresol and if_tsoffset among other options", () => {
    const options = [
      option(name, 2, utf8("eth0")),
      option(name, 9, hex("03")),
      option(name, 14, fields(name, [-2n, 8])),
      option(name, 0, hex("")),
      option(name, 9, hex("00")),
    ];
    expect(read(body(...options)).times).toEqual([4998, 0]);
  });

  it("passes over an option that does not fit", () => {
    expect(read(body(fields(name, [9, 2], [40, 2]), hex("03000000"))).times).toEqual([5, 0]);
  });

  it("takes any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 80 }), (bytes) => {
        expect(read(bytes).linkType).toBe(order.uint16(bytes, 0));
      }),
    );
  });
});
