import { describe, expect, it } from "vitest";
import { Packet } from "../../src/capture/packets/packet.ts";
import { SyntheticTcp } from "../../src/capture/synthetic-tcp.ts";
import { filler } from "../helpers/bytes.ts";
import { Wire } from "../helpers/packets.ts";

const ENDS = {
  out: { address: Uint8Array.of(127, 0, 0, 1), port: 50_000 },
  in: { address: Uint8Array.of(127, 0, 0, 2), port: 8080 },
};

/** What our own TCP makes of the packets. */
function received(packets: readonly Uint8Array[]) {
  const wire = new Wire();
  packets.forEach((data, i) => {
    const packet = new Packet();
    packet.number = i + 1;
    packet.linkType = 1;
    packet.bytes = data;
    packet.end = data.length;
    packet.originalLength = data.length;
    wire.decoder.push(packet);
  });
  return wire.end();
}

/** The ones' complement sum of the bytes, which is all ones where the checksum among them is right. */
function onesSum(bytes: Uint8Array): number {
  let sum = 0;
  bytes.forEach((octet, i) => (sum += i % 2 === 0 ? octet * 256 : octet));
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return sum;
}

describe("a TCP connection that never was", () => {
  it("is one to who reads it", () => {
    const tcp = new SyntheticTcp(ENDS);
    const text = (words: string) => Buffer.from(words);
    const { log } = received([
      ...tcp.open(),
      ...tcp.send("out", text("hello")),
      ...tcp.send("in", text("you")),
      ...tcp.send("out", text("!")),
      ...tcp.close("in"),
    ]);
    expect(log).toEqual([
      "open 1 127.0.0.1:50000",
      "data 1> 0 hello",
      "data 1< 0 you",
      "data 1> 5 !",
      "fin 1< 3",
      "fin 1> 6",
      "end 1 fin",
    ]);
  });

  it("cuts what is too long for a packet, and tells what is not known as a gap", () => {
    const tcp = new SyntheticTcp(ENDS);
    const bytes = filler(200_000);
    const before = [...tcp.open(), ...tcp.send("in", bytes)];
    tcp.skip("in", 1000);
    const { recorder } = received([...before, ...tcp.send("in", bytes.subarray(0, 9))]);
    expect(before).toHaveLength(7);
    expect(recorder.parts[0]![1].filter((part) => typeof part === "number")).toEqual([1000]);
    expect(recorder.stream(0, 1).subarray(0, 200_000).equals(bytes)).toBe(true);
  });

  it.each([0, 1, 2, 1459, 65_000])("has right checksums over %d bytes", (length) => {
    const tcp = new SyntheticTcp(ENDS);
    const packets = [
      ...tcp.open(),
      ...tcp.send(
        "out",
        filler(length).map((octet) => octet ^ 0xff),
      ),
    ];
    for (const packet of packets) {
      const ip = packet.subarray(14);
      const pseudo = [...ip.subarray(12, 20), 0, 6, (ip.length - 20) >> 8, (ip.length - 20) & 0xff];
      expect(onesSum(ip.subarray(0, 20))).toBe(0xffff);
      expect(onesSum(Uint8Array.from([...pseudo, ...ip.subarray(20)]))).toBe(0xffff);
    }
  });

  it("counts on where sequence numbers wrap", () => {
    const tcp = new SyntheticTcp(ENDS);
    tcp.open();
    tcp.skip("out", 2 ** 32 - 1001 - 2);
    const [a, b] = [...tcp.send("out", filler(4)), ...tcp.send("out", filler(1))];
    const sequence = (packet: Uint8Array | undefined) => Buffer.from(packet!).readUInt32BE(38);
    expect([sequence(a), sequence(b)]).toEqual([2 ** 32 - 2, 2]);
  });
});
