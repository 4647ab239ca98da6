import { Buffer } from "node:buffer";
import { parseDump } from "./hex-dump.ts";
import type { HexError } from "./hex.ts";
import { IpHeader } from "./packets/ip.ts";
import { findIp } from "./packets/link-layer.ts";
import { uint16 } from "./packets/octets.ts";

/**
 * Packets as text: `tcpdump -x/-X/-xx/-XX`, `tshark -x`, Wireshark's export, and a single one as
 * Wireshark copies it in hex or base64. They become a pcap file, because what is inside, from link
 * layer to frames, is read as in any capture.
 *
 * 1. Each packet is a dump whose offsets begin at 0, with or without a heading before it.
 * 2. It is packets where one of the first of them is an IP packet, alone or on one of the usual link
 *    layers, and its length or its checksum is right. No frame begins like that: reserved bits or a
 *    reserved opcode would be set.
 * 3. The time is that of the heading. Without a date the day is the first of 1970; where the clock
 *    jumps back by half a day or more, the next day has begun.
 * 4. Wireshark adds dumps of what it has put together or unmasked, with a heading that tells so.
 */
export type PacketDump =
  | { readonly ok: true; readonly pcap: Uint8Array }
  | { readonly ok: false; readonly error: HexError };

interface Section {
  /** Number of its first line, from 0. */
  readonly line: number;
  readonly heading: string;
  readonly lines: string[];
}

const DUMP_LINE = /^\s*(?:0x)?([\da-f]{4,8})(?::\s|\s{2,}[\da-f]{2}(?:\s|$))/i;
const DUMP_TAIL = /^\s*(?:\*|(?:0x)?[\da-f]{4,8})\s*$/i;
const DERIVED = /^(?!(?:Frame|Packet)\b).*\(\d+ bytes?\):?\s*$/i;
const TRIED = 16;

/** A pcap file of the packets that the lines tell; undefined where they tell none. */
export function parsePacketDump(lines: readonly string[]): PacketDump | undefined {
  const sections = sectionsOf(lines);
  const linkType = linkTypeOf(sections);
  if (linkType === undefined) return undefined;
  const pieces: Uint8Array[] = [fileHeader(linkType)];
  const clock = new HeadingClock();
  for (const { line, heading, lines: dump } of sections) {
    if (DERIVED.test(lastLine(heading))) continue;
    const parsed = parseDump(dump);
    if (!parsed.ok)
      return { ok: false, error: { ...parsed.error, line: parsed.error.line + line } };
    pieces.push(recordHeader(clock.at(heading), parsed.bytes.length), parsed.bytes);
  }
  return { ok: true, pcap: Buffer.concat(pieces) };
}

/** A pcap file of a packet whose bytes somebody copied; undefined where they are none. */
export function capturedPacket(bytes: Uint8Array): Uint8Array | undefined {
  const linkType = packetLinkType(bytes);
  if (linkType === undefined) return undefined;
  const header = recordHeader({ seconds: 0, nanoseconds: 0 }, bytes.length);
  return Buffer.concat([fileHeader(linkType), header, bytes]);
}

function sectionsOf(lines: readonly string[]): Section[] {
  const sections: Section[] = [];
  let heading: string[] = [];
  for (const [line, text] of lines.entries()) {
    const offset = DUMP_LINE.exec(text)?.[1];
    const last = sections.at(-1);
    if (offset !== undefined && (/^0+$/.test(offset) || !last)) {
      sections.push({ line, heading: heading.join("\n"), lines: [text] });
      heading = [];
    } else if (last && (offset !== undefined || (heading.length === 0 && DUMP_TAIL.test(text)))) {
      // What stands within a dump keeps its place, so that lines are counted rightly.
      for (const each of heading) last.lines.push(each);
      last.lines.push(text);
      heading = [];
    } else if (text.trim() !== "" || heading.length > 0) {
      heading.push(text);
    } else {
      last?.lines.push(text);
    }
  }
  return sections;
}

const LINK_TYPES = [101, 1, 113, 276, 0];

function linkTypeOf(sections: readonly Section[]): number | undefined {
  for (const { lines } of sections.slice(0, TRIED)) {
    const parsed = parseDump(lines);
    if (!parsed.ok) return undefined;
    const found = packetLinkType(parsed.bytes);
    if (found !== undefined) return found;
  }
  return undefined;
}

function packetLinkType(bytes: Uint8Array): number | undefined {
  return LINK_TYPES.find((type) => {
    const at = findIp(type, bytes, 0, bytes.length);
    return at >= 0 && isIpPacket(bytes, at);
  });
}

function isIpPacket(bytes: Uint8Array, at: number): boolean {
  const end = bytes.length;
  const header = new IpHeader();
  if (!header.decode(bytes, at, end, 0)) return false;
  const isVersion4 = (bytes[at] ?? 0) >> 4 === 4;
  if (isVersion4) return uint16(bytes, at + 2) === end - at || checksumIsRight(bytes, at);
  return uint16(bytes, at + 4) === end - at - 40;
}

/** The one's complement sum of the whole header (RFC 791, section 3.1). */
function checksumIsRight(bytes: Uint8Array, at: number): boolean {
  const end = at + ((bytes[at] ?? 0) & 0x0f) * 4;
  let sum = 0;
  for (let i = at; i < end; i += 2) sum += uint16(bytes, i);
  return (sum & 0xffff) + (sum >>> 16) === 0xffff;
}

const CLOCK =
  /(?:(\d{4})-(\d\d)-(\d\d)[ T])?(?<!\d)(\d\d):(\d\d):(\d\d)[.,](\d{1,9})|^[ \t]*(\d{1,10})\.(\d{6,9})\s/m;
const HALF_A_DAY = 43_200;
const DAY = 86_400;

interface Stamp {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** The times of the headings, one after the other. */
class HeadingClock {
  #last: Stamp = { seconds: 0, nanoseconds: 0 };

  /** The time that a heading tells, or else that of the one before. */
  at(heading: string): Stamp {
    const found = CLOCK.exec(heading);
    if (found) this.#last = this.#stampOf(found);
    return this.#last;
  }

  #stampOf([, year, month, day, hours, minutes, secs, part, epoch, rest]: RegExpExecArray): Stamp {
    const nanoseconds = Number((part ?? rest ?? "").padEnd(9, "0"));
    if (epoch !== undefined) return { seconds: Number(epoch), nanoseconds };
    const time = (Number(hours) * 60 + Number(minutes)) * 60 + Number(secs);
    if (year !== undefined) {
      const date = Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1000;
      return { seconds: date + time, nanoseconds };
    }
    const { seconds } = this.#last;
    const today = seconds - (seconds % DAY) + time;
    return { seconds: today + (today < seconds - HALF_A_DAY ? DAY : 0), nanoseconds };
  }
}

function lastLine(heading: string): string {
  const trimmed = heading.trimEnd();
  return trimmed.slice(trimmed.lastIndexOf("\n") + 1);
}

/** Of a pcap file with times in nanoseconds (draft-ietf-opsawg-pcap, section 4). */
function fileHeader(linkType: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32BE(0xa1b23c4d, 0);
  header.writeUInt16BE(2, 4);
  header.writeUInt16BE(4, 6);
  header.writeUInt32BE(262_144, 16);
  header.writeUInt32BE(linkType, 20);
  return header;
}

function recordHeader({ seconds, nanoseconds }: Stamp, length: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(Math.max(0, seconds) % 2 ** 32, 0);
  header.writeUInt32BE(nanoseconds % 1e9, 4);
  header.writeUInt32BE(length, 8);
  header.writeUInt32BE(length, 12);
  return header;
}
