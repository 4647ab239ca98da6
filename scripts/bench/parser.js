/**
 * Measures the frame layer: `npm run build && node scripts/bench/parser.js`.
 *
 * 1. Large frames tell the throughput. FrameParser keeps each payload and unmasks it; FrameScanner
 *    finds the borders of frames alone.
 * 2. Small frames tell how many headers a second can be read: 20 bytes in all, and 20 of payload.
 * 3. The Receiver of `ws` takes the same bytes, for the ratio.
 *
 * The stream comes in pieces of 64 KiB, as from a socket, so that frames lie across their borders.
 * The subjects take turns, so that a disturbance meets all of them, and the best round counts.
 * The exit code is 1 when a requirement is missed. `--case TEXT` measures only the frames whose name
 * begins like that.
 */
import { parseArgs } from "node:util";
import { Receiver } from "ws";
import { encodeFrame } from "../../dist/protocol/encoder.js";
import { FrameParser } from "../../dist/protocol/parser.js";
import { FrameScanner } from "../../dist/protocol/scanner.js";

const ROUNDS = 7;
const PIECE_BYTES = 64 * 1024;
const MASK_KEY = 0x37fa213d;

const LARGE = { stream: 256, passes: 8, required: { subjects: ["FrameParser"], gigabytes: 1 } };
const LARGEST = { ...LARGE, stream: 16 };
const SMALL = {
  stream: 32_768,
  passes: 12,
  required: { subjects: ["FrameScanner", "FrameParser"], megaframes: 5 },
};

/** `stream` frames of `payload` bytes are fed `passes` times a round. */
const CASES = [
  { name: "64 KiB payload, masked", payload: 65_536, masked: true, ...LARGE },
  { name: "64 KiB payload, unmasked", payload: 65_536, masked: false, ...LARGE },
  { name: "1 MiB payload, masked", payload: 2 ** 20, masked: true, ...LARGEST },
  { name: "1 MiB payload, unmasked", payload: 2 ** 20, masked: false, ...LARGEST },
  { name: "20 bytes in all, masked", payload: 14, masked: true, ...SMALL },
  { name: "20 bytes in all, unmasked", payload: 18, masked: false, ...SMALL },
  { name: "20 bytes payload, masked", payload: 20, masked: true, ...SMALL },
  { name: "20 bytes payload, unmasked", payload: 20, masked: false, ...SMALL },
];

/** Each makes a fresh reader: `take` a piece, and tell how many `frames` there have been. */
const SUBJECTS = {
  FrameScanner() {
    const scanner = new FrameScanner();
    let frames = 0;
    const sink = { header() {}, payload() {}, end: () => void frames++ };
    return { take: (piece) => scanner.scan(piece, sink), frames: () => frames };
  },
  FrameParser(masked) {
    const parser = new FrameParser({ mode: "strict", sender: masked ? "client" : "server" });
    let frames = 0;
    return { take: (piece) => void (frames += parser.push(piece).length), frames: () => frames };
  },
  "ws Receiver"(masked) {
    const receiver = new Receiver({ isServer: masked });
    let frames = 0;
    receiver.on("message", () => void frames++);
    return { take: (piece) => receiver.write(piece), frames: () => frames };
  },
};

/** Binary payloads: `ws` unmasks in place, so that they change from pass to pass, which is no harm. */
function makePieces({ payload, masked, stream }) {
  const maskKey = masked ? MASK_KEY : undefined;
  const frame = encodeFrame({ opcode: 2, maskKey, payload: new Uint8Array(payload).fill(0x61) });
  const bytes = Buffer.concat(Array.from({ length: stream }, () => frame));
  const pieces = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    pieces.push(bytes.subarray(at, at + PIECE_BYTES));
  }
  return { pieces, bytes: bytes.length };
}

/** Seconds that one round takes. */
function timeRound(makeSubject, { masked, stream, passes }, pieces) {
  const subject = makeSubject(masked);
  const began = process.hrtime.bigint();
  for (let pass = 0; pass < passes; pass++) for (const piece of pieces) subject.take(piece);
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  if (subject.frames() !== stream * passes) throw new Error(`${subject.frames()} frames were read`);
  return seconds;
}

/** The best round of every subject, as rates. */
async function measure(spec) {
  const { pieces, bytes } = makePieces(spec);
  const best = Object.fromEntries(Object.keys(SUBJECTS).map((name) => [name, Infinity]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, makeSubject] of Object.entries(SUBJECTS)) {
      best[name] = Math.min(best[name], timeRound(makeSubject, spec, pieces));
      // Lets the stream under ws run its callbacks outside the time that is taken.
      await new Promise(setImmediate);
    }
  }
  return Object.entries(best).map(([subject, seconds]) => ({
    spec,
    subject,
    gigabytes: (bytes * spec.passes) / seconds / 1e9,
    megaframes: (spec.stream * spec.passes) / seconds / 1e6,
    ratio: best["ws Receiver"] / seconds,
  }));
}

/** The requirement on a row in words, and whether it is met; undefined where there is none. */
function judge({ spec: { required }, subject, gigabytes, megaframes }) {
  if (!required.subjects.includes(subject)) return undefined;
  if (required.gigabytes) {
    return { text: `>= ${required.gigabytes} GB/s`, met: gigabytes >= required.gigabytes };
  }
  return { text: `>= ${required.megaframes} M frames/s`, met: megaframes >= required.megaframes };
}

function format(row) {
  const verdict = judge(row);
  const required = verdict ? `${verdict.text} ${verdict.met ? "ok" : "MISSED"}` : "";
  const rates = [row.gigabytes.toFixed(2), row.megaframes.toFixed(3), row.ratio.toFixed(2)];
  return [row.spec.name, row.subject, ...rates, required];
}

function table(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const isNumber = (column) => column >= 2 && column <= 4;
  return lines.map((line) =>
    line
      .map((cell, i) => (isNumber(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd(),
  );
}

const { values } = parseArgs({ options: { case: { type: "string", default: "" } } });
const rows = [];
for (const spec of CASES.filter(({ name }) => name.startsWith(values.case))) {
  rows.push(...(await measure(spec)));
}
const head = ["frames", "reader", "GB/s", "M frames/s", "x ws", "required"];
console.log(table([head, ...rows.map(format)]).join("\n"));
if (rows.some((row) => judge(row)?.met === false)) process.exitCode = 1;
