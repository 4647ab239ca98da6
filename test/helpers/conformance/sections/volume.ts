import { answers, binary, type Case, OP, type Step, text } from "../case.ts";
import { frame } from "../frame-codec.ts";

export interface Size {
  /** By how much lengths and counts are less than in the Autobahn test suite. */
  readonly divisor: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

const KINDS = [
  ["text", OP.text, text],
  ["binary", OP.binary, binary],
] as const;

type Kind = (typeof KINDS)[number];

/** A pattern without a period that a mistake of a power of two would hide. */
function payloadOf([name]: Kind, length: number): Buffer {
  const pattern =
    name === "text" ? Buffer.from("BAsd7&jh23") : Buffer.from("00fe0badc0ffee", "hex");
  return Buffer.alloc(length, pattern);
}

function fragmented(payload: Buffer, opcode: number, size: number): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < payload.length; at += size) {
    const fin = at + size >= payload.length;
    frames.push(
      frame(payload.subarray(at, at + size), { opcode: at === 0 ? opcode : OP.continuation, fin }),
    );
  }
  return Buffer.concat(frames);
}

function oneMessage(
  id: string,
  title: string,
  kind: Kind,
  length: number,
  steps: (payload: Buffer) => Step[],
): Case {
  const [, , token] = kind;
  return {
    id,
    title,
    plan: () => {
      const payload = payloadOf(kind, length);
      return answers(steps(payload), [token(payload)]);
    },
  };
}

/** 9.1 and 9.2: one message. */
function long(section: number, kind: Kind, divisor: number): Case[] {
  const [name, opcode] = kind;
  return [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB].map((full, i) => {
    const length = full / divisor;
    return oneMessage(
      `9.${section}.${i + 1}`,
      `${name} of ${length} bytes`,
      kind,
      length,
      (payload) => [{ send: frame(payload, { opcode }) }],
    );
  });
}

/** 9.3 and 9.4: one message in fragments. */
function inFragments(section: number, kind: Kind, divisor: number): Case[] {
  const [name, opcode] = kind;
  const length = (4 * MIB) / divisor;
  return [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB].map((size, i) =>
    oneMessage(
      `9.${section}.${i + 1}`,
      `${name} of ${length} bytes in fragments of ${size}`,
      kind,
      length,
      (payload) => [{ send: fragmented(payload, opcode, size) }],
    ),
  );
}

/** 9.5 and 9.6: one frame that leaves in small pieces. */
function chopped(section: number, kind: Kind, divisor: number): Case[] {
  const [name, opcode] = kind;
  const length = MIB / divisor;
  return [64, 128, 256, 512, KIB, 2 * KIB].map((chop, i) =>
    oneMessage(
      `9.${section}.${i + 1}`,
      `${name} of ${length} bytes, ${chop} a write`,
      kind,
      length,
      (payload) => [{ send: frame(payload, { opcode }), chop }],
    ),
  );
}

/** 9.7 and 9.8: many messages, each sent when the one before it has come back. */
function there(section: number, kind: Kind, divisor: number): Case[] {
  const [name, opcode, token] = kind;
  const count = Math.ceil(1000 / divisor);
  return [0, 16, 64, 256, KIB, 16 * KIB].map((length, i): Case => ({
    id: `9.${section}.${i + 1}`,
    title: `${name} of ${length} bytes there and back, ${count} times`,
    plan: () => {
      const payload = payloadOf(kind, length);
      const send = frame(payload, { opcode });
      const turns = Array.from({ length: count }, (_, turn): Step[] => [
        { send },
        { events: turn + 1 },
      ]);
      return answers(
        turns.flat(),
        turns.map(() => token(payload)),
      );
    },
  }));
}

/** 9 and 10.1: length and number. */
export function volume({ divisor }: Size): Case[] {
  return [
    ...KINDS.flatMap((kind, i) => long(1 + i, kind, divisor)),
    ...KINDS.flatMap((kind, i) => inFragments(3 + i, kind, divisor)),
    ...KINDS.flatMap((kind, i) => chopped(5 + i, kind, divisor)),
    ...KINDS.flatMap((kind, i) => there(7 + i, kind, divisor)),
    oneMessage(
      "10.1.1",
      "text of 64 KiB in fragments of 1300 bytes",
      KINDS[0],
      64 * KIB,
      (payload) => [{ send: fragmented(payload, OP.text, 1300) }],
    ),
  ];
}
