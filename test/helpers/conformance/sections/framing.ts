import {
  answers,
  binary,
  type Case,
  closeFrame,
  fails,
  inPieces,
  OP,
  pong,
  type Step,
  text,
} from "../case.ts";
import { frame } from "../frame-codec.ts";

const LENGTHS = [0, 125, 126, 127, 128, 65_535, 65_536];
const STARS = (length: number): string => "*".repeat(length);
const BYTES = (length: number): Buffer => Buffer.alloc(length, 0xfe);

/** 1: lengths of text and binary messages. */
const lengths: readonly Case[] = [OP.text, OP.binary].flatMap((opcode, section) => {
  const kind = opcode === OP.text ? "text" : "binary";
  const payloadOf = (length: number): Buffer =>
    opcode === OP.text ? Buffer.from(STARS(length)) : BYTES(length);
  const token = opcode === OP.text ? text : binary;
  const one = (number: number, length: number, chop?: number): Case => ({
    id: `1.${section + 1}.${number}`,
    title: `${kind} of ${length} bytes${chop === undefined ? "" : `, ${chop} bytes a write`}`,
    plan: () => {
      const payload = payloadOf(length);
      const send = frame(payload, { opcode });
      return answers([{ send, ...(chop !== undefined && { chop }) }], [token(payload)]);
    },
  });
  return [...LENGTHS.map((length, i) => one(i + 1, length)), one(8, 65_536, 997)];
});

const ping = (payload: string | Uint8Array = ""): Buffer => frame(payload, { opcode: OP.ping });

const tenPings = Array.from({ length: 10 }, (_, i) => `payload-${i}`);
/** Of pings that come faster than pongs leave, the latest alone need be answered (5.5.3). */
const fewerPongs = tenPings
  .slice(0, -1)
  .map((_, i) => [...tenPings.slice(0, i), tenPings.at(-1)!].map(pong));

/** 2: pings and pongs. */
const pings: readonly Case[] = [
  { id: "2.1", title: "ping without payload", plan: () => answers([{ send: ping() }], [pong("")]) },
  {
    id: "2.2",
    title: "ping with text",
    plan: () => answers([{ send: ping("Hello!") }], [pong("Hello!")]),
  },
  {
    id: "2.3",
    title: "ping with bytes that are no text",
    plan: () =>
      answers(
        [{ send: ping(Buffer.from("00fffefdfcfb00ff", "hex")) }],
        [pong(Buffer.from("00fffefdfcfb00ff", "hex"))],
      ),
  },
  {
    id: "2.4",
    title: "ping of 125 bytes",
    plan: () => answers([{ send: ping(BYTES(125)) }], [pong(BYTES(125))]),
  },
  {
    id: "2.5",
    title: "ping of 126 bytes",
    plan: () => fails([{ send: ping(BYTES(126)) }], { codes: [1002] }),
  },
  {
    id: "2.6",
    title: "ping of 125 bytes, octet by octet",
    plan: () => answers([{ send: ping(BYTES(125)), chop: 1 }], [pong(BYTES(125))]),
  },
  {
    id: "2.7",
    title: "pong that nobody asked for",
    plan: () => answers([{ send: frame("", { opcode: OP.pong }) }], []),
  },
  {
    id: "2.8",
    title: "pong with payload that nobody asked for",
    plan: () => answers([{ send: frame("unsolicited", { opcode: OP.pong }) }], []),
  },
  {
    id: "2.9",
    title: "pong that nobody asked for, then a ping",
    plan: () =>
      answers(
        [{ send: frame("unsolicited", { opcode: OP.pong }) }, { send: ping("asked") }],
        [pong("asked")],
      ),
  },
  ...[undefined, 1].map((chop, i): Case => ({
    id: `2.${10 + i}`,
    title: `ten pings${chop ? ", octet by octet" : ""}`,
    plan: () => {
      const frames = [...tenPings.map((payload) => ping(payload)), closeFrame(1000)];
      return {
        steps: frames.map((send): Step => ({ send, ...(chop && { chop }) })),
        closes: "in a step",
        right: [{ events: tenPings.map(pong), close: [1000] }],
        tolerable: fewerPongs.map((events) => ({ events, close: [1000] })),
      };
    },
  })),
];

const HELLO = frame("Hello, world!", { opcode: OP.text });
const PING = ping();

