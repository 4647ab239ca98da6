import { answers, type Case, fails, OP, type Plan, text } from "../case.ts";
import { frame } from "../frame-codec.ts";

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");
/** With the letter of Ancient Greek that takes three octets. */
const KOSME = Buffer.from("κ\u1f79σμε");

const FAULTY = { codes: [1007] } as const;

/** A text that is UTF-8 or is not, by itself. */
function judged(id: string, title: string, payload: Uint8Array, valid: boolean): Case {
  return {
    id,
    title,
    plan: () => {
      const steps = [{ send: frame(payload, { opcode: OP.text }) }];
      return valid ? answers(steps, [text(payload)]) : fails(steps, FAULTY);
    },
  };
}

/** `prefix` and numbers from 1 on, for the payloads given as hex. */
function series(
  prefix: string,
  title: string,
  valid: boolean,
  payloads: readonly string[],
): Case[] {
  return payloads.map((payload, i) =>
    judged(`${prefix}.${i + 1}`, `${title}: ${payload}`, bytes(payload), valid),
  );
}

const first = (payload: Uint8Array): Buffer => frame(payload, { opcode: OP.text, fin: false });
const middle = (payload: Uint8Array): Buffer =>
  frame(payload, { opcode: OP.continuation, fin: false });
const last = (payload: Uint8Array): Buffer => frame(payload, { opcode: OP.continuation });

const NOTHING = new Uint8Array(0);
const UMLAUTS = Buffer.from("Hello-µ@ßöäüàá-UTF-8!!");

/** 6.1: texts that are empty. */
const empty: readonly Case[] = [
  judged("6.1.1", "empty text", NOTHING, true),
  {
    id: "6.1.2",
    title: "empty text in three fragments",
    plan: () =>
      answers(
        [{ send: Buffer.concat([first(NOTHING), middle(NOTHING), last(NOTHING)]) }],
        [text("")],
      ),
  },
  {
    id: "6.1.3",
    title: "text in three fragments of which only the second says something",
    plan: () =>
      answers(
        [{ send: Buffer.concat([first(NOTHING), middle(UMLAUTS), last(NOTHING)]) }],
        [text(UMLAUTS)],
      ),
  },
];

const perOctet = (payload: Buffer): Buffer =>
  Buffer.concat(
    [...payload].map((octet, i) => {
      const make = i === 0 ? first : i === payload.length - 1 ? last : middle;
      return make(Uint8Array.of(octet));
    }),
  );

/** 6.2: what is UTF-8 as a whole, wherever it is cut. */
const cut: readonly Case[] = [
  judged("6.2.1", "text with characters of two octets", UMLAUTS, true),
  ...(
    [
      [
        "in two fragments, cut between characters",
        Buffer.concat([first(UMLAUTS.subarray(0, 8)), last(UMLAUTS.subarray(8))]),
      ],
      ["a fragment for each octet", perOctet(UMLAUTS)],
      ["characters of three octets, a fragment for each octet", perOctet(KOSME)],
    ] as const
  ).map(([title, send], i): Case => ({
    id: `6.2.${2 + i}`,
    title,
    plan: () => answers([{ send }], [text(i === 2 ? KOSME : UMLAUTS)]),
  })),
];

/** A surrogate within a text. */
const SPOILT = Buffer.concat([KOSME, bytes("eda080"), Buffer.from("edited")]);

/** 6.3: what is not. */
const spoilt: readonly Case[] = [
  judged("6.3.1", "text with a surrogate in it", SPOILT, false),
  {
    id: "6.3.2",
    title: "the same, a fragment for each octet",
    plan: () => fails([{ send: perOctet(SPOILT) }], FAULTY),
  },
];

/** Beyond what Unicode has: the octet behind f4 tells it. */
const BEYOND = [
  KOSME,
  bytes("f490"),
  Buffer.concat([bytes("8080"), Buffer.from("edited")]),
] as const;
const UNSURE = [
  KOSME,
  bytes("f4"),
  Buffer.concat([bytes("908080"), Buffer.from("edited")]),
] as const;

type Three = readonly [Buffer, Buffer, Buffer];

/** A server had better not wait for the third fragment; whether it does, an answered ping tells. */
function failsEarly([a, b, c]: Three): Plan {
  const ping = frame("still there?", { opcode: OP.ping });
  const pong = `pong <${Buffer.from("still there?").toString("hex")}>`;
  return {
    steps: [
      { send: first(a) },
      { send: middle(b) },
      { send: ping },
      { events: 1 },
      { send: last(c) },
    ],
    closes: "server",
    right: [{ events: [], close: [1007] }],
    tolerable: [
      { events: [pong], close: [1007, "none"] },
      { events: [], close: ["none"] },
    ],
  };
}

/** The same when the second fragment does not tell yet. */
function failsLater([a, b, c]: Three): Plan {
  const plan = failsEarly([a, b, c]);
  return { ...plan, right: plan.tolerable, tolerable: [] };
}

/** One frame that comes in three pieces; the RFC does not ask that it be judged before it is whole. */
function inOneFrame(parts: Three): Plan {
  const send = frame(Buffer.concat(parts), { opcode: OP.text });
  const head = send.length - Buffer.concat(parts).length;
  const [a, b] = [head + parts[0].length, head + parts[0].length + parts[1].length];
  return fails(
    [
      { send: send.subarray(0, a) },
      { send: send.subarray(a, b) },
      { pause: true },
      { send: send.subarray(b) },
    ],
    FAULTY,
  );
}

