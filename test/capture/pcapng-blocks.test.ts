import { describe, expect, it } from "vitest";
import { fileHead, packetBlock } from "../../src/capture/pcapng-blocks.ts";
import { PcapngReader } from "../../src/capture/packets/pcapng.ts";
import { concat, filler, toHex } from "../helpers/bytes.ts";
import { recordCapture } from "../helpers/packets.ts";

describe("blocks of a pcapng file", () => {
  it.each([0, 1, 2, 3, 4, 65_054])("give a packet of %d bytes back", (length) => {
    const record = recordCapture();
    const reader = new PcapngReader(record);
    const packet = filler(length);
    reader.push(concat([fileHead("framecat 1", "a comment"), packetBlock(1.7e15 + 123, packet)]));
    reader.end();
    expect(record.packets).toMatchObject([
      { linkType: 1, ns: 1_700_000_000_000_123_000n, originalLength: length, data: packet },
    ]);
    expect(record.notes).toEqual([]);
  });

  it("are whole words, and tell their length twice", () => {
    expect(toHex(packetBlock(0x1_0000_0002, Uint8Array.of(0xaa)))).toBe(
      "0600000024000000" +
        "00000000" +
        "01000000" +
        "02000000" +
        "01000000" +
        "01000000" +
        "aa000000" +
        "24000000",
    );
  });
});
