import { constants, deflateRawSync } from "node:zlib";
import { hex, utf8 } from "../bytes.ts";
import { close, ping, pong, type Said, text } from "../lint.ts";
import { piecesOf } from "./call.ts";
import { Dice } from "./dice.ts";

/**
 * What a server that echoes, and a client that tests it, say to each other: cases of the kind that
 * conformance suites consist of, under their numbers.
 */
export interface ConformanceCase {
  readonly id: string;
  readonly client: readonly Spoken[];
  readonly server: readonly Spoken[];
  /** All that is to be found: `severity rule` and the number of the frame after `→` or `←`. */
  readonly finds: readonly string[];
  /** Bytes of a packet of the client, where that is not a frame. */
  readonly chop?: number;
  /** permessage-deflate with these parameters. */
  readonly deflate?: string;
}

/** A frame; the last one of a compressed message with what that inflates to. */
export type Spoken = Said & { readonly plain?: Uint8Array };

type More = Partial<Pick<ConformanceCase, "finds" | "chop" | "deflate">>;

const BYE = close(1000);
const FAIL = close(1002);
const fragment = (payload: string | Uint8Array): Said => ({ opcode: 1, fin: false, payload });
const middle = (payload: string | Uint8Array): Said => ({ opcode: 0, fin: false, payload });
const last = (payload: string | Uint8Array): Said => ({ opcode: 0, payload });
const bytes = (said: Said): Uint8Array =>
  typeof said.payload === "string" ? utf8(said.payload) : (said.payload ?? utf8(""));

/** The server does as it should; then the client closes. */
function lawful(
  id: string,
  client: readonly Spoken[],
  server: readonly Spoken[] = client,
  more: More = {},
): ConformanceCase {
  return { id, finds: [], ...more, client: [...client, BYE], server: [...server, BYE] };
}

/** The server answers with a Close and its code, which the client echoes. */
function unlawful(
  id: string,
  client: readonly Spoken[],
  finds: readonly string[],
  {
    server = [],
    answer = FAIL,
    ...more
  }: More & { server?: readonly Spoken[]; answer?: Said } = {},
): ConformanceCase {
  return { id, ...more, finds, client: [...client, answer], server: [...server, answer] };
}

const SIZES = [0, 125, 126, 127, 128, 65_535, 65_536];
const framing = [1, 2].flatMap((opcode) => [
  ...SIZES.map((size, i) =>
    lawful(`1.${opcode}.${i + 1}`, [{ opcode, payload: "*".repeat(size) }]),
  ),
  lawful(`1.${opcode}.8`, [{ opcode, payload: "*".repeat(65_536) }], undefined, { chop: 997 }),
]);

const TEN = Array.from({ length: 10 }, (_, i) => `payload-${i}`);
const BINARY = hex("00 ff fe fd fc fb 00 ff");
const pings = [
  ...["", "Hello, world!", BINARY, "x".repeat(125)].map((payload, i) =>
    lawful(`2.${i + 1}`, [{ opcode: 9, payload }], [{ opcode: 10, payload }]),
  ),
  unlawful("2.5", [ping("x".repeat(126))], ["error control-too-long → 0"]),
  lawful("2.6", [ping("x".repeat(125))], [pong("x".repeat(125))], { chop: 1 }),
  ...["", "unsolicited"].map((payload, i) =>
    lawful(`2.${i + 7}`, [pong(payload)], [], { finds: ["info pong-unsolicited → 0"] }),
  ),
  lawful("2.9", [pong("unsolicited"), ping("ping")], [pong("ping")], {
    finds: ["info pong-unsolicited → 0"],
  }),
  lawful("2.10", TEN.map(ping), TEN.map(pong)),
  lawful("2.11", TEN.map(ping), TEN.map(pong), { chop: 1 }),
];

