import { constants, deflateRawSync } from "node:zlib";
import { seededRandom } from "../../seeded-random.ts";
import {
  answers,
  binary,
  type Case,
  closeFrame,
  fails,
  OP,
  type Plan,
  pong,
  type Step,
  text,
} from "../case.ts";
import type { Compressor } from "../compressor.ts";
import { frame } from "../frame-codec.ts";
import type { Size } from "./volume.ts";

const RSV1 = 4;
const PLAIN_OFFER = "permessage-deflate";

const offer = (words = PLAIN_OFFER): NonNullable<Case["offer"]> => ({
  text: words,
  mayAgree: true,
});

/** Frames of one compressed message, `size` octets of it in each. */
function compressedFrames(
  payload: Buffer,
  opcode: number,
  size = Number.POSITIVE_INFINITY,
): Buffer {
  const frames: Buffer[] = [];
  let at = 0;
  do {
    const part = payload.subarray(at, Math.min(payload.length, at + size));
    const begins = at === 0;
    at += part.length;
    const bits = { fin: at >= payload.length, rsv: begins ? RSV1 : 0 };
    frames.push(frame(part, { opcode: begins ? opcode : OP.continuation, ...bits }));
  } while (at < payload.length);
  return Buffer.concat(frames);
}

interface Source {
  readonly name: string;
  readonly opcode: number;
  readonly bytes: Buffer;
}

const LONGEST = 128 * 1024;

function made(
  name: string,
  opcode: number,
  make: (random: () => number) => string | Uint8Array,
): Source {
  const random = seededRandom(name.length);
  const parts: Buffer[] = [];
  for (let length = 0; length < 2 * LONGEST; length += parts.at(-1)!.length) {
    parts.push(Buffer.from(make(random) as Uint8Array));
  }
  return { name, opcode, bytes: Buffer.concat(parts) };
}

const WORDS = "was der weise mann vom strom am abend sah und niemand je vergass".split(" ");

const JSON_ROWS = made(
  "JSON",
  OP.text,
  (random) =>
    `${JSON.stringify({ id: Math.floor(random() * 1e6), at: random(), name: WORDS[Math.floor(random() * WORDS.length)] })}\n`,
);
const PROSE = made("prose", OP.text, (random) => `${WORDS[Math.floor(random() * WORDS.length)]} `);
const NOISE = made("noise", OP.binary, (random) =>
  Uint8Array.from({ length: 4096 }, () => random() * 256),
);
const RECORDS = made("records", OP.binary, (random) => {
  const record = Buffer.alloc(16, 7);
  record.writeFloatLE(random(), 4);
  return record;
});
const ZEROS = made("zeros", OP.binary, () => Buffer.alloc(4096));

/** Length of each message, and of its fragments where it has several. */
const SHAPES: readonly (readonly [length: number, fragment?: number])[] = [
  [16],
  [64],
  [256],
  [1024],
  [4096],
  [8192],
  [16_384],
  [32_768],
  [65_536],
  [131_072],
  [8192, 256],
  [16_384, 256],
  [32_768, 256],
  [65_536, 256],
  [131_072, 256],
  [131_072, 1024],
  [131_072, 4096],
  [131_072, 32_768],
];

/** Different messages of a source, sent compressed and expected back. */
function exchange(
  compressor: Compressor,
  source: Source,
  count: number,
  length: number,
  fragment?: number,
): Plan {
  const plains = Array.from({ length: count }, (_, i) => {
    const start = (i * 977) % (source.bytes.length - length);
    return source.bytes.subarray(start, start + length);
  });
  const token = source.opcode === OP.text ? text : binary;
  return answers(compressedSteps(compressor, source.opcode, plains, fragment), plains.map(token));
}

/** Compresses each message when it is its turn, so that other cases have theirs between. */
function* compressedSteps(
  compressor: Compressor,
  opcode: number,
  plains: readonly Buffer[],
  fragment?: number,
): Iterable<Step> {
  for (const plain of plains) {
    yield { send: compressedFrames(compressor.message(plain), opcode, fragment) };
  }
}

