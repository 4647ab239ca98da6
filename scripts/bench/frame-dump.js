/**
 * Measures `framecat frame-dump` on captures: `npm run build && node scripts/bench/frame-dump.js`.
 *
 * 1. The captures are made here, always the same: WebSocket connections of which the clients send
 *    masked frames and the servers answer, over Ethernet, IPv4 and TCP, in segments of 1448 bytes;
 *    and a file of raw frames, which tshark cannot read.
 * 2. Whole commands are measured, from their start to their end, with their output to /dev/null;
 *    `events` is the decoding alone, of which the events are counted.
 * 3. `--tshark` has tshark read the same files: `fields` tells of each frame what a line of framecat
 *    tells; `columns`, its usual lines, tell the opcode, FIN and whether it is masked; `ek` is its
 *    NDJSON (of a smaller capture, from which its time is reckoned: it takes minutes).
 * 4. The commands take turns, and the best round of each counts: the time that passes, which is what
 *    is required of it, and CPU time, user and system, which other programs on the machine leave alone.
 *    GNU time takes both, and the peak of the memory. Rates are by the time that passes.
 * 5. Beside the raw frames stands what `parser.js` says of frames like them: the decoding alone, in
 *    process.
 * 6. `--size BYTES` makes captures of another size, `--case NAME` only one of them, `--only NAMES`
 *    only these commands, `--rounds N`, `--keep FOLDER` keeps the captures.
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { filePieces } from "../../dist/capture/file-pieces.js";
import { readEventBatches } from "../../dist/capture/read-events.js";

const HEADERS = 14 + 20 + 20;
const MAX_SEGMENT = 1448;
const ACK = 0x10;
const SYN = 0x02;
const REQUIRED_RATIO = 10;
/** What `-T ek` gets, because it takes minutes for more: its time is scaled. */
const EK_BYTES = 4e6;

/** Payload lengths take turns. */
const CASES = [
  { name: "small", about: "100 B of text", payloads: [100], opcode: 1, connections: 100 },
  { name: "medium", about: "1 KiB of text", payloads: [1024], opcode: 1, connections: 100 },
  {
    name: "mixed",
    about: "20 B to 16 KiB of text",
    payloads: [20, 60, 100, 100, 200, 400, 1000, 1000, 4000, 16_000],
    opcode: 1,
    connections: 100,
  },
  { name: "large", about: "64 KiB, binary", payloads: [65_536], opcode: 2, connections: 20 },
  {
    name: "raw",
    about: "raw frames of 1 MiB, masked",
    payloads: [2 ** 20],
    opcode: 2,
    raw: true,
    decoding: "1 MiB payload",
  },
];

const FRAMECAT = ["node", fileURLToPath(new URL("../../bin/framecat.js", import.meta.url))];
const TSHARK = ["tshark", "-n", "-Y", "websocket"];
const FIELDS = [
  "frame.number",
  "frame.time_epoch",
  "frame.time_delta",
  "tcp.stream",
  "websocket.fin",
  "websocket.rsv",
  "websocket.opcode",
  "websocket.masking_key",
  "websocket.payload_length",
  "text",
  "data.data",
];

/** The file is the last argument. `against` is the command of tshark that tells as much. */
const COMMANDS = [
  {
    name: "events",
    words: ["node", fileURLToPath(import.meta.url), "--events"],
    against: "tshark fields",
  },
  { name: "lines", words: [...FRAMECAT, "frame-dump"], against: "tshark fields" },
  {
    name: "ndjson",
    words: [...FRAMECAT, "frame-dump", "--format", "ndjson"],
    against: "tshark ek",
  },
  { name: "summary", words: [...FRAMECAT, "frame-dump", "--summary"], against: "tshark fields" },
  { name: "tshark columns", words: [...TSHARK, "-r"] },
  {
    name: "tshark fields",
    words: [...TSHARK, "-T", "fields", ...FIELDS.flatMap((field) => ["-e", field]), "-r"],
  },
  { name: "tshark ek", words: [...TSHARK, "-T", "ek", "-r"], bytes: EK_BYTES },
];

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "200e6" },
    case: { type: "string" },
    only: { type: "string" },
    rounds: { type: "string", default: "3" },
    keep: { type: "string" },
    tshark: { type: "boolean", default: false },
    events: { type: "string" },
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

const SAMPLE = Buffer.from(
  '{"type":"trade","symbol":"FCAT","price":104.25,"size":12,"at":"2026-02-01T12:04:31.207Z"} ',
);

function frame(opcode, length, key) {
  const size = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const masked = key !== undefined;
  const bytes = Buffer.alloc(size + (masked ? 4 : 0) + length, SAMPLE);
  bytes.fill(SAMPLE, size + (masked ? 4 : 0));
  bytes[0] = 0x80 | opcode;
  bytes[1] = (masked ? 0x80 : 0) | (size === 2 ? length : size === 4 ? 126 : 127);
  if (size === 4) bytes.writeUInt16BE(length, 2);
  if (size === 10) bytes.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return bytes;
  bytes.writeUInt32BE(key, size);
  for (let i = 0; i < length; i++) bytes[size + 4 + i] ^= bytes[size + (i & 3)];
  return bytes;
}

/** Frames with nothing around them. @returns how much is in it */
function makeRaw(name, { payloads: [length], opcode }, size) {
  const file = openSync(name, "w");
  const bytes = frame(opcode, length, 0x12345678);
  const frames = Math.ceil(size / bytes.length);
  for (let i = 0; i < frames; i++) writeSync(file, bytes);
  closeSync(file);
  return { frames, bytes: frames * bytes.length };
}