/** 6.4: how soon a fault is found. */
const early: readonly Case[] = [
  {
    id: "6.4.1",
    title: "the second of three fragments goes beyond U+10FFFF",
    plan: () => failsEarly(BEYOND),
  },
  { id: "6.4.2", title: "only the third of three fragments does", plan: () => failsLater(UNSURE) },
  {
    id: "6.4.3",
    title: "a frame in three pieces of which the second does",
    plan: () => inOneFrame(BEYOND),
  },
  {
    id: "6.4.4",
    title: "a frame in three pieces of which the third does",
    plan: () => inOneFrame(UNSURE),
  },
];

const boundaries = new Set([2, 5, 7, 9, 11]);

/** 6.6: a word cut after each of its octets. */
const prefixes: readonly Case[] = Array.from(KOSME, (_, i) =>
  judged(
    `6.6.${i + 1}`,
    `${i + 1} octets of a word`,
    KOSME.subarray(0, i + 1),
    boundaries.has(i + 1),
  ),
);

const starts = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `${(from + i).toString(16)}20`).join("");
const continuations = (count: number): string =>
  Array.from({ length: count }, (_, i) => (0x80 + (i % 64)).toString(16)).join("");

const SHORT_OF_ONE = [
  "c0",
  "e080",
  "f08080",
  "f8808080",
  "fc80808080",
  "df",
  "efbf",
  "f7bfbf",
  "fbbfbfbf",
  "fdbfbfbfbf",
];
const SURROGATES = ["eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"];
const PAIRS = [
  "eda080edb080",
  "eda080edbfbf",
  "edadbfedb080",
  "edadbfedbfbf",
  "edae80edb080",
  "edae80edbfbf",
  "edafbfedb080",
  "edafbfedbfbf",
];

/** U+FFFE and U+FFFF of each plane, which are no characters and may be said nevertheless. */
const nonCharacters = Array.from({ length: 17 }, (_, plane) =>
  [0xfffe, 0xffff].map((low) => plane * 0x10000 + low),
)
  .flat()
  .map((point) => Buffer.from(String.fromCodePoint(point)).toString("hex"));

/** 6: UTF-8. */
export const utf8: readonly Case[] = [
  ...empty,
  ...cut,
  ...spoilt,
  ...early,
  ...series("6.5", "text", true, [
    Buffer.from("Hello-µ@ßöäüàá-UTF-8!!").toString("hex"),
    KOSME.toString("hex"),
    Buffer.from("가각힣").toString("hex"),
    Buffer.from("𐍈𝄞😀").toString("hex"),
    "c2a9e289a0f09f9880",
  ]),
  ...prefixes,
  ...series("6.7", "first of its length", true, ["00", "c280", "e0a080", "f0908080"]),
  ...series("6.8", "first of a length that is none", false, ["f888808080", "fc8480808080"]),
  ...series("6.9", "last of its length", true, ["7f", "dfbf", "efbfbf", "f48fbfbf"]),
  ...series("6.10", "last of a length that is none", false, [
    "f7bfbfbf",
    "fbbfbfbfbf",
    "fdbfbfbfbfbf",
  ]),
  ...series("6.11", "at a border", true, ["ed9fbf", "ee8080", "efbfbd", "f48fbfbf"]),
  judged("6.11.5", "just beyond the last border: f4908080", bytes("f4908080"), false),
  ...series("6.12", "continuation that continues nothing", false, [
    "80",
    "bf",
    ...[2, 3, 4, 5, 6, 64].map(continuations),
  ]),
  ...series("6.13", "first octets alone", false, [
    starts(0xc0, 0xdf),
    starts(0xe0, 0xef),
    starts(0xf0, 0xf7),
    starts(0xf8, 0xfb),
    starts(0xfc, 0xfd),
  ]),
  ...series("6.14", "the last octet is not there", false, SHORT_OF_ONE),
  ...series("6.15", "all of those in a row", false, [SHORT_OF_ONE.join("")]),
  ...series("6.16", "octets that never occur", false, ["fe", "ff", "fefeffff"]),
  ...series("6.17", "overlong solidus", false, [
    "c0af",
    "e080af",
    "f08080af",
    "f8808080af",
    "fc80808080af",
  ]),
  ...series("6.18", "longest of the overlong", false, [
    "c1bf",
    "e09fbf",
    "f08fbfbf",
    "f887bfbfbf",
    "fc83bfbfbfbf",
  ]),
  ...series("6.19", "overlong zero", false, [
    "c080",
    "e08080",
    "f0808080",
    "f880808080",
    "fc8080808080",
  ]),
  ...series("6.20", "surrogate", false, SURROGATES),
  ...series("6.21", "pair of surrogates", false, PAIRS),
  ...series("6.22", "no character", true, nonCharacters),
  ...series("6.23", "special", true, [
    "efbfb9",
    "efbfba",
    "efbfbb",
    "efbfbc",
    "efbfbd",
    "efbb bf".replace(" ", ""),
    "e280ae",
  ]),
];