function shapes(prefix: string, offered: string, source: Source, { divisor }: Size): Case[] {
  return SHAPES.map(([length, full], i) => {
    // There are fewer of the long messages, and a short run has them in fewer fragments.
    const isShort = divisor > 1;
    const most = isShort ? LONGEST / 2 : LONGEST * 128;
    const count = Math.ceil(Math.min(1000 / divisor, most / length));
    const fragment = full !== undefined && isShort ? full * 4 : full;
    return {
      id: `${prefix}.${i + 1}`,
      title: `${count} × ${length} bytes of ${source.name}${fragment ? ` in fragments of ${fragment}` : ""}, ${offered}`,
      offer: offer(offered),
      plan: (compressor) => exchange(compressor, source, count, length, fragment),
    };
  });
}

const NO_TAKEOVER = "client_no_context_takeover; server_no_context_takeover";
const NARROW = "server_max_window_bits=9; client_max_window_bits=9";
const WIDE = "server_max_window_bits=15; client_max_window_bits=15";
const OFFERS = [
  PLAIN_OFFER,
  `${PLAIN_OFFER}; ${NO_TAKEOVER}`,
  `${PLAIN_OFFER}; ${NARROW}`,
  `${PLAIN_OFFER}; ${WIDE}`,
  `${PLAIN_OFFER}; ${NO_TAKEOVER}; ${NARROW}`,
  `${PLAIN_OFFER}; ${NO_TAKEOVER}; ${WIDE}`,
  `${PLAIN_OFFER}; ${NO_TAKEOVER}; ${NARROW}, ${PLAIN_OFFER}; ${NO_TAKEOVER}, ${PLAIN_OFFER}`,
];

/** W: each size of window of either side; what repeats does so at the far end of the window. */
function windows(side: "server" | "client", takeover: boolean): Case[] {
  return [8, 9, 10, 11, 12, 13, 14, 15].map((bits) => {
    const other = takeover ? "" : `; ${NO_TAKEOVER}`;
    return {
      id: `W.${side}.${bits}${takeover ? "" : ".alone"}`,
      title: `the ${side} has a window of ${2 ** bits} bytes${takeover ? "" : ", each message alone"}`,
      offer: offer(`${PLAIN_OFFER}; ${side}_max_window_bits=${bits}${other}`),
      plan: (compressor) => exchange(compressor, periodic(bits), 5, 2 ** bits * 2 + 1000),
    };
  });
}

function periodic(bits: number): Source {
  const random = seededRandom(bits);
  const letters = Array.from(
    { length: Math.max(200, 2 ** bits - 300) },
    () => 97 + Math.floor(random() * 26),
  );
  return {
    name: "repetition",
    opcode: OP.text,
    bytes: Buffer.alloc(2 ** bits * 4 + 8000, Buffer.from(letters)),
  };
}

/** A message that refers back as far as that. */
function farBack(distance: number): { readonly first: Buffer; readonly second: Buffer } {
  const random = seededRandom(distance);
  const first = Buffer.from(Array.from({ length: distance }, () => 97 + Math.floor(random() * 26)));
  return { first, second: first.subarray(0, 200) };
}

const sync = { finishFlush: constants.Z_SYNC_FLUSH };
const deflated = (plain: Uint8Array, options: object = {}): Buffer =>
  deflateRawSync(plain, { ...sync, ...options }).subarray(0, -4);

/** That there is no such reference a server may find out, or take what it means. */
function lax(frames: readonly Buffer[], before: readonly string[], taken: string): Plan {
  return {
    steps: [...frames, closeFrame(1000)].map((send) => ({ send })),
    closes: "in a step",
    right: [{ events: before, close: [1002, 1007] }],
    tolerable: [
      { events: [...before, taken], close: [1000] },
      { events: [], close: [1002, 1007, "none"] },
      { events: before, close: ["none"] },
    ],
  };
}

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");
const compressed = (payload: Buffer, bits: { fin?: boolean; rsv?: number } = {}): Buffer =>
  frame(payload, { opcode: OP.text, rsv: RSV1, ...bits });
const HELLO = bytes("f2 48 cd c9 c9 07 00");
const ALL_KINDS = Buffer.from("Grüße, 世界 😀! ".repeat(40));

