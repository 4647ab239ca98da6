import { describe, expect, it } from "vitest";
import { Addresses, formatAddress, formatEndpoint } from "../../../src/capture/packets/endpoint.ts";
import { hex } from "../../helpers/bytes.ts";

describe("addresses", () => {
  it.each([
    ["7f 00 00 01", "127.0.0.1"],
    ["0000 0000 0000 0000 0000 0000 0000 0001", "::1"],
    ["0000 0000 0000 0000 0000 0000 0000 0000", "::"],
    ["2001 0db8 0000 0000 0001 0000 0000 0001", "2001:db8::1:0:0:1"],
    ["2001 0db8 0000 0001 0001 0001 0001 0001", "2001:db8:0:1:1:1:1:1"],
    ["0001 0000 0000 0002 0000 0000 0000 0003", "1:0:0:2::3"],
    ["fe80 0000 0000 0000 0000 0000 0000 0000", "fe80::"],
  ])("%s", (address, text) => {
    expect(formatAddress(hex(address))).toBe(text);
  });
});

it("with ports", () => {
  expect(formatEndpoint({ address: hex("0a 00 00 02"), port: 80 })).toBe("10.0.0.2:80");
  const loopback = hex("0000 0000 0000 0000 0000 0000 0000 0001");
  expect(formatEndpoint({ address: loopback, port: 8080 })).toBe("[::1]:8080");
});

describe("addresses of many connections", () => {
  const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => (i % 2 === 0 ? i >> 9 : i >> 1));

  it("are the same object where they come again", () => {
    const addresses = new Addresses();
    for (const length of [4, 16]) {
      const first = addresses.of(hex("00 7f000001 7f000001 7f000001 7f000001"), 1, length);
      expect(addresses.of(hex("7f000001 7f000001 7f000001 7f000001"), 0, length)).toBe(first);
      expect(formatAddress(first)).toBe(length === 4 ? "127.0.0.1" : "7f00:1:7f00:1:7f00:1:7f00:1");
    }
  });

  it("are right however many there are, and bytes of their own", () => {
    const addresses = new Addresses();
    const copy = Uint8Array.from(bytes);
    const found = Array.from({ length: 4000 }, (_, i) => addresses.of(copy, 4 * i, 4));
    copy.fill(0);
    expect(found).toEqual(found.map((_, i) => bytes.slice(4 * i, 4 * i + 4)));
  });
});
