import { Buffer } from "node:buffer";

/**
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian: a type, a length in front and
 * behind, and a body that fills whole words.
 */
const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const ETHERNET = 1;
const OPTION_COMMENT = 1;
const OPTION_APPLICATION = 4;
/** Type, two lengths. */
const OVERHEAD = 12;

/** What a file begins with: a section and one Ethernet interface, whose times are microseconds. */
export function fileHead(application: string, comment: string): Uint8Array {
  const section = Buffer.alloc(16);
  section.writeUInt32LE(BYTE_ORDER_MAGIC, 0);
  section.writeUInt16LE(1, 4);
  // The length of the section is not known.
  section.writeBigInt64LE(-1n, 8);
  const options = [option(OPTION_COMMENT, comment), option(OPTION_APPLICATION, application)];
  const ethernet = Buffer.alloc(8);
  ethernet.writeUInt16LE(ETHERNET, 0);
  return Buffer.concat([
    block(SECTION_HEADER, [section, ...options, Buffer.alloc(4)]),
    block(INTERFACE_DESCRIPTION, [ethernet]),
  ]);
}

/** A packet of the one interface, whole. */
export function packetBlock(epochUs: number, packet: Uint8Array): Uint8Array {
  const time = BigInt(Math.max(0, Math.floor(epochUs)));
  const head = Buffer.alloc(20);
  head.writeUInt32LE(Number(time >> 32n), 4);
  head.writeUInt32LE(Number(time & 0xffff_ffffn), 8);
  head.writeUInt32LE(packet.length, 12);
  head.writeUInt32LE(packet.length, 16);
  return block(ENHANCED_PACKET, [head, padded(packet)]);
}

function block(type: number, body: readonly Uint8Array[]): Buffer {
  const length = body.reduce((sum, part) => sum + part.length, OVERHEAD);
  const front = Buffer.alloc(8);
  front.writeUInt32LE(type, 0);
  front.writeUInt32LE(length, 4);
  return Buffer.concat([front, ...body, front.subarray(4)], length);
}

function option(code: number, text: string): Buffer {
  const value = Buffer.from(text);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

function padded(bytes: Uint8Array): Uint8Array {
  const missing = -bytes.length & 3;
  return missing === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(missing)]);
}
