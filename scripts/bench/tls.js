/**
 * Measures the decryption of TLS in captures: `npm run build && node scripts/bench/tls.js`.
 *
 * A server sends data in records of one size, sealed beforehand with secrets of our own; both hellos
 * are made by hand. The stream takes them in pieces of the size of a packet's payload, and as large
 * as a file is read. Sizes are of the data, the best round counts, and what is told is counted to
 * make sure that all of it was decrypted. The exit code is 1 when a requirement is missed.
 */
import { createCipheriv } from "node:crypto";
import { cipherSuite } from "../../dist/capture/tls/cipher-suites.js";
import { KeyLog } from "../../dist/capture/tls/key-log.js";
import { keyBlock, trafficKeys } from "../../dist/capture/tls/key-schedule.js";
import { TlsStream } from "../../dist/capture/tls/tls-stream.js";

const ROUNDS = 5;
const TOTAL_BYTES = 128 * 1024 * 1024;
const PACKET_BYTES = 1448;
const READ_BYTES = 65_536;
const BIG_RECORD = 16_384;
const REQUIRED_MEGABYTES = 300;

const CLIENT_RANDOM = Buffer.alloc(32, 1);
const SERVER_RANDOM = Buffer.alloc(32, 2);

const CASES = [
  { suite: 0x1301, record: BIG_RECORD, piece: PACKET_BYTES, required: true },
  { suite: 0x1302, record: BIG_RECORD, piece: PACKET_BYTES, required: true },
  { suite: 0x1302, record: BIG_RECORD, piece: READ_BYTES, required: true },
  { suite: 0xc02f, record: BIG_RECORD, piece: PACKET_BYTES, required: true },
  { suite: 0x1303, record: BIG_RECORD, piece: PACKET_BYTES },
  { suite: 0x1304, record: BIG_RECORD, piece: PACKET_BYTES },
  { suite: 0x1301, record: 1400, piece: PACKET_BYTES },
  { suite: 0x1301, record: 64, piece: PACKET_BYTES },
];

function uint(value, size) {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, Math.min(6, size));
  return bytes;
}

const record = (type, body) => Buffer.concat([Buffer.of(type, 3, 3), uint(body.length, 2), body]);
const handshake = (type, body) =>
  record(22, Buffer.concat([Buffer.of(type), uint(body.length, 3), body]));

function hellos(suite, is13) {
  const version = is13 ? Buffer.from("0006002b00020304", "hex") : Buffer.from("0000", "hex");
  const head = Buffer.of(3, 3);
  const client = Buffer.concat([head, CLIENT_RANDOM, Buffer.from("000002130101000000", "hex")]);
  const server = Buffer.concat([
    head,
    SERVER_RANDOM,
    Buffer.of(0),
    uint(suite, 2),
    Buffer.of(0),
    version,
  ]);
  return { client: handshake(1, client), server: handshake(2, server) };
}

/** Keys, and the line of the key log that leads to them. */
function secretsOf(suite, is13) {
  const { hash } = cipherSuite(suite);
  const secret = Buffer.alloc(!is13 || hash === "sha384" ? 48 : 32, 3);
  const label = is13 ? "SERVER_TRAFFIC_SECRET_0" : "CLIENT_RANDOM";
  const line = `${label} ${CLIENT_RANDOM.toString("hex")} ${secret.toString("hex")}\n`;
  const randoms = { client: CLIENT_RANDOM, server: SERVER_RANDOM };
  const keys = is13
    ? trafficKeys(cipherSuite(suite), secret)
    : keyBlock(cipherSuite(suite), secret, randoms).server;
  return { line, keys };
}

function sealer(suite, is13, { key, iv }) {
  const { cipher, tagLength } = cipherSuite(suite).aead;
  return (content, sequence) => {
    const number = Buffer.alloc(12);
    number.writeUIntBE(sequence, 6, 6);
    const nonce = is13
      ? number.map((octet, i) => octet ^ iv[i])
      : Buffer.concat([iv, number.subarray(4)]);
    const inner = is13 ? Buffer.concat([content, Buffer.of(23)]) : content;
    const header = Buffer.concat([
      Buffer.of(23, 3, 3),
      uint(inner.length + (is13 ? tagLength : 0), 2),
    ]);
    const aead = createCipheriv(cipher, key, nonce, { authTagLength: tagLength });
    const aad = is13 ? header : Buffer.concat([number.subarray(4), header]);
    aead.setAAD(aad, { plaintextLength: inner.length });
    const sealed = [aead.update(inner), aead.final(), aead.getAuthTag()];
    return record(23, Buffer.concat([...(is13 ? [] : [number.subarray(4)]), ...sealed]));
  };
}

function makeStream({ suite, record: size }) {
  const is13 = suite >> 8 === 0x13;
  const { line, keys } = secretsOf(suite, is13);
  const seal = sealer(suite, is13, keys);
  const count = Math.min(Math.ceil(TOTAL_BYTES / size), 200_000);
  const content = Buffer.alloc(size, 0x61);
  // The number of TLS 1.2's first record is 0 here, as if Finished were not there: it needs no search.
  const records = Array.from({ length: count }, (_, sequence) => seal(content, sequence));
  const switched = is13 ? [] : [record(20, Buffer.of(1))];
  return {
    line,
    ...hellos(suite, is13),
    wire: Buffer.concat([...switched, ...records]),
    bytes: count * size,
  };
}

/** Megabytes of data a second in one round. */
function timeRound({ line, client, server, wire, bytes }, piece) {
  const keys = new KeyLog();
  keys.add(line);
  const stream = new TlsStream(keys);
  stream.push("c2s", client, 0n);
  stream.push("s2c", server, 0n);
  let told = 0;
  const began = performance.now();
  for (let at = 0; at < wire.length; at += piece) {
    for (const event of stream.push("s2c", wire.subarray(at, at + piece), 0n)) {
      if (event.type === "data") told += event.bytes.length;
    }
  }
  const seconds = (performance.now() - began) / 1000;
  if (told !== bytes) throw new Error(`${told} bytes of ${bytes} were decrypted`);
  return bytes / seconds / 1e6;
}

let missed = false;
for (const spec of CASES) {
  const made = makeStream(spec);
  const rounds = Array.from({ length: ROUNDS }, () => timeRound(made, spec.piece));
  const best = Math.max(...rounds);
  const isMissed = spec.required && best < REQUIRED_MEGABYTES;
  missed ||= isMissed;
  const required = spec.required
    ? `>= ${REQUIRED_MEGABYTES} MB/s ${isMissed ? "MISSED" : "ok"}`
    : "";
  const name = cipherSuite(spec.suite).name.padEnd(40);
  const sizes = `${String(spec.record).padStart(6)} B in ${String(spec.piece).padStart(6)} B`;
  console.log(`${name} ${sizes} ${best.toFixed(0).padStart(6)} MB/s  ${required}`.trimEnd());
}
if (missed) process.exitCode = 1;