const details: readonly (readonly [title: string, plan: Case["plan"], offered?: string])[] = [
  ["the sample of 7.2.3.1", () => answers([{ send: compressed(HELLO) }], [text("Hello")])],
  [
    "the same in two fragments",
    () => answers([{ send: compressedFrames(HELLO, OP.text, 3) }], [text("Hello")]),
  ],
  [
    "the sample of 7.2.3.2, which refers to the message before",
    () =>
      answers(
        [{ send: compressed(HELLO) }, { send: compressed(bytes("f2 00 11 00 00")) }],
        [text("Hello"), text("Hello")],
      ),
  ],
  [
    "a stored block (7.2.3.3)",
    () =>
      answers([{ send: compressed(bytes("00 05 00 fa ff 48 65 6c 6c 6f 00")) }], [text("Hello")]),
  ],
  [
    "a final block (7.2.3.4)",
    () => answers([{ send: compressed(bytes("f3 48 cd c9 c9 07 00 00")) }], [text("Hello")]),
  ],
  [
    "two blocks (7.2.3.5)",
    () =>
      answers(
        [{ send: compressed(bytes("f2 48 05 00 00 00 ff ff ca c9 c9 07 00")) }],
        [text("Hello")],
      ),
  ],
  ["an empty message, 7.2.3.6", () => answers([{ send: compressed(bytes("00")) }], [text("")])],
  [
    "an empty message, by an empty block of the fixed code",
    () => answers([{ send: compressed(bytes("02 00")) }], [text("")]),
  ],
  [
    "the last four octets left on",
    () =>
      answers(
        [{ send: compressed(Buffer.concat([HELLO, bytes("00 00 ff ff")])) }],
        [text("Hello")],
      ),
  ],
  [
    "messages that are not compressed among others",
    () =>
      answers(
        [
          compressed(HELLO),
          frame("as it is", { opcode: OP.text }),
          compressed(bytes("f2 00 11 00 00")),
        ].map((send) => ({ send })),
        [text("Hello"), text("as it is"), text("Hello")],
      ),
  ],
  [
    "a fragment for each octet",
    () => answers([{ send: compressedFrames(deflated(ALL_KINDS), OP.text, 1) }], [text(ALL_KINDS)]),
  ],
  [
    "a first fragment that is empty, and a last one",
    () =>
      answers(
        [
          compressed(Buffer.alloc(0), { fin: false }),
          frame(HELLO, { opcode: OP.continuation, fin: false }),
          frame("", { opcode: OP.continuation }),
        ].map((send) => ({ send })),
        [text("Hello")],
      ),
  ],
  [
    "a ping among fragments",
    () =>
      answers(
        [
          compressed(HELLO.subarray(0, 3), { fin: false }),
          frame("ping", { opcode: OP.ping }),
          frame(HELLO.subarray(3), { opcode: OP.continuation }),
        ].map((send) => ({ send })),
        [pong("ping"), text("Hello")],
      ),
  ],
  ...([0, 1, 9] as const).map(
    (level) =>
      [
        `zlib's level ${level}`,
        () => answers([{ send: compressed(deflated(ALL_KINDS, { level })) }], [text(ALL_KINDS)]),
      ] as const,
  ),
  ...(["Z_FIXED", "Z_HUFFMAN_ONLY", "Z_RLE"] as const).map(
    (strategy) =>
      [
        `zlib's strategy ${strategy}`,
        () =>
          answers(
            [{ send: compressed(deflated(ALL_KINDS, { strategy: constants[strategy] })) }],
            [text(ALL_KINDS)],
          ),
      ] as const,
  ),
  [
    "a thousand times its length when inflated",
    () =>
      answers(
        [{ send: compressed(deflated(Buffer.alloc(1_000_000, "a"))) }],
        [text(Buffer.alloc(1_000_000, "a"))],
      ),
  ],
  [
    "RSV1 on a continuation",
    () =>
      fails(
        [
          { send: compressed(HELLO.subarray(0, 3), { fin: false }) },
          { send: frame(HELLO.subarray(3), { opcode: OP.continuation, rsv: RSV1 }) },
        ],
        {
          codes: [1002],
        },
      ),
  ],
  [
    "RSV1 on a ping",
    () => fails([{ send: frame("ping", { opcode: OP.ping, rsv: RSV1 }) }], { codes: [1002] }),
  ],
  ["RSV2 beside RSV1", () => fails([{ send: compressed(HELLO, { rsv: 6 }) }], { codes: [1002] })],
  [
    "a block of the reserved type",
    () => fails([{ send: compressed(bytes("07 00 11")) }], { codes: [1007, 1002] }),
  ],
  [
    "a reference to before the first message",
    () => fails([{ send: compressed(bytes("f2 00 11 00 00")) }], { codes: [1007, 1002] }),
  ],
  [
    "text that is not UTF-8 when inflated",
    () =>
      fails([{ send: compressed(deflated(bytes("cebae1bdb9cf83cebcceb5eda080656469746564"))) }], {
        codes: [1007],
      }),
  ],
  [
    "a reference to the message before, which was to stand alone",
    () => {
      const { first, second } = farBack(400);
      const frames = [first, second].map((plain, i) =>
        compressed(deflated(plain, i === 1 ? { dictionary: first } : {})),
      );
      return lax(frames, [text(first)], text(second));
    },
    `${PLAIN_OFFER}; client_no_context_takeover`,
  ],
  [
    "a reference beyond the window agreed on",
    () => {
      const { first, second } = farBack(20_000);
      const frames = [first, second].map((plain, i) =>
        compressed(deflated(plain, i === 1 ? { dictionary: first } : { windowBits: 9 })),
      );
      return lax(frames, [text(first)], text(second));
    },
    `${PLAIN_OFFER}; client_max_window_bits=9`,
  ],
];

