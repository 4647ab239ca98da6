import { exactLength } from "./exact-length.ts";
import {
  type FrameHeader,
  headerLength,
  MAX_CONTROL_PAYLOAD,
  MAX_HEADER_LENGTH,
  minimalLengthForm,
} from "./frame.ts";
import { isControl, isReserved, Opcode } from "./opcodes.ts";
import { type Violation, violation } from "./rules.ts";
import { FrameScanner } from "./scanner.ts";

/** Who sent the bytes; `unknown` where a capture does not tell, which leaves masking unjudged. */
export type Sender = "client" | "server" | "unknown";

/** What a header is judged against. */
export interface HeaderExpectations {
  readonly sender: Sender;
  /** True when permessage-deflate, which defines RSV1, was negotiated. */
  readonly deflate: boolean;
  /** Longest payload of one frame in bytes. */
  readonly maxFrameLength: number;
}

const NO_VIOLATIONS: readonly Violation[] = [];

/**
 * All rules that a header breaks by itself, whatever came before it (sections 5.1, 5.2, 5.5).
 * @param octets the header as it came, where lengths above 2^53 are to be told exactly
 */
export function judgeHeader(
  header: FrameHeader,
  expected: HeaderExpectations,
  octets?: Uint8Array,
): readonly Violation[] {
  if (isImpeccable(header, expected)) return NO_VIOLATIONS;
  const found: Violation[] = [];
  judgeMask(found, header, expected.sender);
  judgeReservedBits(found, header, expected.deflate);
  judgeOpcode(found, header);
  judgeLength(found, header, expected.maxFrameLength, octets);
  return found;
}

/** What the first octets of a header break by themselves, whatever the octets are that are missing. */
export function judgePartialHeader(
  octets: Uint8Array,
  expected: HeaderExpectations,
): readonly Violation[] {
  const header = filledUp(octets);
  const found: Violation[] = [];
  if (octets.length > 1) judgeMask(found, header, expected.sender);
  judgeReservedBits(found, header, expected.deflate);
  judgeOpcode(found, header);
  const isLengthThere = octets.length >= headerLength(header.lengthForm, false);
  if (isLengthThere) judgeLength(found, header, expected.maxFrameLength, octets);
  else judgePartialLength(found, header);
  return found;
}

/** The header that begins so, with zeros for what is missing. */
function filledUp(octets: Uint8Array): FrameHeader {
  const scanner = new FrameScanner();
  const bytes = new Uint8Array(MAX_HEADER_LENGTH);
  bytes.set(octets);
  const ignore = (): void => undefined;
  scanner.scan(bytes, { header: () => scanner.halt(), payload: ignore, end: ignore });
  return scanner;
}

/** Most headers are, and this shows at a glance: a data frame, masked as it has to be, minimal. */
function isImpeccable(header: FrameHeader, { sender, maxFrameLength }: HeaderExpectations) {
  const { masked, opcode, length, lengthForm } = header;
  if (header.rsv1 || header.rsv2 || header.rsv3) return false;
  if (opcode > Opcode.binary || masked !== (sender === "client")) return false;
  return lengthForm === minimalLengthForm(length) && length <= maxFrameLength && length < 2 ** 53;
}

function judgeMask(found: Violation[], { masked }: FrameHeader, sender: Sender): void {
  if (sender === "client" && !masked) found.push(violation("client-frame-unmasked"));
  if (sender === "server" && masked) found.push(violation("server-frame-masked"));
}

function judgeReservedBits(found: Violation[], header: FrameHeader, deflate: boolean): void {
  if (!header.rsv1 && !header.rsv2 && !header.rsv3) return;
  const foreign = [
    header.rsv1 && !deflate && "RSV1",
    header.rsv2 && "RSV2",
    header.rsv3 && "RSV3",
  ].filter((name) => name !== false);
  if (foreign.length > 0) found.push(violation("rsv-not-negotiated", foreign.join(", ")));
  if (!header.rsv1 || !deflate) return;
  if (isControl(header.opcode)) found.push(violation("rsv1-on-control"));
  if (header.opcode === Opcode.continuation) found.push(violation("rsv1-on-continuation"));
}

function judgeOpcode(found: Violation[], { opcode, fin }: FrameHeader): void {
  if (isReserved(opcode)) found.push(violation("opcode-reserved", `0x${opcode.toString(16)}`));
  if (isControl(opcode) && !fin) found.push(violation("control-fragmented"));
}

function judgeLength(
  found: Violation[],
  header: FrameHeader,
  maxFrameLength: number,
  octets: Uint8Array | undefined,
): void {
  const { length, lengthForm, opcode } = header;
  const exact = octets ? exactLength({ header, headerBytes: octets }) : length;
  if (lengthForm !== minimalLengthForm(length)) {
    found.push(violation("length-not-minimal", `${exact} in ${lengthForm} bits`));
  }
  if (length >= 2 ** 63) found.push(violation("length-top-bit"));
  if (isControl(opcode) && length > MAX_CONTROL_PAYLOAD) {
    found.push(violation("control-too-long", `${exact} bytes`));
  }
  if (length > maxFrameLength) {
    found.push(violation("length-over-limit", `${exact} bytes, limit ${maxFrameLength}`));
  }
}

/** Of a length that is not all there: its form, and its highest bit, are known. */
function judgePartialLength(found: Violation[], header: FrameHeader): void {
  const { length, lengthForm, opcode } = header;
  if (length >= 2 ** 63) found.push(violation("length-top-bit"));
  if (isControl(opcode) && lengthForm > 7) {
    found.push(violation("control-too-long", `a length of ${lengthForm} bits`));
  }
}
