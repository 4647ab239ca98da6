import fc from "fast-check";
import { expect, it } from "vitest";
import { Packet } from "../../../src/capture/packets/packet.ts";
import { PacketDecoder } from "../../../src/capture/packets/packet-decoder.ts";
import { filler, toHex } from "../../helpers/bytes.ts";
import { ethernet, ipv4, tcp } from "../../helpers/packets.ts";

function decode(frames: readonly Uint8Array[], linkType = 1, uncaptured = 0) {
  const seen: string[] = [];
  const decoder = new PacketDecoder(({ seq, bytes, start, end, missing, tsNs, packetNumber }) => {
    seen.push(`#${packetNumber} ${tsNs} ${seq} ${toHex(bytes.subarray(start, end))}+${missing}`);
  });
  frames.forEach((bytes, i) => {
    const { length } = bytes;
    const packet = new Packet();
    packet.number = i + 1;
    packet.nanoseconds = 7;
    Object.assign(packet, { linkType, bytes, end: length, originalLength: length + uncaptured });
    decoder.push(packet);
  });
  return { seen, decoder };
}

it("segments come with the time and number of their packet", () => {
  const segment = tcp({ seq: 9, payload: filler(3) });
  const arp = ethernet(filler(28), 0x0806);
  const { seen, decoder } = decode([arp, ethernet(ipv4(segment))]);
  expect(seen).toEqual(["#2 7 9 000102+0"]);
  expect(decoder.counts).toMatchObject({ packets: 2, segments: 1, malformed: 0 });
});

it("a fragmented one comes with its last fragment", () => {
  const segment = tcp({ seq: 9, payload: filler(12) });
  const { seen, decoder } = decode([
    ethernet(ipv4(segment.subarray(0, 16), { fragment: 0x2000 })),
    ethernet(ipv4(segment.subarray(16), { fragment: 2 })),
  ]);
  expect(seen).toEqual([`#2 7 9 ${toHex(filler(12))}+0`]);
  expect(decoder.counts).toMatchObject({ packets: 2, segments: 1, fragments: 2 });
});

it("what a snap length cut is missing", () => {
  const frame = ethernet(ipv4(tcp({ payload: filler(9) })));
  expect(decode([frame.subarray(0, 56)], 1, 7).seen).toEqual(["#1 7 0 0001+7"]);
});

it("other protocols are passed over, and nonsense is counted", () => {
  const udp = ethernet(ipv4(filler(30), { protocol: 17 }));
  const cut = ethernet(ipv4(tcp({})).subarray(0, 30));
  const none = ethernet(filler(30));
  expect(decode([udp, cut, none]).decoder.counts).toMatchObject({ segments: 0, malformed: 2 });
});

it("link types that are not known are counted", () => {
  const { counts } = decode([filler(9), filler(9)], 105).decoder;
  expect([...counts.unknownLinkTypes]).toEqual([[105, 2]]);
});

it("any bytes are taken", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 100 }),
      fc.constantFrom(0, 1, 101, 276),
      (bytes, link) => {
        expect(decode([bytes], link).decoder.counts.packets).toBe(1);
      },
    ),
  );
});
