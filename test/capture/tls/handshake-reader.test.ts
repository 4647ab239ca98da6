import fc from "fast-check";
import { expect, it } from "vitest";
import { HandshakeReader } from "../../../src/capture/tls/handshake-reader.ts";
import { concat, filler, hex, singly, splitAt, splitPoints, toHex } from "../../helpers/bytes.ts";
import { handshake } from "./forge.ts";

function read(pieces: readonly Uint8Array[]): string[] {
  const told: string[] = [];
  const reader = new HandshakeReader((type, body) => told.push(`${type} ${toHex(body)}`));
  for (const piece of pieces) reader.push(piece);
  return told;
}

const FLIGHT = concat([
  handshake(2, hex("0102 03")),
  handshake(11, filler(70_000)),
  handshake(8, hex("")),
  handshake(1, filler(70_000)),
  handshake(20, hex("aabb")),
]);

it("tells the messages that matter and passes over the others", () => {
  expect(read([FLIGHT])).toEqual(["2 010203", "8 ", "20 aabb"]);
});

it("joins messages that lie across records", () => {
  fc.assert(
    fc.property(splitPoints, (points) => {
      expect(read(splitAt(FLIGHT, points))).toEqual(["2 010203", "8 ", "20 aabb"]);
    }),
  );
  expect(read(singly(handshake(24, hex("01"))))).toEqual(["24 01"]);
});

it("begins anew behind a loss", () => {
  const told: number[] = [];
  const reader = new HandshakeReader((type) => told.push(type));
  for (const start of [hex("02 0000ff 01"), hex("0b 00ffff 01")]) {
    reader.push(start);
    reader.lose();
    reader.push(handshake(24, hex("00")));
  }
  expect(told).toEqual([24, 24]);
});

it("keeps a message that the next one does not overwrite", () => {
  const bodies: Uint8Array[] = [];
  const reader = new HandshakeReader((_, body) => bodies.push(body));
  for (const piece of singly(concat([handshake(8, hex("01")), handshake(8, hex("02"))]))) {
    reader.push(piece);
  }
  expect(bodies.map(toHex)).toEqual(["01", "02"]);
});