const HELLO = text("Hello, world!");
const rsv = (bits: number): Pick<Said, "rsv1" | "rsv2" | "rsv3"> => ({
  rsv1: (bits & 4) !== 0,
  rsv2: (bits & 2) !== 0,
  rsv3: (bits & 1) !== 0,
});
const reserved = [
  unlawful("3.1", [{ ...HELLO, ...rsv(1) }], ["error rsv-not-negotiated → 0"]),
  ...[2, 3, 4].map((bits, i) =>
    unlawful(
      `3.${i + 2}`,
      [HELLO, { ...HELLO, ...rsv(bits) }, ping()],
      ["error rsv-not-negotiated → 1"],
      {
        server: [HELLO],
        ...(i === 1 && { chop: 5 }),
        ...(i === 2 && { chop: 1 }),
      },
    ),
  ),
  unlawful("3.5", [{ opcode: 2, payload: BINARY, ...rsv(5) }], ["error rsv-not-negotiated → 0"]),
  unlawful("3.6", [{ ...ping("p"), ...rsv(6) }], ["error rsv-not-negotiated → 0"]),
  {
    id: "3.7",
    client: [{ ...BYE, ...rsv(7) }],
    server: [BYE],
    finds: ["error rsv-not-negotiated → 0"],
  },
];
const opcodes = [3, 11].flatMap((from, section) => [
  ...[0, 1].map((i) =>
    unlawful(
      `4.${section + 1}.${i + 1}`,
      [{ opcode: from + i, payload: i === 0 ? "" : "r" }],
      ["error opcode-reserved → 0"],
    ),
  ),
  ...[2, 3, 4].map((i) =>
    unlawful(
      `4.${section + 1}.${i + 1}`,
      [HELLO, { opcode: from + i, payload: "r" }, ping()],
      ["error opcode-reserved → 1"],
      { server: [HELLO], ...(i === 4 && { chop: 1 }) },
    ),
  ),
]);

const [ONE, TWO] = [fragment("fragment1"), last("fragment2")];
const WHOLE = text("fragment1fragment2");
const FIVE = ["fragment1", "fragment2", "fragment3", "fragment4", "fragment5"];
const many = [
  fragment(FIVE[0]!),
  middle(FIVE[1]!),
  ping("p"),
  middle(FIVE[2]!),
  middle(FIVE[3]!),
  ping("q"),
  last(FIVE[4]!),
];
const manyAnswered = [pong("p"), pong("q"), text(FIVE.join(""))];
const inThreeWays = (
  from: number,
  make: (id: string, more: More) => ConformanceCase,
): ConformanceCase[] =>
  [{ chop: 4000 }, {}, { chop: 1 }].map((more, i) => make(`5.${from + i}`, more));
const orphan = ["error continuation-without-start → 0"];
const fragments = [
  unlawful(
    "5.1",
    [{ ...ping("fragment1"), fin: false }, last("fragment2")],
    ["error control-fragmented → 0", "error continuation-without-start → 1"],
  ),
  unlawful(
    "5.2",
    [{ ...pong("fragment1"), fin: false }, last("fragment2")],
    [
      "error control-fragmented → 0",
      "error continuation-without-start → 1",
      "info pong-unsolicited → 0",
    ],
  ),
  ...inThreeWays(3, (id, more) => lawful(id, [ONE, TWO], [WHOLE], more)),
  ...inThreeWays(6, (id, more) => lawful(id, [ONE, ping("p"), TWO], [pong("p"), WHOLE], more)),
  ...[9, 12].flatMap((from) =>
    inThreeWays(from, (id, more) => {
      const stray = from === 9 ? last("stray") : middle("stray");
      return unlawful(id, [stray, HELLO], orphan, more);
    }),
  ),
  unlawful(
    "5.15",
    [ONE, TWO, middle("fragment3"), text("fragment4")],
    ["error continuation-without-start → 2"],
    {
      server: [WHOLE],
    },
  ),
  unlawful(
    "5.16",
    [middle("1"), fragment("2"), last("3"), middle("1"), fragment("2"), last("3")],
    ["error continuation-without-start → 0", "error continuation-without-start → 3"],
  ),
  unlawful(
    "5.17",
    [last("1"), fragment("2"), last("3"), last("1"), fragment("2"), last("3")],
    ["error continuation-without-start → 0", "error continuation-without-start → 3"],
  ),
  unlawful("5.18", [ONE, text("fragment2")], ["error message-interrupted → 1"]),
  lawful("5.19", many, manyAnswered),
  lawful("5.20", many, manyAnswered, { chop: 7 }),
];

const VALID = [
  ...["", "κόσμε", "Hello-µ@ßöäüàá-UTF-8!!"].map(utf8),
  ...["00", "7f", "c280", "dfbf", "e0a080", "efbfbd", "efbfbf"].map((digits) => hex(digits)),
  ...["ed9fbf", "ee8080", "f0908080", "f48fbfbf"].map((digits) => hex(digits)),
];
const INVALID = [
  [
    "80",
    "c0af",
    "c1bf",
    "e080af",
    "e09fbf",
    "f080 80af",
    "f08fbfbf",
    "eda080",
    "edbfbf",
    "eda080 edb080",
  ],
  [
    "f4908080",
    "f8888080 80",
    "fc848080 8080",
    "fe",
    "ff",
    "c0",
    "cebac0",
    "c3 28",
    "e2 28 a1",
    "f0 28 8c bc",
  ],
].flat();
/** An octet a frame. */
const singles = (payload: Uint8Array): Said[] =>
  Array.from(payload, (_, i) => ({
    opcode: i === 0 ? 1 : 0,
    fin: i === payload.length - 1,
    payload: payload.subarray(i, i + 1),
  }));
