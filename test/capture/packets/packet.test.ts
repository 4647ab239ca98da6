import { describe, expect, it } from "vitest";
import { FramecatError } from "../../../src/errors.ts";
import { damaged, Packet, toNanoseconds } from "../../../src/capture/packets/packet.ts";
import { hex } from "../../helpers/bytes.ts";

describe("a packet", () => {
  it("has its time in nanoseconds, and a view of its bytes", () => {
    const packet = new Packet();
    packet.seconds = 1_700_000_000;
    packet.nanoseconds = 123_456_789;
    packet.bytes = hex("00 01 02 03");
    packet.start = 1;
    packet.end = 3;
    expect(packet.tsNs).toBe(1_700_000_000_123_456_789n);
    expect(packet.capturedLength).toBe(2);
    expect(packet.data).toEqual(hex("01 02"));
    expect(packet.data.buffer).toBe(packet.bytes.buffer);
  });

  it("may be from before 1970", () => {
    expect(toNanoseconds(-2, 5)).toBe(-1_999_999_995n);
  });
});

it("damage is told with its place", () => {
  const error = damaged("x.pcap", 24, "a packet claims 9 bytes");
  expect(error).toBeInstanceOf(FramecatError);
  expect(error.exitCode).toBe(2);
  expect(error.message).toBe("x.pcap is damaged at byte 24: a packet claims 9 bytes");
});