/** @returns how much is in it */
function makeCapture(file, { payloads, opcode, connections }, size) {
  const writer = new CaptureWriter(file);
  const peers = Array.from({ length: connections }, (_, client) => new Peer(writer, client));
  const asked = Array.from({ length: 2 * payloads.length }, (_, i) =>
    frame(opcode, payloads[i % payloads.length], 0x12345678 + i * 77),
  );
  const answers = payloads.map((payload) => frame(opcode, payload));
  let frames = 0;
  for (let turn = 0; writer.bytes < size; turn++, frames += 2) {
    const peer = peers[(turn * 37) % connections];
    peer.send(true, asked[turn % asked.length]);
    peer.send(false, answers[turn % answers.length]);
  }
  writer.close();
  return { frames, bytes: writer.bytes, packets: writer.packets };
}

async function countEvents(file) {
  let found = 0;
  for await (const batch of readEventBatches(filePieces(file), { name: file })) {
    for (const event of batch) if (event.type === "frame" && event.message) found += 1;
  }
  return found;
}

/** Runs a command once: seconds of the clock and of the CPU, MiB at the peak. */
function timeCommand(words, file) {
  const { status, stderr } = spawnSync(
    "sh",
    ["-c", `exec time -q -f '\n%e %U %S %M' "$@" > /dev/null`, "sh", ...words, file],
    { encoding: "utf8", maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(`${words.join(" ")} failed: ${stderr}`);
  const [wall, user, system, kib] = stderr.trimEnd().split("\n").at(-1).split(" ").map(Number);
  return { wall, cpu: user + system, mib: kib / 1024 };
}

/** The best round of each command; those that get a smaller capture are scaled to the whole. */
function timeCommands(commands, files) {
  const best = new Map();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { name, words, bytes = Infinity } of commands) {
      const { file, scale } = bytes < files.whole.bytes ? files.smaller : files.whole;
      const took = timeCommand(words, file);
      const { wall = Infinity, cpu = Infinity, mib = 0 } = best.get(name) ?? {};
      best.set(name, {
        wall: Math.min(wall, took.wall * scale),
        cpu: Math.min(cpu, took.cpu * scale),
        mib: Math.max(mib, took.mib),
      });
    }
  }
  return best;
}

function makeFiles(folder, spec) {
  const file = join(folder, `${spec.name}.pcap`);
  const make = spec.raw ? makeRaw : makeCapture;
  const whole = { file, scale: 1, ...make(file, spec, Number(values.size)) };
  const smallFile = join(folder, `${spec.name}-part.pcap`);
  const part = make(smallFile, spec, Math.min(EK_BYTES, Number(values.size)));
  return { whole, smaller: { file: smallFile, scale: whole.frames / part.frames, ...part } };
}

/** Prints the rows of a case; gives whether its lines are as fast as required. */
function report({ about }, { bytes, frames }, commands, best) {
  console.log(`\n${about}: ${(bytes / 1e6).toFixed(0)} MB, ${frames} frames`);
  console.log(
    "command           wall s    CPU s   M frames/s    MB/s   peak RSS   x tshark   x by CPU",
  );
  let met = true;
  for (const { name, against } of commands) {
    const { wall, cpu, mib } = best.get(name);
    const theirs = against && best.get(against);
    const ratio = theirs && theirs.wall / wall;
    if (name === "lines" && ratio < REQUIRED_RATIO) met = false;
    const cells = [
      name.padEnd(15),
      wall.toFixed(2).padStart(9),
      cpu.toFixed(2).padStart(9),
      (frames / wall / 1e6).toFixed(2).padStart(13),
      (bytes / wall / 1e6).toFixed(0).padStart(8),
      `${mib.toFixed(0)} MiB`.padStart(11),
      (ratio?.toFixed(1) ?? "").padStart(11),
      (theirs ? (theirs.cpu / cpu).toFixed(1) : "").padStart(11),
    ];
    console.log(cells.join("").trimEnd());
  }
  return met;
}

/** Has `parser.js` measure the decoding alone; gives whether it is as fast as required. */
function reportDecoding(name) {
  console.log("");
  const script = fileURLToPath(new URL("parser.js", import.meta.url));
  const { status } = spawnSync(process.execPath, [script, "--case", name], { stdio: "inherit" });
  return status === 0;
}

function benchmark() {
  const folder = values.keep ?? mkdtempSync(join(tmpdir(), "framecat-bench-"));
  mkdirSync(folder, { recursive: true });
  const wanted = values.only?.split(",");
  const commands = COMMANDS.filter(({ name }) =>
    wanted ? wanted.includes(name) : values.tshark || !name.startsWith("tshark"),
  );
  try {
    for (const spec of CASES.filter(({ name }) => name === (values.case ?? name))) {
      const files = makeFiles(folder, spec);
      const able = commands.filter(({ name }) => !spec.raw || !name.startsWith("tshark"));
      const best = timeCommands(able, files);
      if (!report(spec, files.whole, able, best)) process.exitCode = 1;
      if (spec.decoding && !reportDecoding(spec.decoding)) process.exitCode = 1;
    }
  } finally {
    if (values.keep === undefined) rmSync(folder, { recursive: true });
  }
}

if (values.events === undefined) benchmark();
else console.log(await countEvents(values.events));
