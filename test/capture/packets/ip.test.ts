import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IpHeader } from "../../../src/capture/packets/ip.ts";
import { concat, filler, hex, toHex } from "../../helpers/bytes.ts";
import { ipv4, ipv6, IPV6_ENDS } from "../../helpers/packets.ts";

function decode(packet: Uint8Array, { captured = packet.length, uncaptured = 0 } = {}) {
  const ip = new IpHeader();
  const before = hex("ff ff ff");
  const bytes = concat([before, packet, before]);
  const known = ip.decode(bytes, 3, 3 + captured, uncaptured);
  if (!known) return undefined;
  return {
    source: toHex(bytes.subarray(ip.source, ip.source + ip.addressLength)),
    destination: toHex(bytes.subarray(ip.destination, ip.destination + ip.addressLength)),
    protocol: ip.protocol,
    payload: toHex(bytes.subarray(ip.start, ip.end)),
    missing: ip.missing,
    fragment: ip.isFragment && [ip.identification, ip.fragmentOffset, ip.moreFragments],
  };
}

const PAYLOAD = hex("c0ffee");

describe("IPv4", () => {
  it("has addresses, protocol and payload", () => {
    expect(decode(ipv4(PAYLOAD))).toEqual({
      source: "0a000001",
      destination: "0a000002",
      protocol: 6,
      payload: "c0ffee",
      missing: 0,
      fragment: false,
    });
  });

  it("may have options", () => {
    expect(decode(ipv4(PAYLOAD, { options: hex("01010101 07030400") }))?.payload).toBe("c0ffee");
  });

  it("ends before the padding of Ethernet", () => {
    expect(decode(concat([ipv4(PAYLOAD), new Uint8Array(20)]))?.payload).toBe("c0ffee");
  });

  it("tells what was not captured", () => {
    const found = decode(ipv4(PAYLOAD), { captured: 21, uncaptured: 2 });
    expect(found).toMatchObject({ payload: "c0", missing: 2 });
    expect(decode(ipv4(PAYLOAD), { captured: 20 })).toMatchObject({ payload: "", missing: 3 });
  });

  it("of length 0 reaches to the end of the frame (offload)", () => {
    const large = ipv4(filler(70_000), { totalLength: 0 });
    const found = decode(large, { captured: 60_020, uncaptured: 10_000 });
    expect(found).toMatchObject({ missing: 10_000 });
    expect(found?.payload).toHaveLength(120_000);
  });

  it.each([
    ["first", 0x2000, [9, 0, true]],
    ["middle", 0x2003, [9, 24, true]],
    ["last", 0x0003, [9, 24, false]],
    ["no", 0x4000, false],
  ])("%s fragment", (_, fragment, expected) => {
    expect(decode(ipv4(PAYLOAD, { identification: 9, fragment }))?.fragment).toEqual(expected);
  });

  it.each([
    ["nothing", hex("")],
    ["a cut header", ipv4(PAYLOAD).subarray(0, 19)],
    ["cut options", ipv4(hex(""), { options: hex("01010101") }).subarray(0, 22)],
    ["a header of 16 bytes", concat([hex("44"), ipv4(PAYLOAD).subarray(1)])],
    ["a total length below the header", ipv4(PAYLOAD, { totalLength: 19 })],
    ["version 5", concat([hex("55"), ipv4(PAYLOAD).subarray(1)])],
  ])("%s is none", (_, packet) => {
    expect(decode(packet)).toBeUndefined();
  });
});

describe("IPv6", () => {
  it("has addresses, protocol and payload, and ends before padding", () => {
    expect(decode(concat([ipv6(PAYLOAD), hex("00 00")]))).toEqual({
      source: toHex(IPV6_ENDS[0]),
      destination: toHex(IPV6_ENDS[1]),
      protocol: 6,
      payload: "c0ffee",
      missing: 0,
      fragment: false,
    });
  });

  it("has TCP behind extension headers", () => {
    const headers = [
      hex("3c 00 0104 00000000"), // hop-by-hop, then destination options
      hex("2b 01 0104 00000000 0000000000000000"), // 16 bytes, then routing
      hex("33 00 0000 00000000"), // then authentication
      hex("06 01 0000 00000001 00000002"), // 12 bytes, then TCP
    ];
    const found = decode(ipv6(concat([...headers, PAYLOAD]), { nextHeader: 0 }));
    expect(found).toMatchObject({ protocol: 6, payload: "c0ffee", fragment: false });
  });

  it.each([
    ["first", "06 00 0001 00000009", [9, 0, true]],
    ["middle", "06 00 0019 00000009", [9, 24, true]],
    ["last", "06 00 0018 00000009", [9, 24, false]],
    ["atomic", "06 00 0000 00000009", false],
  ])("%s fragment", (_, header, fragment) => {
    const found = decode(ipv6(concat([hex(header), PAYLOAD]), { nextHeader: 44 }));
    expect(found).toMatchObject({ protocol: 6, payload: "c0ffee", fragment });
  });

  it("reads no headers in the middle of a fragmented packet", () => {
    const packet = ipv6(concat([hex("3c 00 0018 00000009"), hex("06 00 0000 00000000")]), {
      nextHeader: 44,
    });
    expect(decode(packet)).toMatchObject({ protocol: 60, payload: "0600000000000000" });
  });

  it("of length 0 reaches to the end of the frame, and a jumbogram to its own", () => {
    const offload = decode(ipv6(PAYLOAD, { payloadLength: 0 }), { uncaptured: 5 });
    expect(offload).toMatchObject({ payload: "c0ffee", missing: 5 });
    const hop = hex("06 00 c204 0000000b");
    const jumbo = ipv6(concat([hop, PAYLOAD, hex("0000")]), { nextHeader: 0, payloadLength: 0 });
    expect(decode(jumbo)).toMatchObject({ protocol: 6, payload: "c0ffee", missing: 0 });
  });

  it.each([
    ["a cut header", ipv6(PAYLOAD).subarray(0, 39)],
    ["cut before an extension header", ipv6(hex("3c 00 0104 00000000 06 00"), { nextHeader: 0 })],
    ["cut in a long extension header", ipv6(hex("06 04 0000 00000000"), { nextHeader: 0 })],
  ])("%s is none", (_, packet) => {
    expect(decode(packet)).toBeUndefined();
  });
});

it("any bytes have their payload within what was captured, or are none", () => {
  const octets = fc.uint8Array({ maxLength: 120 });
  fc.assert(
    fc.property(
      fc.constantFrom(0x45, 0x46, 0x60),
      octets,
      fc.nat(50),
      (first, rest, uncaptured) => {
        const bytes = concat([Uint8Array.of(first), rest]);
        if (first === 0x60 && bytes.length > 6) bytes[6] = [0, 43, 44, 51, 60][bytes[6]! % 5]!;
        const ip = new IpHeader();
        if (!ip.decode(bytes, 0, bytes.length, uncaptured)) return;
        expect(ip.start).toBeGreaterThanOrEqual(20);
        expect(ip.end).toBeGreaterThanOrEqual(ip.start);
        expect(ip.end).toBeLessThanOrEqual(bytes.length);
        expect(ip.missing).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});
