import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findIp, isKnownLinkType } from "../../../src/capture/packets/link-layer.ts";
import { concat, hex } from "../../helpers/bytes.ts";
import { ethernet, fields } from "../../helpers/packets.ts";

const IP = hex("45 00 00 14");

function find(linkType: number, frame: Uint8Array): number {
  // Something lies around it, as in a chunk of a file.
  return findIp(linkType, concat([hex("08 00"), frame, hex("08 00")]), 2, 2 + frame.length) - 2;
}

describe("the IP packet is found behind", () => {
  const cooked = (type: string) => concat([hex("0000 0001 0006 000000000000 0000"), hex(type), IP]);
  const cooked2 = (type: string) => concat([hex(type), new Uint8Array(18), IP]);

  it.each([
    ["Ethernet", 1, ethernet(IP), 14],
    ["Ethernet with IPv6", 1, ethernet(IP, 0x86dd), 14],
    ["802.1Q", 1, ethernet(IP, 0x0800, [0x8100]), 18],
    ["802.1ad and 802.1Q", 1, ethernet(IP, 0x86dd, [0x88a8, 0x8100]), 22],
    ["three tags", 1, ethernet(IP, 0x0800, [0x9100, 0x8100, 0x8100]), 26],
    ["Linux cooked", 113, cooked("0800"), 16],
    [
      "Linux cooked with a tag",
      113,
      concat([cooked("8100").subarray(0, 16), hex("0007 0800")]),
      20,
    ],
    ["Linux cooked v2", 276, cooked2("86dd"), 20],
    ["BSD loopback, little endian", 0, concat([hex("02000000"), IP]), 4],
    ["BSD loopback, big endian", 0, concat([hex("0000001e"), IP]), 4],
    ["BSD loopback of FreeBSD, IPv6", 0, concat([hex("1c000000"), IP]), 4],
    ["OpenBSD loopback", 108, concat([hex("00000018"), IP]), 4],
    ["raw IP", 101, IP, 0],
    ["raw IP of the BSDs", 12, IP, 0],
    ["raw IP of OpenBSD", 14, IP, 0],
    ["raw IPv4", 228, IP, 0],
    ["raw IPv6", 229, IP, 0],
  ])("%s", (_, linkType, frame, at) => {
    expect(find(linkType, frame)).toBe(at);
    expect(isKnownLinkType(linkType)).toBe(true);
  });
});

describe("there is none in", () => {
  it.each([
    ["ARP", 1, ethernet(IP, 0x0806)],
    ["a cut Ethernet header", 1, new Uint8Array(13)],
    ["a cut tag", 1, ethernet(hex("00"), 0x8100)],
    ["a loopback of another family", 0, concat([hex("07000000"), IP])],
    ["a cut loopback", 0, hex("02000000")],
    ["an OpenBSD loopback in the wrong order", 108, concat([hex("02000000"), IP])],
    ["802.11", 105, IP],
  ])("%s", (_, linkType, frame) => {
    expect(find(linkType, frame)).toBe(-3);
  });

  it("a packet whose tag ends the capture, whatever lies behind", () => {
    const bytes = concat([ethernet(hex(""), 0x8100), fields("big", [7, 2], [0x0800, 2]), IP]);
    expect(findIp(1, bytes, 0, 14)).toBe(-1);
  });
});

it("others are not known", () => {
  expect([9, 105, 127, 147].map(isKnownLinkType)).toEqual([false, false, false, false]);
});

it("any bytes have it within them, or not at all", () => {
  const linkTypes = fc.constantFrom(0, 1, 12, 101, 108, 113, 229, 276, 500);
  const octet = fc.constantFrom(0, 1, 2, 8, 0x81, 0x86, 0x88, 0xa8, 0xdd);
  fc.assert(
    fc.property(linkTypes, fc.array(octet, { maxLength: 60 }), (linkType, octets) => {
      const at = findIp(linkType, Uint8Array.from(octets), 0, octets.length);
      expect(at).toBeLessThanOrEqual(octets.length);
    }),
  );
});
