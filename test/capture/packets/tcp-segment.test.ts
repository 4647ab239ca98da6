import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IpHeader } from "../../../src/capture/packets/ip.ts";
import { TcpSegment } from "../../../src/capture/packets/tcp-segment.ts";
import { filler, hex, toHex } from "../../helpers/bytes.ts";
import { ipv4, tcp } from "../../helpers/packets.ts";

function decode(bytes: Uint8Array, missing = 0) {
  const packet = ipv4(new Uint8Array(0));
  const ip = new IpHeader();
  ip.decode(packet, 0, packet.length, 0);
  const segment = new TcpSegment();
  if (!segment.decode(ip, bytes, 0, bytes.length, missing)) return undefined;
  const { sourcePort, destinationPort, seq, ack, flags } = segment;
  const payload = toHex(segment.bytes.subarray(segment.start, segment.end));
  return { sourcePort, destinationPort, seq, ack, flags, payload, missing: segment.missing };
}

const SPEC = {
  sourcePort: 40_000,
  destinationPort: 443,
  seq: 0xffff_fff0,
  ack: 0x8000_0001,
  flags: 0x18,
  payload: hex("c0ffee"),
};

describe("a segment", () => {
  it("has ports, numbers, flags and payload, with and without options", () => {
    const expected = { ...SPEC, payload: "c0ffee", missing: 0 };
    expect(decode(tcp(SPEC))).toEqual(expected);
    expect(decode(tcp({ ...SPEC, options: hex("0101080a 00000001 00000002") }))).toEqual(expected);
  });

  it("tells what was not captured of its payload, also where its options are cut", () => {
    const bytes = tcp({ ...SPEC, options: hex("01010101") });
    expect(decode(bytes.subarray(0, 25), 2)).toMatchObject({ payload: "c0", missing: 2 });
    expect(decode(bytes.subarray(0, 21), 6)).toMatchObject({ payload: "", missing: 3 });
  });

  it.each([
    ["a cut header", tcp(SPEC).subarray(0, 19)],
    ["a header of 16 bytes", setOffset(4)],
    ["a header longer than the packet", setOffset(6)],
  ])("%s is none", (_, bytes) => {
    expect(decode(bytes)).toBeUndefined();
  });

  it("has its time in nanoseconds", () => {
    const segment = new TcpSegment();
    segment.seconds = 3;
    segment.nanoseconds = 5;
    expect(segment.tsNs).toBe(3_000_000_005n);
  });
});

function setOffset(words: number): Uint8Array {
  const bytes = tcp({ ...SPEC, payload: hex("ee") });
  bytes[12] = words << 4;
  return bytes;
}

it("any bytes have their payload within what was captured, or are none", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(60), (bytes, missing) => {
      const found = decode(bytes, missing);
      if (!found) return;
      expect(found.payload.length / 2 + found.missing).toBeLessThanOrEqual(
        bytes.length + missing - 20,
      );
      expect(found.missing).toBeGreaterThanOrEqual(0);
    }),
  );
});

it("the payload is where it was captured", () => {
  const bytes = tcp({ payload: filler(3) });
  const segment = new TcpSegment();
  segment.decode(new IpHeader(), bytes, 0, bytes.length, 0);
  expect(segment.bytes).toBe(bytes);
});