const SOUND_OFFERS = [
  ["a value in quotes", `${PLAIN_OFFER}; server_max_window_bits="10"`],
  ["client_max_window_bits without a value", `${PLAIN_OFFER}; client_max_window_bits`],
  [
    "a second offer behind one with an unknown parameter",
    `${PLAIN_OFFER}; unheard_of, ${PLAIN_OFFER}`,
  ],
  ["an offer behind an unknown extension", `x-unheard-of; a=b, ${PLAIN_OFFER}`],
  [
    "everything at a time",
    `${PLAIN_OFFER}; ${NO_TAKEOVER}; server_max_window_bits=11; client_max_window_bits=10`,
  ],
] as const;

const UNSOUND_OFFERS = [
  ["an unknown extension", "x-unheard-of"],
  ["an unknown parameter", `${PLAIN_OFFER}; unheard_of`],
  ["a window of 2^7", `${PLAIN_OFFER}; server_max_window_bits=7`],
  ["a window of 2^16", `${PLAIN_OFFER}; server_max_window_bits=16`],
  ["a window with a leading zero", `${PLAIN_OFFER}; server_max_window_bits=08`],
  ["server_max_window_bits without a value", `${PLAIN_OFFER}; server_max_window_bits`],
  ["a window of the client of 2^16", `${PLAIN_OFFER}; client_max_window_bits=16`],
  ["a value for what takes none", `${PLAIN_OFFER}; server_no_context_takeover=1`],
  ["a parameter twice", `${PLAIN_OFFER}; server_max_window_bits=10; server_max_window_bits=10`],
] as const;

const echoed = (): Plan =>
  answers([{ send: frame("Hello", { opcode: OP.text }) }], [text("Hello")]);

/** N: what is offered, well and wrongly; a wrong offer is declined (RFC 7692, section 7.1). */
const offers: readonly Case[] = [
  ...SOUND_OFFERS.map(([title, words], i): Case => ({
    id: `N.1.${i + 1}`,
    title: `${title}: ${words}`,
    offer: offer(words),
    plan: (compressor) => exchange(compressor, PROSE, 3, 3000),
  })),
  ...UNSOUND_OFFERS.map(([title, words], i): Case => ({
    id: `N.2.${i + 1}`,
    title: `${title}: ${words}`,
    offer: { text: words, mayAgree: false },
    status: { right: [101], tolerable: [400] },
    plan: echoed,
  })),
];

/** 12, 13, and what they leave out: D for the bytes, W for windows, N for what is offered. */
export function deflate(size: Size): Case[] {
  const sources = [JSON_ROWS, PROSE, NOISE, RECORDS, ZEROS];
  return [
    ...sources.flatMap((source, i) => shapes(`12.${i + 1}`, PLAIN_OFFER, source, size)),
    ...OFFERS.flatMap((words, i) => shapes(`13.${i + 1}`, words, PROSE, size)),
    ...details.map(([title, plan, words], i): Case => ({
      id: `D.${i + 1}`,
      title,
      offer: offer(words),
      plan,
    })),
    ...[true, false].flatMap((takeover) => [
      ...windows("server", takeover),
      ...windows("client", takeover),
    ]),
    ...offers,
  ];
}
