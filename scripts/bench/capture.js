/**
 * Measures how fast a capture becomes TCP streams: `npm run build && node scripts/bench/capture.js`.
 *
 * 1. The captures are made here, always the same: 200 MB of Ethernet, IPv4 and TCP, in which 100
 *    connections take turns, each with a request and an acknowledgement for every two answers.
 * 2. Large segments tell the throughput, small ones the packets a second.
 * 3. The file is in memory and comes in pieces of 64 KiB, as from a stream. The best round counts.
 * 4. With `--tshark`, tshark reads the same file from the disk, for the ratio.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TcpCapture } from "../../dist/capture/packets/tcp-capture.js";

const ROUNDS = 5;
const PIECE_BYTES = 64 * 1024;
const CAPTURE_BYTES = 200e6;
const CONNECTIONS = 100;
const HEADERS = 14 + 20 + 20;
const ACK = 0x10;
const SYN = 0x02;

const CASES = [
  { name: "1448 bytes of payload", payload: 1448, nanoseconds: false },
  { name: "1448 bytes, ns times", payload: 1448, nanoseconds: true },
  { name: "100 bytes of payload", payload: 100, nanoseconds: false },
];

/** Writes packets into a file of a fixed size, until it is full. */
class Writer {
  #at = 24;
  packets = 0;
  payload = 0;

  constructor(bytes, nanoseconds) {
    this.file = Buffer.alloc(bytes);
    this.nanoseconds = nanoseconds;
    this.file.writeUInt32LE(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 0);
    this.file.writeUInt16LE(2, 4);
    this.file.writeUInt16LE(4, 6);
    this.file.writeUInt32LE(262_144, 16);
    this.file.writeUInt32LE(1, 20);
  }

  get written() {
    return this.file.subarray(0, this.#at);
  }

  /** False where the segment does not fit any more. */
  segment({ client, fromClient, seq, ack, flags, length }) {
    const { file } = this;
    const start = this.#at;
    const ip = start + 16 + 14;
    const end = ip + 40 + length;
    if (end > file.length) return false;
    this.#record(start, HEADERS + length);
    file.writeUInt16BE(0x0800, start + 16 + 12);
    file.writeUInt16BE(0x4500, ip);
    file.writeUInt16BE(40 + length, ip + 2);
    file.writeUInt16BE(0x4006, ip + 8);
    const ends = [0x0a00_0001, 0x0a00_0002];
    const ports = [20_000 + client, 9000];
    if (!fromClient) for (const pair of [ends, ports]) pair.reverse();
    ends.forEach((address, i) => file.writeUInt32BE(address, ip + 12 + 4 * i));
    ports.forEach((port, i) => file.writeUInt16BE(port, ip + 20 + 2 * i));
    file.writeUInt32BE(seq >>> 0, ip + 24);
    file.writeUInt32BE(ack >>> 0, ip + 28);
    file.writeUInt16BE(0x5000 | flags, ip + 32);
    file.fill(0x61 + (client % 26), ip + 40, end);
    this.#at = end;
    this.packets += 1;
    this.payload += length;
    return true;
  }

  #record(at, length) {
    const microseconds = this.packets * 10;
    this.file.writeUInt32LE(1_700_000_000 + Math.floor(microseconds / 1e6), at);
    this.file.writeUInt32LE((microseconds % 1e6) * (this.nanoseconds ? 1000 : 1), at + 4);
    this.file.writeUInt32LE(length, at + 8);
    this.file.writeUInt32LE(length, at + 12);
  }
}

function makeCapture({ payload, nanoseconds }) {
  const writer = new Writer(CAPTURE_BYTES, nanoseconds);
  const sent = Array.from({ length: CONNECTIONS }, () => ({ client: 1, server: 1 }));
  for (let client = 0; client < CONNECTIONS; client++) {
    writer.segment({ client, fromClient: true, seq: 0, ack: 0, flags: SYN, length: 0 });
    writer.segment({ client, fromClient: false, seq: 0, ack: 1, flags: SYN | ACK, length: 0 });
  }
  for (let turn = 0; ; turn++) {
    const client = (turn * 37) % CONNECTIONS;
    const state = sent[client];
    const send = (fromClient, length) => {
      const [seq, ack] = fromClient ? [state.client, state.server] : [state.server, state.client];
      state[fromClient ? "client" : "server"] += length;
      return writer.segment({ client, fromClient, seq, ack, flags: ACK, length });
    };
    const fits = send(true, 100) && send(false, payload) && send(false, payload) && send(true, 0);
    if (!fits) return writer;
  }
}

/** Seconds that a round takes. */
function timeRound({ written, packets, payload }) {
  let bytes = 0;
  const events = { data: (_flow, _bytes, start, end) => void (bytes += end - start) };
  const nothing = () => undefined;
  const sink = {
    open: () => ({ ...events, gap: nothing, fin: nothing, reset: nothing, end: nothing }),
  };
  const began = performance.now();
  const capture = new TcpCapture({ ...sink, secrets: nothing, note: nothing });
  for (let at = 0; at < written.length; at += PIECE_BYTES) {
    capture.push(written.subarray(at, at + PIECE_BYTES));
  }
  capture.end();
  const seconds = (performance.now() - began) / 1e3;
  if (bytes !== payload || capture.counts.segments !== packets) {
    throw new Error(`${bytes} of ${payload} bytes in ${capture.counts.segments} segments`);
  }
  return seconds;
}

/** Seconds that tshark takes to follow the same streams. */
function timeTshark(written) {
  const folder = mkdtempSync(join(tmpdir(), "framecat-capture-bench-"));
  try {
    const file = join(folder, "capture.pcap");
    writeFileSync(file, written);
    const began = performance.now();
    const { status, stderr } = spawnSync("tshark", ["-n", "-q", "-r", file, "-z", "conv,tcp"]);
    if (status !== 0) throw new Error(`tshark failed: ${stderr.toString()}`);
    return (performance.now() - began) / 1e3;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

console.log("capture                      packets   M packets/s     MB/s   x tshark");
for (const spec of CASES) {
  const capture = makeCapture(spec);
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) best = Math.min(best, timeRound(capture));
  const tshark = process.argv.includes("--tshark") ? timeTshark(capture.written) / best : NaN;
  const cells = [
    spec.name.padEnd(24),
    String(capture.packets).padStart(12),
    (capture.packets / best / 1e6).toFixed(2).padStart(14),
    (capture.written.length / best / 1e6).toFixed(0).padStart(9),
    (Number.isNaN(tshark) ? "" : tshark.toFixed(1)).padStart(11),
  ];
  console.log(cells.join("").trimEnd());
}
