/**
 * Measures how fast a capture becomes events: `npm run build && node scripts/bench/frame-dump.js`.
 *
 * 1. The captures are made here, always the same: WebSocket connections of which the clients send
 *    masked frames and the servers answer, over Ethernet, IPv4 and TCP.
 * 2. They are read from the disk, as by the command. The best round counts; RSS is the peak of it.
 * 3. `--tshark` has tshark decode the same files to their frames, for the ratio. `--size BYTES`
 *    makes captures of another size, `--case NAME` only one of them, `--keep FOLDER` keeps them.
 */
import { spawnSync } from "node:child_process";
import {
  closeSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readCaptureEvents } from "../../dist/capture/read-capture.js";

const ROUNDS = 3;
const HEADERS = 14 + 20 + 20;
const MAX_SEGMENT = 1448;
const ACK = 0x10;
const SYN = 0x02;
const FILL = 0x61;

const CASES = [
  { name: "small", about: "64 B of text", payload: 64, opcode: 1, connections: 100 },
  { name: "medium", about: "1 KiB of text", payload: 1024, opcode: 1, connections: 100 },
  { name: "large", about: "64 KiB, binary", payload: 65_536, opcode: 2, connections: 20 },
];

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "200e6" },
    case: { type: "string" },
    keep: { type: "string" },
    tshark: { type: "boolean", default: false },
  },
});

/** Writes a capture of a given size, packet after packet. */
class CaptureWriter {
  #file;
  #buffer = Buffer.alloc(1 << 20);
  #at = 0;
  bytes = 24;
  packets = 0;

  constructor(name) {
    this.#file = openSync(name, "w");
    this.#at = 24;
    this.#buffer.writeUInt32LE(0xa1b2c3d4, 0);
    this.#buffer.writeUInt16LE(2, 4);
    this.#buffer.writeUInt16LE(4, 6);
    this.#buffer.writeUInt32LE(262_144, 16);
    this.#buffer.writeUInt32LE(1, 20);
  }