const NO_UTF8 = { answer: close(1007) };
const content = [
  lawful("6.1.1", [text("")]),
  lawful("6.1.2", [fragment(""), middle(""), last("")], [text("")]),
  lawful(
    "6.1.3",
    [fragment(""), middle("middle frame payload"), last("")],
    [text("middle frame payload")],
  ),
  ...VALID.map((payload, i) => lawful(`6.2.${i + 1}`, [{ opcode: 1, payload }])),
  lawful("6.2.20", singles(utf8("κόσμε")), [text("κόσμε")], { finds: ["warn tiny-fragments → 7"] }),
  ...INVALID.map((payload, i) =>
    unlawful(
      `6.3.${i + 1}`,
      [{ opcode: 1, payload: hex("ceba", hex(payload)) }],
      ["error text-utf8 → 0"],
      NO_UTF8,
    ),
  ),
  // It is wrong from the second octet of the surrogate on.
  unlawful("6.3.30", singles(hex("ce ba ed a0 80 65")), ["error text-utf8 → 3"], NO_UTF8),
  unlawful(
    "6.4.1",
    [fragment(hex("ceba")), middle(hex("f4908080")), last("edited")],
    ["error text-utf8 → 1"],
    NO_UTF8,
  ),
  unlawful(
    "6.4.2",
    [fragment(hex("ceba")), middle(hex("f4")), last(hex("90 80 80"))],
    ["error text-utf8 → 2"],
    NO_UTF8,
  ),
  unlawful("6.4.3", [fragment(hex("ceba")), last(hex("f48fbf"))], ["error text-utf8 → 1"], NO_UTF8),
];

const SOUND = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3003, 4000, 4999,
];
const UNSOUND = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
const codeBytes = (code: number): Uint8Array => Uint8Array.of(code >> 8, code & 0xff);
const ended = (
  id: string,
  client: readonly Said[],
  answer: Said,
  ...finds: readonly string[]
): ConformanceCase => ({
  id,
  client,
  server: [answer],
  finds,
});
const closing = [
  { id: "7.1.1", client: [HELLO, BYE], server: [HELLO, BYE], finds: [] },
  ended("7.1.2", [BYE, BYE], BYE, "error close-twice → 1"),
  ended("7.1.3", [BYE, ping()], BYE, "error frame-after-close → 1"),
  ended("7.1.4", [BYE, HELLO], BYE, "error frame-after-close → 1"),
  ended(
    "7.1.5",
    [ONE, BYE, TWO],
    BYE,
    "warn close-inside-message → 1",
    "error frame-after-close → 2",
  ),
  ended(
    "7.1.6",
    [{ opcode: 2, payload: "x".repeat(70_000) }, BYE, ping()],
    BYE,
    "error frame-after-close → 2",
  ),
  ended("7.3.1", [close()], close()),
  ended("7.3.2", [{ opcode: 8, payload: "a" }], FAIL, "error close-one-byte → 0"),
  ended("7.3.3", [BYE], BYE),
  ended("7.3.4", [close(1000, "Hello World!")], BYE),
  ended("7.3.5", [close(1000, "*".repeat(123))], BYE),
  ended(
    "7.3.6",
    [{ opcode: 8, payload: hex("03e8", utf8("*".repeat(124))) }],
    FAIL,
    "error control-too-long → 0",
  ),
  ended(
    "7.5.1",
    [{ opcode: 8, payload: hex("03e8 cebae1bdb9cf83cebcceb5eda080656469746564") }],
    close(1007),
    "error close-reason-utf8 → 0",
  ),
  ...SOUND.map((code, i) => ended(`7.7.${i + 1}`, [close(code)], close(code))),
  ...[3999, 3500].map((code, i) =>
    ended(
      `7.7.${i + 20}`,
      [close(code)],
      close(code),
      "info close-code-unregistered → 0",
      "info close-code-unregistered ← 0",
    ),
  ),
  ...UNSOUND.map((code, i) =>
    ended(
      `7.9.${i + 1}`,
      [{ opcode: 8, payload: codeBytes(code) }],
      FAIL,
      "error close-code-forbidden → 0",
    ),
  ),
];

const cut = (payload: Uint8Array, size: number, first: Said): Said[] =>
  piecesOf(payload, size).map((piece, i, { length }) => ({
    ...(i === 0 ? first : { opcode: 0 }),
    fin: i === length - 1,
    payload: piece,
  }));
