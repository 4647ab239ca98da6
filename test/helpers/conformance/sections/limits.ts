import { constants, deflateRawSync } from "node:zlib";
import { answers, type Case, fails, OP, text } from "../case.ts";
import { frame } from "../frame-codec.ts";

const TOO_BIG = { codes: [1009] } as const;

const deflated = (plain: Buffer): Buffer =>
  deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);

/** L: a server that takes messages of at most so many bytes. */
export function limits(maxPayload: number): Case[] {
  const most = Buffer.alloc(maxPayload, "a");
  const more = Buffer.alloc(maxPayload + 1, "a");
  const halves = (whole: Buffer) => [
    { send: frame(whole.subarray(0, maxPayload / 2), { opcode: OP.text, fin: false }) },
    { send: frame(whole.subarray(maxPayload / 2), { opcode: OP.continuation }) },
  ];
  const offer = { text: "permessage-deflate", mayAgree: true };
  const compressed = (plain: Buffer) => [
    { send: frame(deflated(plain), { opcode: OP.text, rsv: 4 }) },
  ];
  const rows: readonly (readonly [string, Case["plan"], Case["offer"]?])[] = [
    [
      "the longest message",
      () => answers([{ send: frame(most, { opcode: OP.text }) }], [text(most)]),
    ],
    ["one byte more", () => fails([{ send: frame(more, { opcode: OP.text }) }], TOO_BIG)],
    [
      "a length that is too long, without its payload",
      () =>
        fails([{ send: frame("", { opcode: OP.text, declares: BigInt(more.length) }) }], TOO_BIG),
    ],
    ["the longest message in two fragments", () => answers(halves(most), [text(most)])],
    ["one byte more in two fragments", () => fails(halves(more), TOO_BIG)],
    ["the longest message when inflated", () => answers(compressed(most), [text(most)]), offer],
    ["one byte more when inflated", () => fails(compressed(more), TOO_BIG), offer],
    [
      "a thousand times more when inflated",
      () => fails(compressed(Buffer.alloc(maxPayload * 1000)), TOO_BIG),
      offer,
    ],
  ];
  return rows.map(([title, plan, offered], i) => ({
    id: `L.${i + 1}`,
    title: `${title} (limit ${maxPayload})`,
    ...(offered && { offer: offered }),
    plan,
  }));
}
