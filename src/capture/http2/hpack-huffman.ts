import { Buffer } from "node:buffer";

/**
 * Bits of the code of each octet, and of the end of a string at last (RFC 7541, appendix B). They
 * tell the codes themselves, which are canonical: ascending by length, then by octet.
 */
const LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
  6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6,
  7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
  23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
  22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
  23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
  27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
  24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const END_OF_STRING = 256;
const LONGEST = 30;
const SHORTEST = 5;

/** What follows from a state and the next four bits. */
const NEXT_STATE = 0x00ff;
const OCTET_SHIFT = 8;
const EMITS = 0x1_0000;
const WRONG = 0x2_0000;

/**
 * The decoder is a machine whose states are the inner nodes of the code's tree; it takes four bits at
 * once, which never complete more than one code.
 */
interface Machine {
  /** By state × 16 + the next four bits. */
  readonly steps: Uint32Array;
  /** Where a string may end: its last bits are no more than seven ones (section 5.2). */
  readonly final: Uint8Array;
}

let machine: Machine | undefined;

/**
 * Decodes a Huffman-coded string (RFC 7541, section 5.2): `bytes[start, end)` → its octets as Latin-1,
 * or undefined where they are no such string.
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string | undefined {
  const { steps, final } = (machine ??= buildMachine());
  const octets = Buffer.allocUnsafe(Math.ceil(((end - start) * 8) / SHORTEST));
  let length = 0;
  let state = 0;
  for (let at = start; at < end; at++) {
    const octet = bytes[at] ?? 0;
    for (let shift = 4; shift >= 0; shift -= 4) {
      const step = steps[(state << 4) | ((octet >> shift) & 15)] ?? WRONG;
      if ((step & WRONG) !== 0) return undefined;
      if ((step & EMITS) !== 0) octets[length++] = (step >> OCTET_SHIFT) & 0xff;
      state = step & NEXT_STATE;
    }
  }
  return final[state] === 1 ? octets.toString("latin1", 0, length) : undefined;
}

/** A node of the tree: where the bits 0 and 1 lead. A leaf is the complement of its symbol. */
type Node = [zero: number, one: number];

function buildMachine(): Machine {
  const nodes = buildTree();
  const steps = new Uint32Array(nodes.length * 16);
  for (let at = 0; at < steps.length; at++) steps[at] = stepOf(nodes, at >> 4, at & 15);
  const final = new Uint8Array(nodes.length);
  let ones = 0;
  for (let bits = 0; bits < 8; bits++) {
    final[ones] = 1;
    ones = nodes[ones]?.[1] ?? 0;
  }
  return { steps, final };
}

function buildTree(): readonly Node[] {
  const nodes: Node[] = [[0, 0]];
  let code = 0;
  for (let length = 1; length <= LONGEST; length++) {
    for (let symbol = 0; symbol < LENGTHS.length; symbol++) {
      if (LENGTHS[symbol] === length) insert(nodes, code++, length, symbol);
    }
    code *= 2;
  }
  return nodes;
}

function insert(nodes: Node[], code: number, length: number, symbol: number): void {
  let node = nodes[0];
  for (let shift = length - 1; node && shift >= 0; shift--) {
    const bit = (code >> shift) & 1;
    if (shift === 0) node[bit] = ~symbol;
    else if (node[bit] === 0) node[bit] = nodes.push([0, 0]) - 1;
    node = nodes[node[bit] ?? 0];
  }
}

function stepOf(nodes: readonly Node[], state: number, bits: number): number {
  let found = 0;
  let at = state;
  for (let shift = 3; shift >= 0; shift--) {
    const next = nodes[at]?.[(bits >> shift) & 1] ?? 0;
    if (~next === END_OF_STRING) return WRONG;
    if (next < 0) found = EMITS | (~next << OCTET_SHIFT);
    at = Math.max(0, next);
  }
  return found | at;
}