  segment({ client, fromClient, seq, ack, flags, payload }) {
    const length = 16 + HEADERS + payload.length;
    if (this.#at + length > this.#buffer.length) this.#flush();
    const buffer = this.#buffer;
    const at = this.#at;
    const microseconds = this.packets * 5;
    buffer.writeUInt32LE(1_700_000_000 + Math.floor(microseconds / 1e6), at);
    buffer.writeUInt32LE(microseconds % 1e6, at + 4);
    buffer.writeUInt32LE(HEADERS + payload.length, at + 8);
    buffer.writeUInt32LE(HEADERS + payload.length, at + 12);
    const ip = at + 16 + 14;
    buffer.fill(0, at + 16, ip + 40);
    buffer.writeUInt16BE(0x0800, at + 16 + 12);
    buffer.writeUInt16BE(0x4500, ip);
    buffer.writeUInt16BE(40 + payload.length, ip + 2);
    buffer.writeUInt16BE(0x4006, ip + 8);
    const ends = [0x0a00_0001, 0x0a00_0002];
    const ports = [20_000 + client, 80];
    if (!fromClient) for (const pair of [ends, ports]) pair.reverse();
    ends.forEach((address, i) => buffer.writeUInt32BE(address, ip + 12 + 4 * i));
    ports.forEach((port, i) => buffer.writeUInt16BE(port, ip + 20 + 2 * i));
    buffer.writeUInt32BE(seq >>> 0, ip + 24);
    buffer.writeUInt32BE(ack >>> 0, ip + 28);
    buffer.writeUInt16BE(0x5000 | flags, ip + 32);
    buffer.writeUInt16BE(0xffff, ip + 34);
    payload.copy(buffer, ip + 40);
    this.#at += length;
    this.bytes += length;
    this.packets += 1;
  }

  close() {
    this.#flush();
    closeSync(this.#file);
  }

  #flush() {
    writeSync(this.#file, this.#buffer, 0, this.#at);
    this.#at = 0;
  }
}

/** One connection, each side with its next sequence number. */
class Peer {
  #writer;
  #client;
  #next = { true: 1, false: 1 };

  constructor(writer, client) {
    this.#writer = writer;
    this.#client = client;
    writer.segment({ client, fromClient: true, seq: 0, ack: 0, flags: SYN, payload: EMPTY });
    writer.segment({ client, fromClient: false, seq: 0, ack: 1, flags: SYN | ACK, payload: EMPTY });
    this.send(true, REQUEST);
    this.send(false, RESPONSE);
  }

  send(fromClient, bytes) {
    for (let at = 0; at < bytes.length; at += MAX_SEGMENT) {
      const payload = bytes.subarray(at, at + MAX_SEGMENT);
      const [seq, ack] = [this.#next[fromClient], this.#next[!fromClient]];
      this.#next[fromClient] += payload.length;
      this.#writer.segment({ client: this.#client, fromClient, seq, ack, flags: ACK, payload });
    }
  }
}

const EMPTY = Buffer.alloc(0);
const REQUEST = Buffer.from(
  "GET /bench HTTP/1.1\r\nHost: 10.0.0.2\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
);
const RESPONSE = Buffer.from(
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
);

function frame(opcode, length, key) {
  const size = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const masked = key !== undefined;
  const bytes = Buffer.alloc(size + (masked ? 4 : 0) + length, FILL);
  bytes[0] = 0x80 | opcode;
  bytes[1] = (masked ? 0x80 : 0) | (size === 2 ? length : size === 4 ? 126 : 127);
  if (size === 4) bytes.writeUInt16BE(length, 2);
  if (size === 10) bytes.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return bytes;
  bytes.writeUInt32BE(key, size);
  for (let i = 0; i < length; i++) bytes[size + 4 + i] ^= bytes[size + (i & 3)];
  return bytes;
}

/** @returns frames in it */
function makeCapture(file, { payload, opcode, connections }, size) {
  const writer = new CaptureWriter(file);
  const peers = Array.from({ length: connections }, (_, client) => new Peer(writer, client));
  const asked = Array.from({ length: 16 }, (_, i) => frame(opcode, payload, 0x12345678 + i * 77));
  const answer = frame(opcode, payload);
  let frames = 0;
  for (let turn = 0; writer.bytes < size; turn++, frames += 2) {
    const peer = peers[(turn * 37) % connections];
    peer.send(true, asked[turn % asked.length]);
    peer.send(false, answer);
  }
  writer.close();
  return { frames, bytes: writer.bytes, packets: writer.packets };
}

async function timeRound(file, frames) {
  const began = performance.now();
  const chunks = createReadStream(file, { highWaterMark: 256 * 1024 });
  let found = 0;
  for await (const batch of readCaptureEvents(chunks).batches()) {
    for (const event of batch) if (event.type === "frame" && event.message) found += 1;
  }
  if (found !== frames) throw new Error(`${found} of ${frames} frames`);
  return (performance.now() - began) / 1e3;
}

function timeTshark(file) {
  const fields = ["-T", "fields", "-e", "websocket.opcode", "-e", "websocket.payload_length"];
  const began = performance.now();
  const { status, stderr } = spawnSync(
    "sh",
    ["-c", `tshark -n -r "$0" -Y websocket "$@" > /dev/null`, file, ...fields],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`tshark failed: ${stderr}`);
  return (performance.now() - began) / 1e3;
}

const folder = values.keep ?? mkdtempSync(join(tmpdir(), "framecat-bench-"));
mkdirSync(folder, { recursive: true });
console.log("capture              MB    frames   M frames/s     MB/s   peak RSS   x tshark");
try {
  for (const spec of CASES.filter(({ name }) => name === (values.case ?? name))) {
    const file = join(folder, `${spec.name}.pcap`);
    const { frames, bytes } = makeCapture(file, spec, Number(values.size));
    let best = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      best = Math.min(best, await timeRound(file, frames));
    }
    const tshark = values.tshark ? timeTshark(file) / best : undefined;
    const cells = [
      spec.about.padEnd(15),
      (bytes / 1e6).toFixed(0).padStart(8),
      String(frames).padStart(10),
      (frames / best / 1e6).toFixed(2).padStart(13),
      (bytes / best / 1e6).toFixed(0).padStart(9),
      `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`.padStart(11),
      (tshark?.toFixed(1) ?? "").padStart(11),
    ];
    console.log(cells.join("").trimEnd());
  }
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true });
}