/** 3: reserved bits. */
const reservedBits: readonly Case[] = [
  {
    id: "3.1",
    title: "text with RSV3",
    plan: () => fails([{ send: frame("*", { opcode: OP.text, rsv: 1 }) }], { codes: [1002] }),
  },
  ...inPieces([HELLO, frame("*", { opcode: OP.text, rsv: 2 }), PING]).map(
    ([how, steps], i): Case => ({
      id: `3.${2 + i}`,
      title: `text, then text with RSV2, then a ping, ${how}`,
      plan: () => fails(steps, { codes: [1002], before: [text("Hello, world!")] }),
    }),
  ),
  ...(
    [
      ["binary with RSV1 and RSV3", OP.binary, 5],
      ["ping with RSV1 and RSV2", OP.ping, 6],
      ["Close with all three", OP.close, 7],
      ["text with RSV1, which no extension gave a meaning", OP.text, 4],
      ["pong with RSV1", OP.pong, 4],
    ] as const
  ).map(([title, opcode, rsv], i): Case => ({
    id: `3.${5 + i}`,
    title,
    plan: () =>
      fails([{ send: frame(opcode === OP.close ? Buffer.from([3, 232]) : "*", { opcode, rsv }) }], {
        codes: [1002],
      }),
  })),
];

/** 4: reserved opcodes. */
const opcodes: readonly Case[] = [
  [3, 4, 5, 6, 7],
  [11, 12, 13, 14, 15],
].flatMap((reserved, section) =>
  reserved.map((opcode, i): Case => {
    const odd = frame(i % 2 === 0 ? "" : "reserved", { opcode });
    const pieces = inPieces([HELLO, odd, PING]);
    const [how, steps] = pieces[Math.max(0, i - 2)]!;
    return {
      id: `4.${section + 1}.${i + 1}`,
      title: i < 2 ? `opcode ${opcode}` : `text, then opcode ${opcode}, then a ping, ${how}`,
      plan: () =>
        i < 2
          ? fails([{ send: odd }], { codes: [1002] })
          : fails(steps, { codes: [1002], before: [text("Hello, world!")] }),
    };
  }),
);

/** Many servers take such a frame; a Close frame behind it has them end. */
function overlong(id: string, kind: "text" | "ping", payload: string, lengthOctets: 2 | 8): Case {
  const frames = [frame(payload, { opcode: OP[kind], lengthOctets }), closeFrame(1000)];
  const taken = kind === "text" ? text(payload) : pong(payload);
  return {
    id,
    title: `${kind} of 5 bytes whose length takes ${lengthOctets} octets`,
    plan: () => ({
      steps: frames.map((send) => ({ send })),
      closes: "in a step",
      right: [{ events: [], close: [1002] }],
      tolerable: [
        { events: [taken], close: [1000] },
        { events: [], close: [1000, "none"] },
      ],
    }),
  };
}

/** F: headers that break what section 5.2 says; they have no number in the Autobahn test suite. */
const headers: readonly Case[] = [
  {
    id: "F.1",
    title: "text that is not masked",
    plan: () =>
      fails([{ send: frame("Hello", { opcode: OP.text, mask: false }) }], { codes: [1002] }),
  },
  {
    id: "F.2",
    title: "ping that is not masked",
    plan: () =>
      fails([{ send: frame("Hello", { opcode: OP.ping, mask: false }) }], { codes: [1002] }),
  },
  overlong("F.3", "text", "Hello", 2),
  overlong("F.4", "text", "Hello", 8),
  {
    id: "F.5",
    title: "length of 64 bits with the first bit set",
    plan: () =>
      fails([{ send: frame("Hello", { opcode: OP.text, declares: 2n ** 63n + 5n }) }], {
        codes: [1002, 1009],
      }),
  },
  {
    id: "F.6",
    title: "length of 2^62 bytes",
    plan: () =>
      fails([{ send: frame("Hello", { opcode: OP.text, declares: 2n ** 62n }) }], {
        codes: [1009],
      }),
  },
  overlong("F.7", "ping", "Hello", 2),
  {
    id: "F.8",
    title: "a masking key of zeros",
    plan: () => answers([{ send: Buffer.from("81850000000048656c6c6f", "hex") }], [text("Hello")]),
  },
];

export const framing: readonly Case[] = [
  ...lengths,
  ...pings,
  ...reservedBits,
  ...opcodes,
  ...headers,
];
