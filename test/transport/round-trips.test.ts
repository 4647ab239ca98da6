import { expect, it } from "vitest";
import { RoundTrips } from "../../src/transport/round-trips.ts";
import { utf8 } from "../helpers/bytes.ts";

it("pairs a pong with the ping of its payload, once", () => {
  const trips = new RoundTrips();
  trips.pinged(utf8("a"), 1_000_000n);
  trips.pinged(utf8("b"), 2_000_000n);
  expect(trips.ponged(utf8("b"), 2_500_000n)).toBe(0.5);
  expect(trips.ponged(utf8("a"), 4_000_000n)).toBe(3);
  expect(trips.ponged(utf8("a"), 5_000_000n)).toBeUndefined();
});

it("knows no round trip of a pong that nobody asked for", () => {
  expect(new RoundTrips().ponged(utf8("?"), 1n)).toBeUndefined();
});

it("tells payloads apart by their bytes, an empty one too", () => {
  const trips = new RoundTrips();
  trips.pinged(Uint8Array.of(0xc3), 0n);
  trips.pinged(new Uint8Array(0), 1_000_000n);
  expect(trips.ponged(Uint8Array.of(0xe9), 2_000_000n)).toBeUndefined();
  expect(trips.ponged(new Uint8Array(0), 2_000_000n)).toBe(1);
  expect(trips.ponged(Uint8Array.of(0xc3), 2_000_000n)).toBe(2);
});

it("counts from the latest of pings with the same payload", () => {
  const trips = new RoundTrips();
  trips.pinged(utf8("x"), 0n);
  trips.pinged(utf8("x"), 3_000_000n);
  expect(trips.ponged(utf8("x"), 4_000_000n)).toBe(1);
});

it("forgets the oldest of very many, and no other", () => {
  const trips = new RoundTrips();
  for (let i = 0; i < 65; i++) trips.pinged(utf8(String(i)), 0n);
  expect(trips.ponged(utf8("0"), 1n)).toBeUndefined();
  expect(trips.ponged(utf8("1"), 1_000_000n)).toBe(1);
});
