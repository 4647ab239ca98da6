/**
 * Masking (RFC 6455, section 5.3): octet i of the payload is combined by XOR with octet i modulo 4
 * of the masking key. A key is held as one unsigned 32-bit number, first octet highest.
 */

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
/** Below this many bytes the set-up of the word loop costs more than it saves. */
const WORD_LOOP_MIN = 48;

/**
 * Masks or unmasks `bytes[start, end)` in place; twice with the same key is the identity.
 * @param phase index in the payload of the byte at `start`, for payloads that come in pieces.
 */
export function applyMask(
  bytes: Uint8Array,
  key: number,
  start = 0,
  end = bytes.length,
  phase = 0,
): void {
  if (key === 0) return;
  let i = start;
  if (end - start >= WORD_LOOP_MIN) {
    const aligned = i + ((4 - ((bytes.byteOffset + i) & 3)) & 3);
    maskBytes(bytes, key, i, aligned, phase);
    i = maskWords(bytes, rotate(key, phase + aligned - start), aligned, end);
  }
  maskBytes(bytes, key, i, end, phase + i - start);
}

/** The key as it applies from payload index `phase` on. */
function rotate(key: number, phase: number): number {
  const bits = (phase & 3) * 8;
  return bits === 0 ? key : (key << bits) | (key >>> (32 - bits));
}

function maskBytes(bytes: Uint8Array, key: number, start: number, end: number, phase: number) {
  for (let i = start, shift = 24 - (phase & 3) * 8; i < end; i++, shift = (shift - 8) & 31) {
    bytes[i] = (bytes[i] ?? 0) ^ (key >>> shift);
  }
}

/**
 * Masks whole 32-bit words from an aligned start; returns the index of the first byte left over. Four
 * at a turn take little more than half the time.
 */
function maskWords(bytes: Uint8Array, key: number, start: number, end: number): number {
  const count = (end - start) >>> 2;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + start, count);
  const word = LITTLE_ENDIAN ? swap(key) : key;
  const byFour = count & ~3;
  for (let i = 0; i < byFour; i += 4) {
    words[i] = (words[i] ?? 0) ^ word;
    words[i + 1] = (words[i + 1] ?? 0) ^ word;
    words[i + 2] = (words[i + 2] ?? 0) ^ word;
    words[i + 3] = (words[i + 3] ?? 0) ^ word;
  }
  for (let i = byFour; i < count; i++) words[i] = (words[i] ?? 0) ^ word;
  return start + count * 4;
}

function swap(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/** Eight hex digits, as a masking key is written everywhere in this tool. */
export function formatMaskKey(key: number): string {
  return (key >>> 0).toString(16).padStart(8, "0");
}
