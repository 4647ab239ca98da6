import { describe, expect, it } from "vitest";
import { formatAddress, formatEndpoint } from "../../../src/capture/packets/endpoint.ts";
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
