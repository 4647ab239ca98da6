import { type FrameHeader, minimalLengthForm } from "./frame.ts";
import { describeOpcode, isControl, Opcode } from "./opcodes.ts";
import { type Violation, violation } from "./rules.ts";

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

/** All rules that a header breaks by itself, whatever came before it (sections 5.1, 5.2, 5.5). */
export function judgeHeader(
  header: FrameHeader,
  expected: HeaderExpectations,
): readonly Violation[] {
  return [
    ...judgeMask(header, expected.sender),
    ...judgeReservedBits(header, expected.deflate),
    ...judgeOpcode(header),
    ...judgeLength(header, expected.maxFrameLength),
  ];
}

function* judgeMask({ masked }: FrameHeader, sender: Sender): Iterable<Violation> {
  if (sender === "client" && !masked) yield violation("client-frame-unmasked");
  if (sender === "server" && masked) yield violation("server-frame-masked");
}

function* judgeReservedBits(header: FrameHeader, deflate: boolean): Iterable<Violation> {
  const foreign = [
    header.rsv1 && !deflate && "RSV1",
    header.rsv2 && "RSV2",
    header.rsv3 && "RSV3",
  ].filter((name) => name !== false);
  if (foreign.length > 0) yield violation("rsv-not-negotiated", foreign.join(", "));
  if (!header.rsv1 || !deflate) return;
  if (isControl(header.opcode)) yield violation("rsv1-on-control");
  if (header.opcode === Opcode.continuation) yield violation("rsv1-on-continuation");
}

function* judgeOpcode({ opcode, fin }: FrameHeader): Iterable<Violation> {
  if (describeOpcode(opcode).reserved) {
    yield violation("opcode-reserved", `0x${opcode.toString(16)}`);
  }
  if (isControl(opcode) && !fin) yield violation("control-fragmented");
}

function* judgeLength(header: FrameHeader, maxFrameLength: number): Iterable<Violation> {
  const { length, lengthForm, opcode } = header;
  if (lengthForm !== minimalLengthForm(length)) {
    yield violation("length-not-minimal", `${length} in ${lengthForm} bits`);
  }
  if (length >= 2 ** 63) yield violation("length-top-bit");
  if (isControl(opcode) && length > 125) yield violation("control-too-long", `${length} bytes`);
  if (length > maxFrameLength) {
    yield violation("length-over-limit", `${length} bytes, limit ${maxFrameLength}`);
  }
}
