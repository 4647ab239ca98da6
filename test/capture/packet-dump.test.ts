import { describe, expect, it } from "vitest";
import { PcapReader } from "../../src/capture/packets/pcap.ts";
import { capturedPacket, parsePacketDump } from "../../src/capture/packet-dump.ts";
import { concat, hex, toHex, utf8 } from "../helpers/bytes.ts";
import { ethernet, ipv4, ipv6, recordCapture, tcp } from "../helpers/packets.ts";

const SEGMENT = tcp({ payload: hex("8105", utf8("hello")) });
const V4 = ipv4(SEGMENT);
const V6 = ipv6(SEGMENT);

/** As tcpdump -x prints it. */
function words(bytes: Uint8Array): string {
  return rows(bytes, (row, at) => {
    const digits = row.match(/..?.?.?/g)!.join(" ");
    return `\t0x${at.toString(16).padStart(4, "0")}:  ${digits}`;
  });
}

/** As tshark -x prints it. */
function octets(bytes: Uint8Array): string {
  return rows(bytes, (row, at) => {
    const digits = row.match(/../g)!.join(" ").padEnd(47);
    return `${at.toString(16).padStart(4, "0")}  ${digits}   ................`;
  });
}

function rows(bytes: Uint8Array, format: (row: string, at: number) => string): string {
  const found = toHex(bytes).match(/.{1,32}/g)!;
  return found.map((row, i) => format(row, i * 16)).join("\n");
}

function packets(text: string) {
  const dump = parsePacketDump(text.split("\n"));
  if (!dump?.ok) return dump;
  const record = recordCapture();
  const reader = new PcapReader(record);
  reader.push(dump.pcap);
  reader.end();
  return record.packets;
}

describe("packets", () => {
  it.each([
    ["of IPv4", V4, 101],
    ["of IPv6", V6, 101],
    ["on Ethernet", ethernet(V4), 1],
    ["on Ethernet, padded", concat([ethernet(withChecksum(V4)), new Uint8Array(6)]), 1],
    ["on Linux's cooked layer", concat([hex("0000 0001 0006 001122334455 0000 0800"), V4]), 113],
    ["on loopback", concat([hex("02000000"), V4]), 0],
  ])("%s", (_, data, linkType) => {
    for (const text of [words(data), octets(data)]) {
      expect(packets(text)).toMatchObject([{ data, linkType }]);
    }
  });

  it("may be cut by the snap length where the checksum is right", () => {
    const data = withChecksum(V4).subarray(0, 44);
    expect(packets(words(data))).toMatchObject([{ data }]);
  });

  it("are told apart by headings or by their offsets alone", () => {
    const data = [V4, V6];
    const bare = `${octets(V4)}\n\n${octets(V6)}\n`;
    const headed = `listening on lo\n03:22:03.5 IP a > b\n${words(V4)}\n03:22:04.5 IP6 a > b\n${words(V6)}\n2 packets captured\n`;
    for (const text of [bare, headed]) {
      expect(packets(text)).toMatchObject(data.map((each) => ({ data: each })));
    }
  });

  it("that Wireshark made are left out", () => {
    const text = `Frame (47 bytes):\n${octets(V4)}\n\nUnmasked data (5 bytes):\n${octets(utf8("hello"))}\n`;
    expect(packets(text)).toMatchObject([{ data: V4 }]);
  });
});

describe("times", () => {
  it.each([
    ["of a day", "03:22:03.336997 IP", 12_123_336_997_000n],
    ["with a date", "2026-11-21 03:22:03.336997 IP", 1_795_231_323_336_997_000n],
    [
      "of a date in a table",
      "  1 2026-11-21 03:22:03,336997123 10.0.0.1",
      1_795_231_323_336_997_123n,
    ],
    ["since 1970", "1795231323.336997 IP", 1_795_231_323_336_997_000n],
    ["that are not told", "IP 10.0.0.1.1000 > 10.0.0.2.80", 0n],
  ])("%s", (_, heading, ns) => {
    expect(packets(`${heading}\n${words(V4)}`)).toMatchObject([{ ns }]);
  });

  it("go on after midnight", () => {
    const text = `23:59:59.5 IP\n${words(V4)}\n00:00:00.5 IP\n${words(V4)}`;
    expect(packets(text)).toMatchObject([{ ns: 86_399_500_000_000n }, { ns: 86_400_500_000_000n }]);
  });
});

describe("what is no packet", () => {
  it.each([
    ["frames", octets(hex("8105", utf8("hello")))],
    ["a packet whose length is wrong", words(V4.subarray(0, 30))],
    ["digits", toHex(V4)],
    ["nothing", ""],
    ["words", "03:22:03.336997 IP a > b"],
  ])("%s", (_, text) => expect(packets(text)).toBeUndefined());

  it("a line is missing", () => {
    const lines = `03:22:03.5 IP\n${words(V4)}\n\n03:22:04.5 IP\n${words(V4)}`.split("\n");
    const message = "offset 0x0020 does not follow; 0x0010 would";
    const dump = parsePacketDump(lines.toSpliced(7, 1));
    expect(dump).toMatchObject({ ok: false, error: { line: 8, column: 2 } });
    expect(dump && !dump.ok && dump.error.message).toBe(message.replaceAll("0x", ""));
  });

  it("very many lines are something else", () => {
    const junk = Array.from({ length: 200_000 }, () => "zz");
    const dump = parsePacketDump(["0000  45 00", ...junk, "0002  00 14"]);
    expect(dump).toBeUndefined();
  });

  it("a line is something else", () => {
    const lines = `03:22:03.5 IP\n${words(V4)}\n03:22:04.5 IP\n${words(V4)}`.split("\n");
    const dump = parsePacketDump(lines.toSpliced(6, 0, "zz"));
    expect(dump).toMatchObject({ ok: false, error: { line: 7, column: 1 } });
  });
});

/** With the checksum of its header, which the helper leaves out. */
function withChecksum(packet: Uint8Array): Uint8Array {
  const bytes = Buffer.from(packet);
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += bytes.readUInt16BE(at);
  bytes.writeUInt16BE(0xffff - ((sum & 0xffff) + (sum >>> 16)), 10);
  return new Uint8Array(bytes);
}

describe("the bytes of one packet", () => {
  it.each([
    ["of IPv4", V4, "00000065"],
    ["of IPv6", V6, "00000065"],
    ["on Ethernet", ethernet(V4), "00000001"],
  ])("%s become a capture", (_, bytes, linkType) => {
    const pcap = toHex(capturedPacket(bytes) ?? new Uint8Array(0));
    expect(pcap.slice(40, 48)).toBe(linkType);
    expect(pcap.slice(80)).toBe(toHex(bytes));
  });

  it.each([
    ["frames", hex("8105", utf8("hello"))],
    ["nothing", new Uint8Array(0)],
    ["a packet that is cut", V6.subarray(0, -1)],
  ])("%s do not", (_, bytes) => expect(capturedPacket(bytes)).toBeUndefined());
});
