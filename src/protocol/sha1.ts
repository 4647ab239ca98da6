/**
 * SHA-1 (FIPS 180-4), which the accept key of the handshake is made with (RFC 6455, section 4.2.2).
 * It is here, and not node:crypto's, so that this folder needs nothing from the outside.
 */
export function sha1(message: Uint8Array): Uint8Array<ArrayBuffer> {
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  // After the message there are a bit and 64 bits of its length.
  for (let start = 0; start < message.length + 9; start += 64) {
    load(message, start);
    expand();
    state = compress(state);
  }
  return octets(state);
}

/** The five words of the hash. */
type State = readonly [number, number, number, number, number];

/** The words of the block that is hashed; one array for all blocks, each of which fills it anew. */
const schedule = new Int32Array(80);

/** The block from `start` on, padded where the message has ended. */
function load(message: Uint8Array, start: number): void {
  const { length } = message;
  for (let t = 0; t < 16; t++) {
    let word = 0;
    for (let at = start + t * 4; at < start + t * 4 + 4; at++) {
      word = (word << 8) | (at === length ? 0x80 : (message[at] ?? 0));
    }
    schedule[t] = word;
  }
  if (length + 9 > start + 64) return;
  schedule[14] = Math.floor(length / 2 ** 29);
  schedule[15] = length << 3;
}

function expand(): void {
  for (let t = 16; t < 80; t++) {
    const word = wordAt(t - 3) ^ wordAt(t - 8) ^ wordAt(t - 14) ^ wordAt(t - 16);
    schedule[t] = rotate(word, 1);
  }
}

function octets(state: State): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(20);
  for (let i = 0; i < 20; i++) bytes[i] = (state[i >> 2] ?? 0) >>> (24 - 8 * (i & 3));
  return bytes;
}

function wordAt(t: number): number {
  return schedule[t] ?? 0;
}

function compress(state: State): State {
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  for (let t = 0; t < 80; t++) {
    const next = (rotate(a, 5) + mix(t, b, c, d) + e + wordAt(t)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  return [
    (state[0] + a) | 0,
    (state[1] + b) | 0,
    (state[2] + c) | 0,
    (state[3] + d) | 0,
    (state[4] + e) | 0,
  ];
}

/** The round function with its constant. */
function mix(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
