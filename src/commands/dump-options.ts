import type { Selection } from "../capture/select.ts";
import {
  parseConnections,
  parseDirection,
  parseLast,
  parseOpcodes,
  parsePayloadMatch,
  parseSizeRange,
  parseTimeRange,
} from "../capture/select-words.ts";
import { usageError } from "../errors.ts";
import { parseCount } from "../units.ts";
import type { Args, OptionSpec } from "./command.ts";

/** In what form a capture is shown; one of them. */
const FORMS = ["table", "tree", "messages", "payload", "json", "summary"] as const;

export type DumpForm = (typeof FORMS)[number] | "lines";

const FORM_OPTIONS: readonly OptionSpec[] = [
  {
    name: "table",
    kind: "flag",
    description: "show frames in columns under a heading",
    topic: "Output",
    common: true,
  },
  {
    name: "tree",
    kind: "flag",
    description: "show connections, their messages, and the frames of each",
    topic: "Output",
    common: true,
  },
  {
    name: "messages",
    kind: "flag",
    description: "show messages, put together and inflated, one a line",
    topic: "Output",
    common: true,
  },
  {
    name: "payload",
    kind: "flag",
    description: "write the payloads of messages, and nothing else",
    topic: "Output",
  },
  {
    name: "json",
    kind: "flag",
    description: "write all as one JSON document",
    topic: "Output",
  },
  {
    name: "summary",
    kind: "flag",
    description: "count: traffic by opcode and direction, sizes, gaps, round trips, closes",
    topic: "Output",
    common: true,
  },
];

const CONVERT_OPTIONS: readonly OptionSpec[] = [
  {
    name: "pcapng",
    kind: "text",
    value: "FILE",
    description: "write a capture that Wireshark opens, in packets made for it",
    topic: "Convert",
  },
  {
    name: "har",
    kind: "text",
    value: "FILE",
    description: "write the messages as HAR, as browsers do",
    topic: "Convert",
  },
];

const FILTER_OPTIONS: readonly OptionSpec[] = [
  {
    name: "dir",
    kind: "text",
    value: "SIDE",
    choices: ["client", "server", "out", "in"],
    description: "only what this side sent; out is the client",
    topic: "Filter",
  },
  {
    name: "opcode",
    kind: "text",
    value: "LIST",
    description: "only these, as text,ping,0x3; control and data are all of a kind",
    topic: "Filter",
  },
  {
    name: "conn",
    kind: "text",
    value: "LIST",
    description: "only these connections, as 1,3 or HOST:PORT of the server",
    topic: "Filter",
  },
  {
    name: "size",
    kind: "text",
    value: "RANGE",
    description: "only payloads of this length on the wire, as 126.., ..1KiB or 0",
    topic: "Filter",
  },
  {
    name: "time",
    kind: "text",
    value: "RANGE",
    description: "only then: 10s..20s from the first, or times as 2026-02-01T12:00:00Z..",
    topic: "Filter",
  },
  {
    name: "match",
    kind: "text",
    value: "TEXT",
    description: "only payloads with this text or /regex/ in them, inflated",
    topic: "Filter",
  },
  {
    name: "violations",
    kind: "flag",
    description: "only what breaks a rule",
    topic: "Filter",
  },
  {
    name: "skip",
    kind: "text",
    value: "N",
    description: "leave out the first N of what is selected",
    topic: "Filter",
  },
  {
    name: "first",
    kind: "text",
    value: "N",
    description: "only the first N of what is selected",
    topic: "Filter",
  },
  {
    name: "last",
    kind: "text",
    value: "N",
    description: "only the last N of what is selected",
    topic: "Filter",
  },
];

/** How a capture is shown, converted and filtered. */
export const DUMP_OPTIONS: readonly OptionSpec[] = [
  ...FORM_OPTIONS,
  ...CONVERT_OPTIONS,
  ...FILTER_OPTIONS,
];

/** The form that is asked for; default `lines`. @throws FramecatError (usage) where there are two */
export function readForm(args: Args): DumpForm {
  const [form = "lines", other] = FORMS.filter((name) => args.flag(name));
  if (other === undefined) return form;
  throw usageError(`--${form} and --${other} are two forms; give one of them`);
}

/** What of the capture is wanted. @throws FramecatError (usage) */
export function readSelection(args: Args): Selection {
  const read = <T>(name: string, parse: (text: string, flag: string) => T): T | undefined => {
    const text = args.text(name);
    return text === undefined ? undefined : parse(text, `--${name}`);
  };
  const [first, last] = [read("first", countFrom(1)), read("last", parseLast)];
  if (first !== undefined && last !== undefined) {
    throw usageError("--first and --last cannot both be given");
  }
  return {
    dir: read("dir", parseDirection),
    opcodes: read("opcode", parseOpcodes),
    connections: read("conn", parseConnections),
    size: read("size", parseSizeRange),
    time: read("time", parseTimeRange),
    payload: read("match", parsePayloadMatch),
    violations: args.flag("violations"),
    skip: read("skip", countFrom(0)),
    first,
    last,
  };
}

function countFrom(least: number): (text: string, flag: string) => number {
  return (text, flag) => parseCount(text, flag, least);
}
