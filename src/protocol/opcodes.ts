/** Opcodes of RFC 6455, section 5.2 and 11.8. */
export const Opcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

export interface OpcodeInfo {
  readonly opcode: number;
  readonly name: string;
  readonly kind: "data" | "control";
  readonly reserved: boolean;
  readonly meaning: string;
  /** Section of RFC 6455. */
  readonly section: string;
}

const DEFINED: Readonly<Record<number, Pick<OpcodeInfo, "name" | "meaning" | "section">>> = {
  [Opcode.continuation]: {
    name: "continuation",
    meaning: "a further fragment of the message that is under way",
    section: "5.4",
  },
  [Opcode.text]: {
    name: "text",
    meaning: "a message, or its first fragment, in UTF-8",
    section: "5.6",
  },
  [Opcode.binary]: {
    name: "binary",
    meaning: "a message, or its first fragment, of arbitrary bytes",
    section: "5.6",
  },
  [Opcode.close]: {
    name: "close",
    meaning: "starts or answers the closing handshake; may carry a code and a reason",
    section: "5.5.1",
  },
  [Opcode.ping]: {
    name: "ping",
    meaning: "asks for a pong with the same payload",
    section: "5.5.2",
  },
  [Opcode.pong]: {
    name: "pong",
    meaning: "answers a ping, or tells unasked that the sender lives",
    section: "5.5.3",
  },
};

/** True for 0x8–0xF: frames that may stand between the fragments of a message (5.5). */
export function isControl(opcode: number): boolean {
  return (opcode & 0x8) !== 0;
}

/** True for 0x3–0x7 and 0xB–0xF, which no specification gives a meaning (5.2). */
export function isReserved(opcode: number): boolean {
  return DEFINED[opcode] === undefined;
}

/** What an opcode (0–15) means; reserved ones are named `reserved-3` … `reserved-f`. */
export function describeOpcode(opcode: number): OpcodeInfo {
  const kind = isControl(opcode) ? "control" : "data";
  const defined = DEFINED[opcode];
  if (defined) return { opcode, kind, reserved: false, ...defined };
  return {
    opcode,
    kind,
    reserved: true,
    name: `reserved-${opcode.toString(16)}`,
    meaning: `reserved for further ${kind === "control" ? "control" : "non-control"} frames`,
    section: "5.2",
  };
}