const BULK = new Dice(9).bytes(20_000);
const volume = [64, 256, 1024, 4096].map((size, i) =>
  lawful(`9.3.${i + 1}`, cut(BULK, size, { opcode: 2 }), [{ opcode: 2, payload: BULK }]),
);
const automatic = lawful(
  "10.1.1",
  [text("*".repeat(65_536))],
  cut(utf8("*".repeat(65_536)), 1300, { opcode: 1 }),
);

/** Compressed messages of one side. */
class Compressor {
  readonly #takeover: boolean;
  readonly #windowBits: number;
  #window: Uint8Array = utf8("");

  constructor(takeover: boolean, windowBits: number) {
    this.#takeover = takeover;
    this.#windowBits = windowBits;
  }

  /** @param size the longest fragment */
  message(opcode: 1 | 2, plain: Uint8Array, size = Infinity): Spoken[] {
    const dictionary = this.#window;
    const deflated = deflateRawSync(plain, {
      windowBits: this.#windowBits,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(dictionary.length > 0 && { dictionary }),
    }).subarray(0, -4);
    if (this.#takeover)
      this.#window = Buffer.concat([dictionary, plain]).subarray(-(2 ** this.#windowBits));
    const frames = cut(new Uint8Array(deflated), Math.min(size, deflated.length), {
      opcode,
      rsv1: true,
    });
    return frames.map((one, i) => (i === frames.length - 1 ? { ...one, plain } : one));
  }
}

const WORDS = ["lorem", "ipsum", "dolor", "sit", "amet", "größe", "✓", "{}"];
function prose(dice: Dice, length: number): Uint8Array {
  const words: string[] = [];
  for (let size = 0; size < length; size += 6) words.push(dice.pick(WORDS));
  return utf8(words.join(" "));
}

/** 12: by size, in whole and fragmented; 13: by the terms. */
function compressed(id: string, terms: string, length: number, size?: number): ConformanceCase {
  const dice = new Dice(length + terms.length);
  const bits = (side: string): number =>
    Number(new RegExp(`${side}_max_window_bits=(\\d+)`).exec(terms)?.[1] ?? 15);
  const sides = ["client", "server"].map(
    (side) => new Compressor(!terms.includes(`${side}_no_context`), bits(side)),
  );
  const plains = [1, 2, 3].map(() => prose(dice, length));
  const [client = [], server = []] = sides.map((side) =>
    plains.flatMap((plain, i) => [
      ...side.message(i === 1 ? 2 : 1, plain, size),
      ...(i === 1 ? [{ ...text("plain"), plain: utf8("plain") }] : []),
    ]),
  );
  return lawful(id, client, server, { deflate: terms });
}
const TERMS = [
  "",
  "; client_no_context_takeover",
  "; server_no_context_takeover",
  "; server_no_context_takeover; client_no_context_takeover",
  "; server_max_window_bits=9",
  "; client_max_window_bits=9; server_max_window_bits=12",
  "; client_no_context_takeover; client_max_window_bits=10",
];
const deflate = [
  ...[64, 256, 1024, 4096, 20_000].map((length, i) => compressed(`12.1.${i + 1}`, "", length)),
  ...[1024, 4096, 20_000].map((length, i) => compressed(`12.2.${i + 1}`, "", length, 256)),
  ...TERMS.flatMap((terms, i) => [
    compressed(`13.${i + 1}.1`, terms, 300),
    compressed(`13.${i + 1}.2`, terms, 8000, 1000),
  ]),
];

export const CONFORMANCE_CASES: readonly ConformanceCase[] = [
  ...framing,
  ...pings,
  ...reserved,
  ...opcodes,
  ...fragments,
  ...content,
  ...closing,
  ...volume,
  automatic,
  ...deflate,
];

export interface Told {
  readonly opcode: number;
  readonly data: Uint8Array;
  /** It says that it is compressed, which nobody agreed on. */
  readonly cut: boolean;
}

/** What the frames of one side add up to: the messages that were finished, in order. */
export function messagesOf(said: readonly Spoken[]): Told[] {
  const messages: Told[] = [];
  let started: { first: Spoken; parts: Uint8Array[] } | undefined;
  for (const one of said) {
    if (one.opcode >= 8) continue;
    if (one.opcode > 0) started = { first: one, parts: [] };
    started?.parts.push(bytes(one));
    if (!started || one.fin === false) continue;
    const { opcode, rsv1 = false } = started.first;
    const data = one.plain ?? Buffer.concat(started.parts);
    messages.push({ opcode, data, cut: rsv1 && !one.plain });
    started = undefined;
  }
  return messages;
}
