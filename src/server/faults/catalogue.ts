import type { Fault, FaultName, When } from "./fault.ts";
import {
  opcodeOf,
  parseBandwidth,
  parseCode,
  parseLatency,
  parsePart,
  parseTime,
} from "./fault-values.ts";

export type WhenKind = When["kind"];

/** What there is to know of a fault, all of it. */
export interface FaultSpec {
  /** What its value looks like; a fault without one has none. */
  readonly value?: string;
  readonly optional?: boolean;
  readonly when: readonly WhenKind[];
  readonly meaning: string;
  readonly make: (given: Given) => Fault;
}

interface Given {
  readonly text: string;
  /** Empty where none was given. */
  readonly value: string;
  readonly when: When;
  /** What a message about the value begins with. */
  readonly flag: string;
}

const EACH_CLIENT: readonly WhenKind[] = ["chance"];
const EACH_MESSAGE: readonly WhenKind[] = ["chance", "message"];
const ANY_TIME: readonly WhenKind[] = ["chance", "message", "time"];

const WHEN_WORDS: Readonly<Record<WhenKind, string>> = {
  chance: "P%",
  message: "Nmsgs",
  time: "TIME",
};

export const CATALOGUE: Readonly<Record<FaultName, FaultSpec>> = {
  latency: {
    value: "TIME[±TIME]",
    when: [],
    meaning: "frames to a client leave so much later, by more or less",
    make: ({ text, value, flag }) => {
      return { family: "link", name: "latency", text, ...parseLatency(value, flag) };
    },
  },
  bandwidth: {
    value: "SIZE/s",
    when: [],
    meaning: "bytes to a client leave no faster",
    make: ({ text, value, flag }) => {
      const bytesPerSecond = parseBandwidth(value, flag);
      return { family: "link", name: "bandwidth", text, bytesPerSecond };
    },
  },
  split: {
    value: "SIZE",
    when: [],
    meaning: "TCP writes of so many bytes at most",
    make: ({ text, value, flag }) => {
      return { family: "link", name: "split", text, size: parsePart(value, flag) };
    },
  },
  coalesce: {
    value: "TIME",
    when: [],
    meaning: "what is sent within so long leaves in one TCP write",
    make: ({ text, value, flag }) => {
      return { family: "link", name: "coalesce", text, ms: parseTime(value, flag) };
    },
  },
  drop: ofMessages("drop", "a message is not sent"),
  duplicate: ofMessages("duplicate", "a message is sent twice"),
  reorder: ofMessages("reorder", "a message is sent behind the next, or after 1 s"),
  corrupt: ofMessages("corrupt", "one bit of a message is flipped"),
  "bad-utf8": ofMessages("bad-utf8", "a byte of a text becomes ff, which no UTF-8 has"),
  fragment: {
    value: "SIZE",
    when: EACH_MESSAGE,
    meaning: "a message is sent in fragments of so many bytes at most",
    make: ({ text, value, when, flag }) => {
      return { family: "message", name: "fragment", text, when, size: parsePart(value, flag) };
    },
  },
  mask: ofMessages("mask", "frames are masked, which no server may do"),
  rsv1: ofMessages("rsv1", "frames have RSV1; with deflate: are called compressed and are not"),
  rsv2: ofMessages("rsv2", "frames have RSV2, which nothing was agreed on"),
  rsv3: ofMessages("rsv3", "frames have RSV3, which nothing was agreed on"),
  opcode: {
    value: "OPCODE",
    when: EACH_MESSAGE,
    meaning: "a message is sent as a frame of this opcode: 3, 0xb, cont …",
    make: ({ text, value, when, flag }) => {
      return { family: "message", name: "opcode", text, when, opcode: opcodeOf(value, flag) };
    },
  },
  "wrong-accept": {
    when: EACH_CLIENT,
    meaning: "the handshake has the Sec-WebSocket-Accept of another key",
    make: ({ text, when }) => ({ family: "handshake", name: "wrong-accept", text, when }),
  },
  "stall-handshake": {
    value: "TIME",
    optional: true,
    when: EACH_CLIENT,
    meaning: "the request is answered so much later; without TIME never",
    make: ({ text, value, when, flag }) => {
      const ms = value === "" ? Infinity : parseTime(value, flag);
      return { family: "handshake", name: "stall-handshake", text, when, ms };
    },
  },
  "no-pong": {
    when: EACH_CLIENT,
    meaning: "a ping gets no pong",
    make: ({ text, when }) => ({ family: "silence", name: "no-pong", text, when }),
  },
  "no-close": {
    when: EACH_CLIENT,
    meaning: "a Close frame gets no answer, and TCP is not ended",
    make: ({ text, when }) => ({ family: "silence", name: "no-close", text, when }),
  },
  "half-close": {
    when: ANY_TIME,
    meaning: "TCP is ended from here without a Close frame; the client is still read",
    make: ({ text, when }) => ({ family: "end", name: "half-close", text, when }),
  },
  reset: {
    when: ANY_TIME,
    meaning: "the connection ends with a TCP reset",
    make: ({ text, when }) => ({ family: "end", name: "reset", text, when }),
  },
  close: {
    value: "CODE",
    when: ANY_TIME,
    meaning: "close with any code from 0 to 65535, also 1005 or 1006; none sends no code",
    make: ({ text, value, when, flag }) => {
      return { family: "end", name: "close", text, when, code: parseCode(value, flag) };
    },
  },
};

export const FAULT_NAMES = Object.keys(CATALOGUE) as FaultName[];

/** How each fault is written, and what it does. */
export const FAULT_LIST: readonly (readonly [notation: string, meaning: string])[] =
  FAULT_NAMES.map((name) => [notationOf(name), CATALOGUE[name].meaning]);

/** Such as `fragment=SIZE[@P%|Nmsgs]`. */
export function notationOf(name: FaultName): string {
  const { value, optional = false, when } = CATALOGUE[name];
  const size = value === undefined ? "" : optional ? `[=${value}]` : `=${value}`;
  const words = when.map((kind) => WHEN_WORDS[kind]).join("|");
  return `${name}${size}${words === "" ? "" : `[@${words}]`}`;
}

function ofMessages(
  name: "drop" | "duplicate" | "reorder" | "corrupt" | "bad-utf8" | "mask" | `rsv${1 | 2 | 3}`,
  meaning: string,
): FaultSpec {
  return {
    when: EACH_MESSAGE,
    meaning,
    make: ({ text, when }) => ({ family: "message", name, text, when }),
  };
}
